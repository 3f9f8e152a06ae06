// Before and after: two pictures or two videos, one over the other, parted by a line that can be dragged.

import { Pair } from "./pair.js";
import { clock } from "./format.js";
import { t } from "./texts.js";

/** Make a compare player of `node`; once, however often it is called. */
export function compare(node) {
  if (node.classList.contains("compare--live")) return;
  node.classList.add("compare--live");
  const [before, after] = node.querySelectorAll(".compare__side");
  shape(node, after);
  divide(node);
  if (node.dataset.kind === "video") controls(node, new Pair(before, after));
}

/** Give the stage the shape of the result, as soon as it is known. */
function shape(node, after) {
  const set = () => {
    const width = after.videoWidth || after.naturalWidth;
    const height = after.videoHeight || after.naturalHeight;
    if (width && height) node.style.setProperty("--ratio", width / height);
  };
  set();
  for (const type of ["loadedmetadata", "load", "resize"]) after.addEventListener(type, set);
}

function divide(node) {
  const slider = document.createElement("input");
  const line = document.createElement("span");
  Object.assign(slider, { type: "range", min: 0, max: 100, step: 0.1, value: 50, className: "compare__slider" });
  slider.setAttribute("aria-label", t("divider"));
  line.className = "compare__line";
  const stage = node.querySelector(".compare__stage");
  stage.append(slider, line);
  const split = (percent) => {
    slider.value = percent;
    node.style.setProperty("--split", `${percent}%`);
  };
  // The browser's own dragging wants the thumb to be hit; here the whole stage is the handle.
  const follow = (event) => {
    const box = stage.getBoundingClientRect();
    split(Math.min(100, Math.max(0, (100 * (event.clientX - box.left)) / box.width)));
  };
  slider.addEventListener("input", () => split(Number(slider.value)));
  slider.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    slider.focus({ focusVisible: false });
    slider.setPointerCapture(event.pointerId);
    follow(event);
  });
  slider.addEventListener("pointermove", (event) => slider.hasPointerCapture(event.pointerId) && follow(event));
  slider.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
    if (!move) return;
    event.preventDefault();
    split(Math.min(100, Math.max(0, Number(slider.value) + move)));
  });
  node.addEventListener("click", (event) => {
    const view = event.target.closest("[data-view]");
    if (!view) return;
    split({ before: 100, both: 50, after: 0 }[view.dataset.view]);
    for (const other of node.querySelectorAll("[data-view]")) other.setAttribute("aria-pressed", String(other === view));
  });
}

function controls(node, pair) {
  const find = (name) => node.querySelector(`[data-${name}]`);
  const { after } = pair;
  after.controls = false;
  find("controls").hidden = false;
  find("play").addEventListener("click", () => pair.toggle());
  find("seek").addEventListener("input", (event) => pair.seek(Number(event.target.value) * pair.duration));
  find("mute").addEventListener("click", () => {
    after.muted = !after.muted;
    swap(find("mute"), after.muted, "sound", "mute");
  });
  find("full").addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else find("stage").requestFullscreen?.();
  });
  for (const type of ["play", "pause", "ended"]) {
    after.addEventListener(type, () => swap(find("play"), !after.paused, "play", "pause"));
  }
  const tell = () => {
    if (pair.duration) find("seek").value = after.currentTime / pair.duration;
    find("time").textContent = `${clock(after.currentTime)} / ${clock(pair.duration)}`;
    find("seek").setAttribute("aria-valuetext", find("time").textContent);
  };
  for (const type of ["timeupdate", "loadedmetadata", "seeking"]) after.addEventListener(type, tell);
  find("stage").addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    pair.toggle();
  });
  tell();
}

/** Give a two-state button the icon and name of the state it leads to. */
function swap(button, on, icon, other) {
  const use = button.querySelector("use");
  const current = button.dataset.name ?? button.getAttribute("aria-label");
  button.dataset.name = current;
  button.setAttribute("aria-label", on ? button.dataset.other : current);
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${on ? other : icon}`));
}
