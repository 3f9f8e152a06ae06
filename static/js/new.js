// The page where a job is made. The address holds what was chosen (?upload=…&face=…, or &who=each&person-1=…), the
// server renders each step from it, so that a reload, a second tab or the back button show the same.

import { request } from "./api.js";
import { takePhotos } from "./faces.js";
import { refresh } from "./fragments.js";
import { searched } from "./people.js";
import { remember, show } from "./preview.js";
import { t } from "./texts.js";
import { settled, takeFiles } from "./upload.js";

const studio = document.querySelector("[data-studio]");
const steps = Object.fromEntries([...studio.querySelectorAll("[data-step]")].map((node) => [node.dataset.step, node]));

const chosen = (name) => new URL(location.href).searchParams.get(name);

function choose(values) {
  const address = new URL(location.href);
  if ("upload" in values) forgetPersons(address.searchParams); // they are people of another video
  for (const [name, value] of Object.entries(values)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  history.replaceState(null, "", address);
}

function forgetPersons(parameters) {
  for (const name of [...parameters.keys()]) if (name.startsWith("person-")) parameters.delete(name);
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
  if (ready && steps.face.querySelector("[data-searching]")) search(ready.dataset.ready);
  const probing = steps.target.querySelector("[data-probing]");
  if (!probing) return;
  await settled(probing.dataset.probing);
  await render("target", "faces", "start");
}

let looking = null; // the upload whose people are being looked for

/** Have the people of the upload found, and show them if it is still the one that was chosen. */
async function search(upload) {
  if (looking === upload) return;
  looking = upload;
  try {
    await searched(upload);
  } catch (error) {
    complain(steps.face, error.message || t("unexpected"));
    return;
  } finally {
    looking = null;
  }
  if (chosen("upload") === upload && chosen("who")) await render("faces", "start");
}

takeFiles(steps.target, "target", {
  begun: (upload) => choose({ upload: upload.id }),
  settled: async (row, file) => {
    await remember(row.id, file);
    await render("target", "faces", "start");
  },
  discarded: async () => {
    choose({ upload: null });
    await render("target", "faces", "start");
  },
  failed: async (error) => {
    choose({ upload: null });
    await render("target", "faces", "start");
    complain(steps.target, error.message || t("unexpected"));
  },
});

takePhotos(steps.face, async (faceId) => {
  choose({ face: faceId });
  await render("faces", "start");
});

studio.addEventListener("change", async (event) => {
  if (event.target.matches("[data-face]")) choose({ face: event.target.value });
  else if (event.target.matches("[data-person]")) choose({ [event.target.name]: event.target.value });
  else return;
  await render("start");
});

studio.addEventListener("click", async (event) => {
  const who = event.target.closest("[data-who]");
  const again = event.target.closest("[data-search-again]");
  if (who) choose({ who: who.dataset.who });
  else if (again) await request("POST", `/api/v1/uploads/${chosen("upload")}/persons`);
  else return;
  await render("faces", "start");
});

studio.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-take], [data-another]");
  if (!link) return;
  event.preventDefault();
  choose({ upload: link.dataset.take });
  await render("target", "faces", "start");
});

function complain(step, message) {
  const box = document.createElement("p");
  box.className = "notice notice--bad notice--plain";
  box.setAttribute("role", "alert");
  box.textContent = message;
  step.querySelector("[data-problem]").replaceChildren(box);
}

afterTarget();
