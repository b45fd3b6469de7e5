// The log: everything that was said, as it is shown.
import { choices, render } from "./items.js";
import { welcome } from "./welcome.js";

const QUIET_MS = 300;
const NEAR_END = 40;

export class Log {
  #element;
  #view;

  /** `view` has texts, language, and what buttons do: ask, retry, vote, leaveMessage; `hot` gives often asked questions. */
  constructor(element, view) {
    this.#element = element;
    this.#view = view;
  }

  get atEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.#element;
    return scrollTop + clientHeight > scrollHeight - NEAR_END;
  }

  toEnd() { this.#element.scrollTop = this.#element.scrollHeight; }

  /** Show everything; it is shown again, not said again. */
  fill(items) {
    this.#element.setAttribute("aria-live", "off");
    const { texts, ask, leaveMessage } = this.#view;
    const { parts, hot } = welcome(texts, leaveMessage);
    this.#element.replaceChildren(...parts, ...items.map((item) => render(item, this.#view)));
    this.#view.hot().then((questions) => {
      const atEnd = this.atEnd;
      hot.replaceChildren(choices(texts.hot, questions.map((title) => ({ title })), ask) ?? "");
      if (atEnd && items.length) this.toEnd();
    }, () => {});
    this.toEnd();
    setTimeout(() => this.#element.setAttribute("aria-live", "polite"), QUIET_MS);
  }

  /** Show what is new, from its beginning on. */
  add(item) {
    const element = render(item, this.#view);
    this.#element.append(element);
    this.#element.scrollTop = Math.min(element.offsetTop - this.#element.offsetTop - 12, this.#element.scrollHeight);
  }

  change(item) {
    const old = this.#element.querySelector(`[data-id="${item.id}"]`);
    if (!old) return;
    const vote = old.getRootNode().activeElement?.dataset.vote;
    const element = render(item, this.#view);
    const { atEnd } = this;
    if (old.querySelector("details")?.open) element.querySelector("details").open = true;
    old.replaceWith(element);
    if (atEnd && item.state === "failed") this.toEnd();
    if (vote) element.querySelector(`[data-vote="${vote}"]`)?.focus();
    if (item.vote === "down") element.querySelector(".choices").scrollIntoView({ block: "nearest" });
  }
}
