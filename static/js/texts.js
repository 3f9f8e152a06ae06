// Every sentence that scripts show, in one place. A second language replaces this table.

const texts = {
  paused: "Paused",
  resume: "Resume",
  pause: "Pause",
  sending: "{rate}/s, {left} left",
  starting: "Starting…",
  resumed: "Going on from {percent} %",
  offline: "The connection is gone. The upload goes on by itself when it is back.",
  retrying: "The service does not answer. Trying again…",
  checkingPhoto: "Looking at the photo…",
  checkingFile: "All of it has arrived. Looking at what is inside…",
  refusedPhoto: "This photo cannot be used",
  wrongFile: "This is another file than the one that was begun, so it starts from the beginning.",
  unexpected: "Something went wrong. Please try again.",
  cancel: "Cancel",
  confirm: "Yes, go on",
  queued: "Accepted. Its video is being looked through.",
  waiting: "Waiting for its turn. Computing time is shared fairly by all.",
  waitingAhead: "Waiting for its turn: {count} parts of other jobs come first.",
  running: "Swapping faces.",
  merging: "Every frame is done. Putting the parts together.",
  cancelling: "Stopping.",
  done: "Done.",
  failed: "It could not be finished.",
  cancelled: "Stopped.",
  maintenance: "Paused for maintenance. It goes on by itself afterwards.",
  badgePaused: "paused",
  badgeQueued: "queued",
  badgeWaiting: "waiting",
  badgeRunning: "running",
  badgeMerging: "finishing",
  badgeCancelling: "stopping",
  reconnecting: "Reconnecting. The job goes on meanwhile.",
  eta: "about {time} left",
  frames: "{done} of {total}",
  nobody: "nobody",
  aheadCount: "{count} parts",
  spoken: "{percent} percent",
  adminStale: "The service does not answer. These figures are from {time}.",
  divider: "Divider between before and after",
};

/** The text named `key`, with `{names}` filled in. */
export function t(key, values = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
