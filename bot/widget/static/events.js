// Listens for what comes later (staff replies, notices): one tab of a page's site at a time, where browsers can agree.
const PAUSES_MS = [1000, 3000, 10000, 30000];

export class Listener {
  #api;
  #store;
  #take;
  #stop = null;

  /** `take` gets each message; what it has taken is acknowledged and not sent again. */
  constructor(api, store, take) {
    this.#api = api;
    this.#store = store;
    this.#take = take;
  }

  /** Begin, once there is a session; does nothing while it listens already. */
  start() {
    if (this.#stop || !this.#store.data.token) return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const listen = () => this.#listen(signal);
    const name = `ask-hunnan:${this.#store.data.token.split(".")[0]}`; // tabs may have conversations of their own
    if (navigator.locks) navigator.locks.request(name, { signal }, listen).catch(() => {});
    else listen();
  }

  stop() {
    this.#stop?.abort();
    this.#stop = null;
  }

  async #listen(signal) {
    for (let failures = 0; !signal.aborted && this.#store.data.token;) {
      const begun = Date.now();
      try {
        for await (const message of this.#api.events(signal)) {
          this.#take(message);
          this.#store.set({ last: message.id });
          this.#api.post("received", { id: message.id }).catch(() => {}); // the next Last-Event-ID says it too
        }
      } catch (error) {
        if (error.kind === "session") break;
      }
      failures = Date.now() - begun > 30000 ? 0 : failures + 1;
      const wait = PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)];
      await new Promise((go) => {
        setTimeout(go, wait + Math.random() * 1000);
        signal.addEventListener("abort", go, { once: true });
        addEventListener("online", go, { once: true });
      });
    }
    if (!signal.aborted) this.#stop = null;
  }
}
