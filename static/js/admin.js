// The live queue: the page is rendered again every second, and what differs is changed in place.

import { load } from "./fragments.js";
import { morph } from "./morph.js";
import { t } from "./texts.js";

const EVERY = 1000;
const live = () => document.querySelector("[data-live]");
const stale = document.querySelector("[data-stale]");
let seen = new Date();

async function update() {
  const fresh = (await load("/admin")).querySelector("[data-live]");
  if (fresh) morph(live(), document.adoptNode(fresh));
  seen = new Date();
  stale.hidden = true;
}

function tell() {
  stale.textContent = t("adminStale", { time: seen.toLocaleTimeString() });
  stale.hidden = false;
}

async function watch() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    if (!document.hidden) await update().catch(tell);
  }
}

if (live()) watch();
