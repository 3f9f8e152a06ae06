// A file choice on the page: drop zone or file field, the bar, pause and discard, and what became of the file.

import { getJson, pause } from "./api.js";
import { duration, size } from "./format.js";
import { t } from "./texts.js";
import { Upload } from "./tus.js";

const LOOK_EVERY = 600;

/**
 * Watch `step` for files, now and after its content was replaced.
 * `handlers`: begun(upload), settled(row, file), failed(error, file); and `fields`, further metadata of uploads.
 */
export function takeFiles(step, purpose, handlers) {
  step.addEventListener("change", (event) => {
    if (event.target.matches("[data-file]") && event.target.files[0]) {
      transfer(step, event.target.files[0], purpose, handlers);
      event.target.value = "";
    }
  });
  for (const type of ["dragover", "dragleave", "drop"]) step.addEventListener(type, highlight);
  step.addEventListener("drop", (event) => {
    const file = event.dataTransfer.files[0];
    if (event.target.closest("[data-drop]") && file) transfer(step, file, purpose, handlers);
  });
}

function highlight(event) {
  const zone = event.target.closest("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.classList.toggle("drop--over", event.type === "dragover");
}

async function transfer(step, file, purpose, handlers) {
  const upload = new Upload(file, purpose, handlers.fields);
  const panel = new Panel(step, upload);
  upload.addEventListener("begun", () => handlers.begun?.(upload));
  try {
    const arrived = await panel.run();
    if (arrived) await handlers.settled(await settled(upload.id, panel), file);
    else await handlers.discarded?.();
  } catch (error) {
    await handlers.failed(error, file);
  } finally {
    panel.close();
  }
}

/** The upload's row once the service has looked at it. */
export async function settled(id, panel) {
  panel?.look();
  for (;;) {
    const row = await getJson(`/uploads/${id}`).catch((error) => {
      if (error.status && !error.passing) throw error;
    });
    if (row && !["open", "probing"].includes(row.state)) return row;
    await pause(LOOK_EVERY);
  }
}

/** The bar of one upload. */
class Panel {
  constructor(step, upload) {
    this.upload = upload;
    this.node = step.querySelector("[data-transfer]");
    this.fragment = step.querySelector("[data-fragment]");
    this.events = new AbortController();
    this.speed = new Speed();
    this.paused = false;
    this.ended = false;
    this.#open(step);
  }

  /** Send until all arrived (true) or the user discards it (false). */
  async run() {
    while (!this.ended) {
      if (await this.upload.send()) return true;
      if (!this.ended) await this.wait();
    }
    await this.upload.discard();
    return false;
  }

  /** The service looks at what arrived. */
  look() {
    this.part("bar").removeAttribute("value");
    this.part("note").textContent = t(this.upload.purpose === "face" ? "checkingPhoto" : "checkingFile");
    for (const name of ["pause", "stop"]) this.part(name).hidden = true;
  }

  close() {
    this.events.abort();
    this.node.hidden = true;
    if (!this.fragment.matches(".faces")) this.fragment.hidden = false;
  }

  part(name) {
    return this.node.querySelector(`[data-transfer-${name}]`);
  }

  wait() {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  #open(step) {
    const { signal } = this.events;
    step.querySelector("[data-problem]")?.replaceChildren();
    this.fragment.hidden = !this.fragment.matches(".faces");
    this.node.hidden = false;
    this.part("name").textContent = this.upload.file.name;
    this.part("note").textContent = t("starting");
    for (const name of ["pause", "stop"]) this.part(name).hidden = false;
    this.#show(0);
    this.part("pause").textContent = t("pause");
    this.part("pause").addEventListener("click", () => this.#toggle(), { signal });
    this.part("stop").addEventListener("click", () => this.#stop(), { signal });
    this.upload.addEventListener("moved", (event) => this.#moved(event.detail.bytes), { signal });
    this.upload.addEventListener("halted", (event) => this.#halted(event.detail.offline), { signal });
  }

  #toggle() {
    this.paused = !this.paused;
    this.part("pause").textContent = this.paused ? t("resume") : t("pause");
    this.part("note").textContent = this.paused ? t("paused") : t("starting");
    if (this.paused) this.upload.pause();
    else this.wake?.();
  }

  #stop() {
    this.ended = true;
    this.upload.pause();
    this.wake?.();
  }

  #halted(offline) {
    this.speed = new Speed();
    this.part("note").textContent = t(offline ? "offline" : "retrying");
  }

  #moved(bytes) {
    this.#show(bytes);
    const rate = this.speed.at(bytes);
    if (this.paused || !rate) return;
    const left = duration((this.upload.file.size - bytes) / rate);
    this.part("note").textContent = t("sending", { rate: size(Math.round(rate)), left });
  }

  #show(bytes) {
    const total = this.upload.file.size;
    const percent = total ? (100 * bytes) / total : 100;
    this.part("bar").value = percent;
    this.part("amount").textContent = `${size(bytes)} / ${size(total)} · ${Math.floor(percent)} %`;
  }
}

/** Bytes a second over the last few seconds; 0 until it can be told. */
class Speed {
  marks = [];

  at(bytes) {
    const now = performance.now();
    this.marks = [...this.marks.filter((mark) => now - mark.now < 5000), { now, bytes }];
    const first = this.marks[0];
    return now - first.now > 400 ? Math.max(0, ((bytes - first.bytes) * 1000) / (now - first.now)) : 0;
  }
}
