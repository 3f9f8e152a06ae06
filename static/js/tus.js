// A resumable upload by tus 1.0: goes on after a pause, a lost connection, or a reload of the page.

import { Problem, csrf, pause, request } from "./api.js";

const CHUNK_BYTES = 32 * 2 ** 20;
const TUS = { "Tus-Resumable": "1.0.0" };
const LONGEST_WAIT = 15_000;

/**
 * One file on its way to the service. Events: `begun` once it has an address, `moved` as bytes leave, `halted`
 * with `detail.offline` when the connection is gone.
 */
export class Upload extends EventTarget {
  constructor(file, purpose, fields = {}) {
    super();
    this.file = file;
    this.purpose = purpose;
    this.fields = fields;
    this.offset = 0;
    this.address = null;
    const place = [purpose, ...Object.values(fields)].join(":");
    this.memory = `visage:upload:${place}:${file.name}:${file.size}:${file.lastModified}`;
    this.stopper = new AbortController();
  }

  get id() {
    return this.address?.split("/").pop();
  }

  /** Send what is missing. Returns true when all bytes arrived, false when paused. Raises `Problem` for a refusal. */
  async send() {
    this.stopper = new AbortController();
    const { signal } = this.stopper;
    let failures = 0;
    while (!signal.aborted) {
      try {
        if (await this.#advance(signal)) return true;
        failures = 0;
      } catch (error) {
        if (signal.aborted) return false;
        if (error instanceof Problem && !error.passing && error.status !== 409) throw error;
        this.dispatchEvent(new CustomEvent("halted", { detail: { offline: !navigator.onLine } }));
        await pause(Math.min(500 * 2 ** failures, LONGEST_WAIT), signal);
        failures += 1;
        this.located = false;
      }
    }
    return false;
  }

  /** Stop for now; `send()` goes on. */
  pause() {
    this.stopper.abort();
  }

  /** Stop for good and have the service forget what arrived. */
  async discard() {
    this.pause();
    localStorage.removeItem(this.memory);
    if (this.address) await request("DELETE", this.address, { headers: TUS }).catch(() => undefined);
  }

  async #advance(signal) {
    if (!this.located) await this.#locate(signal);
    if (this.offset < this.file.size) await this.#patch(signal);
    if (this.offset < this.file.size) return false;
    localStorage.removeItem(this.memory);
    return true;
  }

  async #locate(signal) {
    this.address ??= localStorage.getItem(this.memory);
    if (!(this.address && (await this.#ask(signal)))) await this.#create(signal);
    this.located = true;
    this.dispatchEvent(new Event("begun"));
    this.#moved(this.offset);
  }

  /** Learn how much the service holds; false where it no longer knows the upload. */
  async #ask(signal) {
    try {
      const answer = await request("HEAD", this.address, { headers: TUS, signal });
      this.offset = Number(answer.headers.get("Upload-Offset"));
      return true;
    } catch (error) {
      if (error instanceof Problem && [403, 404, 410].includes(error.status)) return false;
      throw error;
    }
  }

  async #create(signal) {
    const fields = { filename: this.file.name, purpose: this.purpose, ...this.fields };
    if (this.file.type) fields.filetype = this.file.type;
    const metadata = Object.entries(fields).map(([name, text]) => `${name} ${base64(text)}`).join(",");
    const headers = { ...TUS, "Upload-Length": String(this.file.size), "Upload-Metadata": metadata };
    const answer = await request("POST", "/api/v1/uploads", { headers, signal });
    this.address = new URL(answer.headers.get("Location"), location.href).pathname;
    this.offset = 0;
    localStorage.setItem(this.memory, this.address);
  }

  /** Send the next chunk. XMLHttpRequest, because fetch() does not tell how far a body got. */
  #patch(signal) {
    const start = this.offset;
    return new Promise((resolve, reject) => {
      const call = new XMLHttpRequest();
      const abort = () => call.abort();
      call.open("PATCH", this.address);
      const headers = { ...TUS, ...csrf(), "Upload-Offset": start, "Content-Type": "application/offset+octet-stream" };
      for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value);
      call.upload.onprogress = (event) => this.#moved(start + event.loaded);
      call.onload = () => {
        if (call.status >= 300) return reject(new Problem(call.status, parse(call.responseText)));
        this.offset = Number(call.getResponseHeader("Upload-Offset"));
        this.#moved(this.offset);
        return resolve();
      };
      call.onerror = () => reject(new TypeError("network"));
      call.onabort = () => reject(new DOMException("stopped", "AbortError"));
      call.onloadend = () => signal.removeEventListener("abort", abort);
      signal.addEventListener("abort", abort);
      this.located = false; // until the answer is in, only the service knows the offset
      call.send(this.file.slice(start, start + CHUNK_BYTES));
    }).then(() => {
      this.located = true;
    });
  }

  #moved(bytes) {
    this.dispatchEvent(new CustomEvent("moved", { detail: { bytes } }));
  }
}

function base64(text) {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
