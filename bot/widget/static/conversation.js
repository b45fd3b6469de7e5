// What was said, and sending what is to be said. Emits "add", "change" (both with the item) and "state".
import { newKey } from "./dom.js";

export class Conversation extends EventTarget {
  #api;
  #store;
  #form = { content: "", key: "" };
  #round = 0;
  waiting = false;

  constructor(api, store) {
    super();
    this.#api = api;
    this.#store = store;
  }

  get items() { return this.#store.data.items; }

  #emit(name, item = null) { this.dispatchEvent(new CustomEvent(name, { detail: item })); }

  #add(item) {
    this.#store.load(); // another tab may have said something meanwhile
    if (this.items.some((known) => known.id === item.id)) return null;
    const added = { at: Date.now(), ...item };
    this.items.push(added);
    this.#store.save();
    this.#emit("add", added);
    return added;
  }

  #change(id, values) {
    this.#store.load();
    const item = this.items.find((known) => known.id === id);
    if (!item) return;
    Object.assign(item, values);
    this.#store.save();
    this.#emit("change", item);
  }

  #wait(now) {
    this.waiting = now;
    this.#emit("state");
  }

  /** Ask a question; nothing happens while another one waits for its answer. */
  async ask(text) {
    if (this.waiting || !text.trim()) return;
    const key = newKey();
    this.#add({ id: key, who: "me", text: text.trim(), state: "waiting" });
    await this.#deliver(key);
  }

  /** Send a question again, with its key: the server answers it once. */
  async retry(id) {
    if (this.waiting) return;
    this.#change(id, { state: "waiting", problem: "" });
    await this.#deliver(id);
  }

  /** Send what was under way when the page went, or failed for want of a network. */
  async resume() {
    for (const { id, state, problem } of [...this.items]) {
      if (state === "waiting" || (state === "failed" && problem === "offline")) await this.retry(id);
    }
  }

  /** Forget everything; what is still under way for the old conversation is not shown in the new one. */
  restart() {
    this.#round += 1;
    this.#store.forget();
    this.#form = { content: "", key: "" };
    this.#wait(false);
  }

  async #deliver(id) {
    const { text } = this.items.find((item) => item.id === id) ?? {};
    if (text === undefined) return; // another tab began a new conversation
    const round = this.#round;
    const { fix } = this.#store.data;
    this.#wait(true);
    try {
      const { messages } = await this.#api.post("messages", { message: text, key: id, ...(fix ? { language: fix } : {}) });
      if (round !== this.#round) return;
      if (fix && this.#store.data.fix === fix) this.#store.set({ fix: "" });
      this.#change(id, { state: "sent" });
      this.#say(id, messages);
    } catch (error) {
      if (round === this.#round) this.#change(id, { state: "failed", problem: error.kind ?? "failed" });
    } finally {
      if (round === this.#round) this.#wait(false);
    }
  }

  #say(key, messages) {
    if (messages.some((reply) => reply.outcome === "forget")) {
      this.#store.set({ items: [] });
      this.#emit("forgotten");
    }
    messages.forEach((reply, number) => {
      this.#add({ id: `${key}-${number}`, who: "bot", text: reply.text, reply, ticket: reply.ticket ?? "" });
    });
  }

  /** Submit the message form; what is submitted again unchanged is stored once. */
  async submit(matter, contact, language) {
    const content = JSON.stringify([matter, contact]);
    if (this.#form.content !== content) this.#form = { content, key: newKey() };
    const { key } = this.#form;
    const round = this.#round;
    const { messages } = await this.#api.post("tickets", { matter, contact, key, language });
    if (round !== this.#round) return;
    if (messages.some((reply) => reply.outcome === "ticket_failed")) {
      this.#form = { content: "", key: "" };
      throw new Error("ticket_failed");
    }
    this.#add({ id: key, who: "me", text: matter, kind: "left", state: "sent" });
    this.#say(key, messages);
    this.#form = { content: "", key: "" };
  }

  /** Give an answer a thumb; the last one counts. */
  async vote(id, value) {
    const { vote = "", reply } = this.items.find((item) => item.id === id) ?? {};
    if (!reply) return false;
    this.#change(id, { vote: value });
    try {
      await this.#api.post("feedback", { turn: reply.turn, value });
      return true;
    } catch {
      this.#change(id, { vote });
      return false;
    }
  }

  /** A message that came later: from the staff, or a notice. */
  receive({ id, kind, text, at }) {
    return this.#add({ id: `event-${id}`, who: kind === "notice" ? "notice" : "staff", text, at: Date.parse(at) || Date.now() });
  }
}
