// The page of one job: live progress, then the player.

import { compare } from "./compare.js";
import { count, duration } from "./format.js";
import { refresh } from "./fragments.js";
import { follow } from "./progress.js";
import { t } from "./texts.js";

// The badge's word and color, as gateway/site/shown/job.py has them; a final state is rendered by the server.
const BADGES = {
  queued: ["badgeQueued", "idle"],
  waiting: ["badgeWaiting", "idle"],
  running: ["badgeRunning", "running"],
  merging: ["badgeMerging", "running"],
  cancelling: ["badgeCancelling", "warn"],
};

const node = () => document.querySelector("[data-job]");
const part = (name) => node().querySelector(`[data-live="${name}"]`);

function put(name, text) {
  const place = part(name);
  if (place && place.textContent !== text) place.textContent = text;
}

const HELD_BACK = ["queued", "waiting", "running"];
const isPaused = (progress) => Boolean(progress.paused) && HELD_BACK.includes(progress.state);
let wasPaused;

function note(progress) {
  if (isPaused(progress)) return t("maintenance");
  const waits = progress.state === "waiting" && progress.queue_position;
  return waits ? t("waitingAhead", { count: count(progress.queue_position) }) : t(progress.state);
}

function mark(progress) {
  const badge = node().querySelector('[data-part="badge"]');
  if (!(progress.state in BADGES)) return;
  const [word, tone] = isPaused(progress) ? ["badgePaused", "warn"] : BADGES[progress.state];
  badge.textContent = t(word);
  badge.className = `badge badge--${tone}`;
}

function show(progress) {
  mark(progress);
  const percent = Math.floor(progress.percent);
  put("percent", `${percent} %`);
  if (part("bar")) part("bar").value = progress.percent;
  put("note", note(progress));
  put("eta", progress.eta_seconds == null ? "" : t("eta", { time: duration(progress.eta_seconds) }));
  put("frames", progress.frames_total ? t("frames", pair(progress.frames_done, progress.frames_total)) : count(progress.frames_done));
  put("segments", progress.segments_total ? t("frames", pair(progress.segments_done, progress.segments_total)) : "–");
  put("queue", isPaused(progress) ? "–" : progress.queue_position ? t("aheadCount", { count: count(progress.queue_position) }) : t("nobody"));
  put("spoken", `${note(progress)} ${t("spoken", { percent: Math.floor(percent / 10) * 10 })}`);
  document.title = document.title.replace(/^(\d+ % )?/, `${percent} % `);
  if (wasPaused !== undefined && wasPaused !== isPaused(progress)) refresh(location.href, ["maintenance"]).catch(() => undefined);
  wasPaused = isPaused(progress);
}

function pair(done, total) {
  return { done: count(done), total: count(total) };
}

function ready() {
  for (const player of document.querySelectorAll("[data-compare]")) compare(player);
  report();
}

// The quality report comes a little after the result; whoever looks at it already need not load the page again.
async function report() {
  for (let wait = 2000; document.querySelector('[data-fragment="quality"][data-pending]'); wait *= 1.3) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    await refresh(location.href, ["quality"]).catch(() => undefined);
  }
}

async function watch() {
  const { job } = node().dataset;
  await follow(job, show, () => put("note", t("reconnecting")));
  for (;;) {
    try {
      await refresh(location.href, ["job"]);
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
  document.title = document.title.replace(/^(\d+ % )/, "");
  ready();
}

if ("final" in node().dataset) ready();
else watch();
