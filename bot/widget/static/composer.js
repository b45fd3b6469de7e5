// Where questions are typed: with suggestions from the published questions, and by voice.
import { fill, h, icon, isComposing } from "./dom.js";
import { canDictate, dictate } from "./speech.js";

const MOST = 2000;
const PAUSE_MS = 180;

export class Composer {
  #view;
  #timer = 0;
  #asked = 0;
  #active = -1;
  #recognition = null;

  /** `view` has texts, language, draft, voice, heard; and ask, suggest, announce. */
  constructor(view) {
    this.#view = view;
    const { texts } = view;
    this.input = h("textarea", {
      id: "question", rows: "1", enterkeyhint: "send", placeholder: texts.placeholder, autocomplete: "off",
      "aria-autocomplete": "list", "aria-controls": "suggestions", "aria-haspopup": "listbox", maxlength: String(MOST),
    });
    this.input.value = view.draft;
    this.list = h("div", { id: "suggestions", role: "listbox", "aria-label": texts.suggested, hidden: true });
    this.voice = view.voice && canDictate()
      ? h("button", { type: "button", class: "tool voice", "aria-label": texts.dictate, title: texts.dictate, "aria-pressed": "false" }, icon("mic"))
      : null;
    this.send = h("button", { type: "submit", class: "primary send", "aria-label": texts.send, title: texts.send }, icon("send"));
    this.consent = h("div", { class: "confirm", hidden: true });
    this.form = h("form", { class: "composer" }, this.list, this.consent,
      h("label", { for: "question", class: "hidden", text: texts.question }),
      h("div", { class: "entry" }, this.input, this.voice, this.send));
    this.#listen();
  }

  #listen() {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(this.input.value); });
    this.input.addEventListener("input", () => { this.#changed(); this.#later(); });
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.voice?.addEventListener("click", () => this.#dictate());
  }

  /** Text typed while an answer is awaited stays: it is sent when the citizen sends it again. */
  #submit(text) {
    if (this.#view.busy() || !text.trim()) return;
    this.input.value = "";
    this.#changed();
    this.close();
    this.#view.ask(text);
    this.input.focus();
  }

  #changed() {
    this.#view.keep(this.input.value);
    this.input.style.height = "auto";
    if (this.input.value) this.input.style.height = `${this.input.scrollHeight + 2}px`;
  }

  #later() {
    clearTimeout(this.#timer);
    const text = this.input.value.trim();
    if (!text) { this.close(); return; }
    this.#timer = setTimeout(async () => {
      this.#asked += 1;
      const asked = this.#asked;
      const found = await this.#view.suggest(text);
      if (asked === this.#asked && this.input.value.trim() === text) this.#show(found);
    }, PAUSE_MS);
  }

  #show(found) {
    this.#active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...found.map((text, number) => h("div", {
      role: "option", id: `suggestion-${number}`, "aria-selected": "false", text,
      onmousedown: (event) => event.preventDefault(),
      onclick: () => this.#submit(text),
    })));
    this.list.hidden = !found.length;
    if (found.length) this.#view.announce(fill(this.#view.texts.suggestions, { count: found.length }));
  }

  /** Take the suggestions away; true if there were any. */
  close() {
    const open = !this.list.hidden;
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.list.hidden = true;
    this.#active = -1;
    this.input.removeAttribute("aria-activedescendant");
    return open;
  }

  #key(event) {
    if (isComposing(event)) return;
    const options = this.list.hidden ? [] : [...this.list.children];
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit(options[this.#active]?.textContent ?? this.input.value);
    } else if (event.key === "Escape" && this.close()) {
      event.stopPropagation();
    } else if (options.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const steps = options.length + 1; // one more: back to what is typed
      this.#active = (this.#active + 1 + (event.key === "ArrowDown" ? 1 : -1) + steps) % steps - 1;
      options.forEach((option, number) => option.setAttribute("aria-selected", String(number === this.#active)));
      options[this.#active]?.scrollIntoView({ block: "nearest" });
      if (this.#active < 0) this.input.removeAttribute("aria-activedescendant");
      else this.input.setAttribute("aria-activedescendant", `suggestion-${this.#active}`);
    }
  }

  #dictate() {
    const { texts, heard, agree } = this.#view;
    if (this.#recognition) { this.#recognition.stop(); return; }
    if (heard()) { this.#record(); return; }
    const answer = (yes) => { this.consent.hidden = true; if (yes) { agree(); this.#record(); } this.voice.focus(); };
    this.consent.replaceChildren(h("p", { text: texts.dictate_ask }), h("div", { class: "row" },
      h("button", { type: "button", class: "primary", text: texts.dictate_yes, onclick: () => answer(true) }),
      h("button", { type: "button", text: texts.dictate_no, onclick: () => answer(false) })));
    this.consent.hidden = false;
    this.consent.querySelector("button").focus();
  }

  #record() {
    const { texts, language, announce } = this.#view;
    this.voice.setAttribute("aria-pressed", "true");
    announce(texts.dictating, true);
    this.#recognition = dictate(language, (words) => { this.input.value = words.slice(0, MOST); this.#changed(); }, (understood) => {
      this.#recognition = null;
      this.voice.setAttribute("aria-pressed", "false");
      announce(understood ? "" : texts.dictate_failed, true);
      if (understood) this.input.focus();
    });
  }

  /** End what goes on, before the composer is taken away. */
  stop() {
    this.close();
    this.#recognition?.abort();
  }
}
