// What the browser keeps: the session, the conversation as it is shown, and how the citizen likes to read it.
const MOST_ITEMS = 200;
const EMPTY = { token: "", expires: 0, items: [], language: "", fix: "", large: null, theme: "", open: null, unread: 0, last: "", heard: false };

export class Store {
  #key;
  #area;

  /** `kind` is "device" (kept until the session ends) or "tab" (gone with the tab). */
  constructor(name, kind) {
    this.#key = `ask-hunnan:${name}`;
    try {
      this.#area = kind === "tab" ? sessionStorage : localStorage;
      this.#area.getItem(this.#key);
    } catch {
      this.#area = null; // forbidden by the browser: everything lasts as long as the page
    }
    this.data = { ...EMPTY, items: [] };
    this.load();
    if (this.data.expires && this.data.expires * 1000 < Date.now()) this.forget();
  }

  get key() { return this.#key; }

  load() {
    try {
      const kept = JSON.parse(this.#area?.getItem(this.#key) ?? "null");
      if (kept && Array.isArray(kept.items)) this.data = { ...EMPTY, ...kept };
    } catch { /* damaged: begin anew */ }
  }

  save() {
    this.data.items = this.data.items.slice(-MOST_ITEMS);
    try {
      this.#area?.setItem(this.#key, JSON.stringify(this.data));
    } catch { /* full or forbidden */ }
  }

  set(values) {
    Object.assign(this.data, values);
    this.save();
  }

  /** Forget session and conversation; how to show things stays. */
  forget() {
    this.set({ token: "", expires: 0, items: [], unread: 0, last: "", fix: this.data.language });
  }
}
