// The list of jobs, kept up to date by rendering it again while something is under way.

import { load } from "./fragments.js";

const EVERY = 2000;
const list = () => document.querySelector("[data-jobs]");

async function update() {
  const fresh = (await load(location.href)).querySelector("[data-jobs]");
  if (!fresh) return;
  if (keys(fresh) !== keys(list())) list().replaceWith(document.adoptNode(fresh));
  else for (const row of fresh.children) merge(list().querySelector(`[data-key="${row.dataset.key}"]`), row);
  list().toggleAttribute("data-active", fresh.hasAttribute("data-active"));
}

function keys(node) {
  return [...node.children].map((row) => row.dataset.key).join();
}

// Parts are changed in place: the bar keeps moving smoothly and a focused link keeps its focus.
function merge(old, row) {
  const pairs = [...old.querySelectorAll("[data-part]")].map((part) => [part, row.querySelector(`[data-part="${part.dataset.part}"]`)]);
  if (pairs.some(([, next]) => !next)) {
    old.querySelector("a").innerHTML = row.querySelector("a").innerHTML;
    return;
  }
  for (const [part, next] of pairs) {
    part.className = next.className;
    if (part instanceof HTMLProgressElement) part.value = next.value;
    else if (part.textContent !== next.textContent) part.textContent = next.textContent;
  }
}

async function watch() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    if (document.hidden || !list()?.hasAttribute("data-active")) continue;
    await update().catch(() => undefined);
  }
}

if (list()) watch();
