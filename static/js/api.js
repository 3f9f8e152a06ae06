// Requests to the service, with the page's CSRF token; failures arrive as `Problem`.

/** A refusal by the service: `message` is for a person, `reason` and `detail` for a program. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || "");
    this.status = status;
    this.reason = body.reason || String(body.type || "").split("/").pop();
    this.detail = body;
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status >= 500 || [408, 423, 429].includes(this.status);
  }
}

/** The page's CSRF token, as headers. */
export function csrf() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta ? { "X-CSRF-Token": meta.content } : {};
}

/** fetch() that raises a `Problem` for a refusal. Network failures stay TypeErrors. */
export async function request(method, address, { headers = {}, body, signal } = {}) {
  const answer = await fetch(address, { method, headers: { ...csrf(), ...headers }, body, signal });
  if (!answer.ok) throw new Problem(answer.status, await problemBody(answer));
  return answer;
}

/** GET an API path as JSON. */
export async function getJson(path) {
  return (await request("GET", `/api/v1${path}`, { headers: { Accept: "application/json" } })).json();
}

async function problemBody(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** A promise that is kept after `milliseconds`, or at once when `signal` is aborted or the browser is back online. */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      removeEventListener("online", finish);
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    addEventListener("online", finish);
    signal?.addEventListener("abort", finish);
  });
}
