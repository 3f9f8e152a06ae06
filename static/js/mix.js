// The page where faces are mixed: what share each slider makes, and how the face would look.

import { request } from "./api.js";
import { t } from "./texts.js";

const SETTLED = 300; // milliseconds without a move: then it is drawn
const form = document.querySelector("[data-mix]");

function sliders() {
  return [...form.querySelectorAll("input[type=range]")];
}

function showShares() {
  const whole = sliders().reduce((sum, slider) => sum + Number(slider.value), 0);
  for (const slider of sliders()) {
    const share = whole ? Math.round((100 * slider.value) / whole) : 0;
    slider.parentElement.querySelector("output").value = share ? `${share} %` : "";
  }
}

/** The face as the sliders stand, drawn by the service; a later move replaces an earlier one. */
class Preview {
  constructor(node) {
    this.node = node;
    this.note = node.querySelector("p");
    this.canvas = node.querySelector("canvas");
    node.hidden = false;
  }

  moved() {
    clearTimeout(this.timer);
    this.stopper?.abort();
    const pushed = sliders().filter((slider) => Number(slider.value));
    if (pushed.length < 2) return this.#say("mixAsk");
    this.timer = setTimeout(() => this.#draw(pushed), SETTLED);
    return this.#say("mixDrawing");
  }

  async #draw(pushed) {
    this.stopper = new AbortController();
    const { signal } = this.stopper;
    const parts = pushed.map(({ name, value }) => ({ face_id: name.replace("weight-", ""), weight: Number(value) }));
    const call = { headers: { "Content-Type": "application/json" }, body: JSON.stringify({ parts }), signal };
    try {
      const answer = await request("POST", "/api/v1/faces/mix/preview", call);
      const picture = await createImageBitmap(await answer.blob());
      if (signal.aborted) return;
      this.canvas.getContext("2d").drawImage(picture, 0, 0);
      this.#say("mixDrawn");
    } catch (error) {
      if (!signal.aborted) this.note.textContent = error.message || t("unexpected");
    }
  }

  #say(text) {
    this.note.textContent = t(text);
  }
}

if (form) {
  const preview = new Preview(form.querySelector("[data-preview]"));
  form.addEventListener("input", (event) => {
    if (event.target.type !== "range") return;
    showShares();
    preview.moved();
  });
  showShares();
  preview.moved();
}
