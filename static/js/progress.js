// Live progress of one job: server-sent events, and the row itself where they fall silent.

import { getJson } from "./api.js";

const SILENCE = 8000;
const FINAL = ["done", "failed", "cancelled"];

/**
 * Call `show(progress)` for each change and `lost()` while nothing can be heard; resolves with the final progress.
 */
export function follow(jobId, show, lost) {
  return new Promise((resolve) => {
    let source;
    let watch;
    const end = (progress) => {
      source.close();
      clearTimeout(watch);
      resolve(progress);
    };
    const take = (progress) => {
      show(progress);
      listen();
      if (FINAL.includes(progress.state)) end(progress);
    };
    const listen = () => {
      clearTimeout(watch);
      watch = setTimeout(ask, SILENCE);
    };
    const ask = async () => {
      try {
        const { progress } = await getJson(`/jobs/${jobId}`);
        if (FINAL.includes(progress.state)) return take(progress);
        if (source.readyState !== EventSource.OPEN) show(progress); // coarser, but true
        if (source.readyState === EventSource.CLOSED) open();
      } catch {
        lost();
      }
      return listen();
    };
    const open = () => {
      source = new EventSource(`/api/v1/jobs/${jobId}/events`);
      source.onmessage = (event) => take(JSON.parse(event.data));
      source.onerror = lost;
    };
    open();
    listen();
  });
}
