// A photo that becomes a face of the library, or is shown with what is wrong with it.

import { t } from "./texts.js";
import { takeFiles } from "./upload.js";

/**
 * Let `step` take photos; `added(faceId)` is called when one became a face. Where the step names a face, `data-face`,
 * they are further photos of that one.
 */
export function takePhotos(step, added) {
  takeFiles(step, "face", {
    fields: step.dataset.face ? { face: step.dataset.face } : {},
    settled: async (row, file) => {
      if (row.state === "ready") await added(row.face_id);
      else await showRefusal(step, file, row.failure);
    },
    failed: (error, file) => showRefusal(step, file, { message: error.message || t("unexpected"), detail: {} }),
  });
}

async function showRefusal(step, file, failure) {
  const node = document.createElement("div");
  node.className = "refused stack";
  node.setAttribute("role", "alert");
  const picture = await annotated(file, failure.detail?.boxes ?? []);
  if (picture) node.append(picture);
  node.append(words(failure.message));
  step.querySelector("[data-problem]").replaceChildren(node);
}

function words(message) {
  const box = document.createElement("div");
  const title = document.createElement("p");
  const line = document.createElement("p");
  title.className = "notice__title";
  title.textContent = t("refusedPhoto");
  line.textContent = message;
  box.className = "notice notice--bad notice--plain";
  box.append(title, line);
  return box;
}

/** The photo with a frame around each box (x, y, width, height in pixels); null where the browser cannot show it. */
async function annotated(file, boxes) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, 720 / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const pen = canvas.getContext("2d");
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  pen.lineWidth = Math.max(3, canvas.width / 120);
  for (const color of ["#ffffff", "#d23b20"]) {
    pen.strokeStyle = color;
    for (const [x, y, width, height] of boxes) pen.strokeRect(x * scale, y * scale, width * scale, height * scale);
    pen.lineWidth /= 2;
  }
  const frame = document.createElement("div");
  frame.className = "refused__picture";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", t("refusedPhoto"));
  frame.append(canvas);
  return frame;
}
