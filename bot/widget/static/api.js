// Requests to the server. A request that may have arrived is only ever repeated with the same key.
const LIMIT_MS = 30000;
const PAUSES_MS = [1000, 3000];
const LONGEST_PAUSE_MS = 10000;

export class ApiError extends Error {
  /** `kind`: offline, busy, refused, invalid, session, failed. */
  constructor(kind, detail = {}) {
    super(kind);
    this.kind = kind;
    this.detail = detail;
  }
}

const pause = (milliseconds) => new Promise((go) => { setTimeout(go, milliseconds); });

export class Api {
  #base;
  #store;
  #opening = null;
  onrenewed = () => {};

  constructor(endpoint, store) {
    this.#base = new URL("webhooks/web/", endpoint.endsWith("/") ? endpoint : `${endpoint}/`);
    this.#store = store;
  }

  async #fetch(path, options = {}) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), LIMIT_MS);
    try {
      const response = await fetch(new URL(path, this.#base), { credentials: "omit", cache: "no-store", signal: stop.signal, ...options });
      const data = await response.json().catch(() => ({}));
      if (response.ok) return data;
      const kinds = { 401: "session", 403: "refused", 429: "busy" };
      const kind = kinds[response.status] ?? (response.status < 500 ? "invalid" : "failed");
      throw new ApiError(kind, { ...data, wait: Number(response.headers.get("Retry-After")) || 0 });
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError(navigator.onLine ? "failed" : "offline");
    } finally {
      clearTimeout(timer);
    }
  }

  get(path, values) {
    return this.#fetch(`${path}?${new URLSearchParams(values)}`);
  }

  /** The token of the session, which begins with the first request that needs one. */
  async token() {
    if (this.#store.data.token) return this.#store.data.token;
    this.#opening ??= this.#fetch("session", { method: "POST", body: "{}" }).then(
      (session) => this.#store.set(session),
    ).finally(() => { this.#opening = null; });
    await this.#opening;
    return this.#store.data.token;
  }

  async #post(path, body) {
    const token = await this.token();
    const data = await this.#fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    if (data.session && this.#store.data.token === token) this.#store.set(data.session);
    return data;
  }

  /** Post; what failed on the way is tried again, and an ended session is replaced once. */
  async post(path, body) {
    let renewed = false;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#post(path, body);
      } catch (error) {
        if (error.kind === "session" && !renewed) {
          renewed = true;
          this.#store.set({ token: "", expires: 0, last: "" });
          this.onrenewed();
        } else if (error.kind === "busy" && error.detail.wait * 1000 <= LONGEST_PAUSE_MS && attempt < 2) {
          await pause(error.detail.wait * 1000 + 200);
        } else if (error.kind === "failed" && attempt < PAUSES_MS.length) {
          await pause(PAUSES_MS[attempt]);
        } else throw error;
      }
    }
  }

  /** Server-sent events until `signal` stops them; with fetch, because EventSource cannot send the token. */
  async *events(signal) {
    const { token, last } = this.#store.data;
    const headers = { Authorization: `Bearer ${token}`, ...(last ? { "Last-Event-ID": last } : {}) };
    const response = await fetch(new URL("events", this.#base), { headers, credentials: "omit", cache: "no-store", signal });
    if (!response.ok) throw new ApiError(response.status === 401 ? "session" : "failed");
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const data = block.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trim());
        if (data.length) yield JSON.parse(data.join("\n"));
      }
    }
  }
}
