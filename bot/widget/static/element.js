// <ask-hunnan>: the element. It puts the parts together and follows the page that it stands on.
import { Api } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { isComposing, keepFocus } from "./dom.js";
import { Listener } from "./events.js";
import { messageForm } from "./form.js";
import { Log } from "./log.js";
import { dress, languageOf } from "./look.js";
import { menu } from "./menu.js";
import { build, mark } from "./panel.js";
import { hush } from "./speech.js";
import { Store } from "./store.js";
import css from "./style.js";
import * as transcript from "./transcript.js";
import TEXTS from "./texts.js";

const SLOW_MS = 4000;
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
let home = "";

export class AskHunnan extends HTMLElement {
  static observedAttributes = ["heading", "subheading", "color", "position", "language", "theme"];
  #parts = null;
  #draft = { question: "", matter: "", contact: "" };
  #leave = new AbortController();
  #back = null;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    const endpoint = new URL(this.getAttribute("endpoint") || home, document.baseURI).href;
    this.store = new Store(endpoint, this.getAttribute("storage"));
    this.api = new Api(endpoint, this.store);
    this.api.onrenewed = () => this.#tell(this.texts.renewed);
    this.conversation = new Conversation(this.api, this.store);
    this.listener = new Listener(this.api, this.store, (message) => this.#received(message));
    this.conversation.addEventListener("add", ({ detail }) => this.#added(detail));
    this.conversation.addEventListener("change", ({ detail }) => this.#changed(detail));
    this.conversation.addEventListener("state", () => this.#waiting());
    this.conversation.addEventListener("forgotten", () => this.#fill());
    this.#leave = new AbortController();
    const { signal } = this.#leave;
    addEventListener("online", () => this.#network(), { signal });
    addEventListener("offline", () => this.#network(), { signal });
    addEventListener("storage", (event) => this.#elsewhere(event), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#dress(), { signal });
    this.shadowRoot.addEventListener("keydown", (event) => this.#key(event), { signal });
    globalThis.speechSynthesis?.addEventListener?.("voiceschanged", () => this.#fill(), { signal });
    const pages = new MutationObserver(() => this.#pageChanged());
    pages.observe(document.documentElement, { attributeFilter: ["lang"] });
    signal.addEventListener("abort", () => pages.disconnect());
    this.language = this.#wanted();
    this.#build();
    const open = this.store.data.open ?? this.hasAttribute("open");
    if (open) this.#show(true, false);
    if (this.conversation.items.length) this.listener.start();
    this.conversation.resume();
  }

  disconnectedCallback() {
    this.#leave.abort();
    this.listener.stop();
    this.composer?.stop();
    hush();
  }

  attributeChangedCallback(name) {
    if (!this.#parts) return;
    if (name === "language") this.#setLanguage(this.#wanted(), false);
    else this.#build();
  }

  get texts() { return TEXTS[this.language]; }
  get heading() { return this.getAttribute("heading") || this.texts.heading; }
  get opened() { return !this.#parts.panel.hidden; }
  get theme() { return this.store.data.theme || this.getAttribute("theme") || "auto"; }
  get large() { return this.store.data.large ?? this.hasAttribute("large"); }

  /** Open or close the panel, as its launcher does. */
  open() { this.#show(true); }
  close() { this.#show(false); }

  // ---- how it looks

  #wanted() {
    const attribute = this.getAttribute("language");
    const page = this.parentElement?.closest("[lang]")?.lang;
    return this.store.data.language || languageOf(attribute && attribute !== "auto" ? attribute : page);
  }

  #build() {
    const { opened, scroll } = this.#parts ? { opened: this.opened, scroll: this.#parts.log.scrollTop } : {};
    this.composer?.stop();
    this.#parts = build({
      texts: this.texts, language: this.language, heading: this.heading,
      subheading: this.getAttribute("subheading") || this.texts.subheading,
      toggle: () => this.#show(!this.opened), menu: () => this.#menu(),
      setLanguage: (language) => this.#setLanguage(language, true),
    });
    this.composer = new Composer({
      texts: this.texts, language: this.language, draft: this.#draft.question,
      voice: this.getAttribute("voice") !== "off", heard: () => this.store.data.heard, agree: () => this.store.set({ heard: true }),
      keep: (text) => { this.#draft.question = text; }, busy: () => this.conversation.waiting,
      ask: (text) => this.#ask(text), announce: (text, shown) => this.#tell(text, shown),
      suggest: (text) => this.api.get("suggestions", { q: text, language: this.language })
        .then(({ suggestions }) => suggestions, () => []),
    });
    this.#parts.body.insertBefore(this.composer.form, this.#parts.sheet);
    this.shadowRoot.replaceChildren(this.#parts.panel, this.#parts.launcher);
    this.log = this.#log();
    this.#dress();
    this.#fill();
    mark(this.#parts, this.store.data.unread, this.texts);
    this.#waiting();
    if (opened) { this.#show(true, false); this.#parts.log.scrollTop = scroll; }
  }

  #dress() {
    dress(this, [this.#parts.panel, this.#parts.launcher], this);
  }

  #setLanguage(language, chosen) {
    if (chosen) this.store.set({ language, fix: language });
    if (language === this.language) return;
    const focus = this.shadowRoot.activeElement?.dataset.language;
    const open = this.#parts.sheet.hidden ? "" : this.#parts.sheet.firstChild.id;
    this.language = language;
    this.#build();
    if (open === "menu") { this.#menu(); this.#parts.sheet.querySelector(`[value="${language}"]`).focus(); }
    else if (focus) this.shadowRoot.querySelector(`[data-language="${language}"]`).focus();
  }

  /** The page changed its language: the element goes along, whatever was chosen before. */
  #pageChanged() {
    if (this.store.data.language) this.store.set({ language: "", fix: languageOf(document.documentElement.lang) });
    this.#setLanguage(this.#wanted(), false);
  }

  // ---- what is said

  #log() {
    return new Log(this.#parts.log, {
      texts: this.texts, language: this.language, ask: (text) => this.#ask(text),
      retry: (item) => { this.conversation.retry(item.id); this.composer.input.focus(); },
      vote: async (item, value) => { this.#tell((await this.conversation.vote(item.id, value)) ? this.texts.thanks : this.texts.failed); },
      leaveMessage: () => this.#message(),
      hot: () => this.api.get("hot", { language: this.language }).then(({ questions }) => questions),
    });
  }

  #fill() { this.log.fill(this.conversation.items); }

  #added(item) {
    this.log.add(item);
    if (item.who !== "me" && !this.opened) {
      this.store.set({ unread: this.store.data.unread + 1 });
      mark(this.#parts, this.store.data.unread, this.texts);
    }
    this.listener.start();
  }

  #changed(item) {
    this.log.change(item);
    if (item.state === "failed") this.#tell(this.texts.failed);
  }

  #ask(text) {
    this.#closeSheet();
    this.conversation.ask(text);
  }

  #received(message) {
    const item = this.conversation.receive(message);
    if (item && !this.opened) this.#tell(this.texts[item.who]);
  }

  #waiting() {
    const { typing, log, status } = this.#parts;
    const { waiting } = this.conversation;
    typing.hidden = !waiting;
    log.setAttribute("aria-busy", String(waiting));
    this.composer.send.toggleAttribute("data-waiting", waiting);
    clearTimeout(this.slow);
    status.textContent = waiting ? this.texts.typing : "";
    if (!waiting && this.stale) this.#elsewhere({ key: this.store.key });
    if (waiting) this.slow = setTimeout(() => { status.textContent = this.texts.slow; }, SLOW_MS);
  }

  /** Tell what happened: to screen readers, and for a while to all. */
  #tell(text) {
    this.#parts.status.textContent = text;
    clearTimeout(this.told);
    this.told = setTimeout(() => { if (!this.conversation.waiting) this.#parts.status.textContent = ""; }, 5000);
  }

  #network() {
    this.#parts.offline.hidden = navigator.onLine;
    this.#tell(navigator.onLine ? "" : this.texts.offline);
    if (navigator.onLine) this.conversation.resume();
  }

  /** Another tab went on with the conversation, or began a new one. */
  #elsewhere(event) {
    if (event.key !== this.store.key) return;
    this.stale = this.conversation.waiting;
    if (this.stale) return;
    const { token } = this.store.data;
    this.store.load();
    if (this.store.data.token !== token) this.listener.stop();
    if (this.conversation.items.length) this.listener.start();
    this.#fill();
    mark(this.#parts, this.store.data.unread, this.texts);
  }

  // ---- what is open

  #show(open, focus = true) {
    const { panel, launcher } = this.#parts;
    panel.hidden = !open;
    launcher.setAttribute("aria-expanded", String(open));
    launcher.toggleAttribute("data-open", open);
    const full = matchMedia("(max-width: 480px)").matches;
    panel.setAttribute("aria-modal", String(open && full));
    this.store.set({ open, ...(open ? { unread: 0 } : {}) });
    mark(this.#parts, this.store.data.unread, this.texts);
    if (!open) { this.composer.stop(); hush(); this.#closeSheet(); }
    if (open) this.log.toEnd();
    if (focus) (open ? (matchMedia("(hover: hover)").matches ? this.composer.input : panel) : launcher).focus();
  }

  #openSheet(content) {
    this.#back ??= this.shadowRoot.activeElement;
    this.#parts.sheet.replaceChildren(content);
    this.#parts.sheet.hidden = false;
    for (const part of [this.#parts.log, this.composer.form]) part.inert = true;
    content.querySelector("h2").focus();
  }

  #closeSheet() {
    if (this.#parts.sheet.hidden) return;
    this.#parts.sheet.hidden = true;
    this.#parts.sheet.replaceChildren();
    this.#parts.menuButton.setAttribute("aria-expanded", "false");
    for (const part of [this.#parts.log, this.composer.form]) part.inert = false;
    if (this.opened) (this.#back?.isConnected ? this.#back : this.composer.input).focus();
    this.#back = null;
  }

  #menu() {
    if (!this.#parts.sheet.hidden) { this.#closeSheet(); return; }
    const { items } = this.conversation;
    const text = () => transcript.asText(items, this.texts, this.language, this.heading);
    this.#openSheet(menu({
      texts: this.texts, language: this.language, theme: this.theme, large: this.large,
      setLanguage: (language) => this.#setLanguage(language, true),
      setTheme: (theme) => { this.store.set({ theme }); this.#dress(); },
      setLarge: (large) => {
        const { atEnd } = this.log;
        this.store.set({ large });
        this.#dress();
        if (atEnd) this.log.toEnd();
      },
      copy: async () => this.#tell((await transcript.copy(text())) ? this.texts.copied : this.texts.copy_failed),
      download: () => transcript.download(text(), this.heading),
      print: () => transcript.print(items, this.texts, this.language, this.heading),
      fresh: () => this.#fresh(), leaveMessage: () => this.#message(), close: () => this.#closeSheet(),
    }));
    this.#parts.menuButton.setAttribute("aria-expanded", "true");
  }

  #fresh() {
    this.listener.stop();
    this.conversation.restart();
    this.#draft = { question: "", matter: "", contact: "" };
    this.#build();
    this.composer.input.focus();
  }

  #message() {
    this.#openSheet(messageForm({
      texts: this.texts, draft: this.#draft, close: () => this.#closeSheet(),
      submit: (matter, contact) => this.conversation.submit(matter, contact, this.language),
    }));
  }

  #key(event) {
    if (isComposing(event)) return;
    if (event.key === "Escape" && this.opened) {
      event.stopPropagation();
      if (this.#parts.sheet.hidden) this.#show(false);
      else this.#closeSheet();
    } else if (event.key === "Tab" && this.#parts.panel.getAttribute("aria-modal") === "true") {
      keepFocus(event, this.#parts.panel);
    }
  }
}

/** Make the element known to the page; `base` is where it was loaded from. */
export function define(base) {
  home ||= base;
  if (!customElements.get("ask-hunnan")) customElements.define("ask-hunnan", AskHunnan);
}
