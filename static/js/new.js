// The page where a job is made. The address holds what was chosen (?upload=…&face=…), the server renders each step
// from it, so that a reload, a second tab or the back button show the same.

import { takePhotos } from "./faces.js";
import { refresh } from "./fragments.js";
import { remember, show } from "./preview.js";
import { t } from "./texts.js";
import { settled, takeFiles } from "./upload.js";

const studio = document.querySelector("[data-studio]");
const steps = Object.fromEntries([...studio.querySelectorAll("[data-step]")].map((node) => [node.dataset.step, node]));

function choose(values) {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  history.replaceState(null, "", address);
}

async function render(...names) {
  const fresh = await refresh(location.href, names);
  for (const [name, node] of Object.entries(steps)) {
    node.className = fresh.querySelector(`[data-step="${name}"]`).className;
  }
  await afterTarget();
}

async function afterTarget() {
  const ready = steps.target.querySelector("[data-ready]");
  if (ready) show(ready.dataset.ready, ready.querySelector("[data-preview]"));
  const probing = steps.target.querySelector("[data-probing]");
  if (!probing) return;
  await settled(probing.dataset.probing);
  await render("target", "start");
}

takeFiles(steps.target, "target", {
  begun: (upload) => choose({ upload: upload.id }),
  settled: async (row, file) => {
    await remember(row.id, file);
    await render("target", "start");
  },
  discarded: async () => {
    choose({ upload: null });
    await render("target", "start");
  },
  failed: async (error) => {
    choose({ upload: null });
    await render("target", "start");
    complain(steps.target, error.message || t("unexpected"));
  },
});

takePhotos(steps.face, async (faceId) => {
  choose({ face: faceId });
  await render("faces", "start");
});

studio.addEventListener("change", async (event) => {
  if (!event.target.matches("[data-face]")) return;
  choose({ face: event.target.value });
  await render("start");
});

studio.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-take], [data-another]");
  if (!link) return;
  event.preventDefault();
  choose({ upload: link.dataset.take });
  await render("target", "start");
});

function complain(step, message) {
  const box = document.createElement("p");
  box.className = "notice notice--bad notice--plain";
  box.setAttribute("role", "alert");
  box.textContent = message;
  step.querySelector("[data-problem]").replaceChildren(box);
}

afterTarget();
