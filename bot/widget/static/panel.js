// The parts that are always there: launcher, header, the log, and the line that tells what goes on.
import { fill, h, icon } from "./dom.js";
import { LANGUAGES } from "./menu.js";

/** Launcher and panel; `view` has texts, what the page chose, and what the buttons do. */
export function build(view) {
  const { texts } = view;
  const count = h("span", { class: "count", "aria-hidden": "true", hidden: true });
  const launcher = h("button", { type: "button", class: "launcher", "aria-expanded": "false", "aria-controls": "panel", onclick: view.toggle },
    icon("chat"), h("span", { class: "name", text: texts.launch }), count);
  const switcher = h("div", { class: "switcher", role: "group", "aria-label": texts.language },
    LANGUAGES.map(([code, name, short]) => h("button", {
      type: "button", lang: code, title: name, "aria-label": `${short} ${name}`, "aria-pressed": String(code === view.language), text: short,
      "data-language": code, onclick: () => view.setLanguage(code),
    })));
  const menuButton = h("button", {
    type: "button", class: "tool", "data-act": "menu", "aria-label": texts.menu, title: texts.menu, "aria-expanded": "false", onclick: view.menu,
  }, icon("menu"));
  const header = h("div", { class: "header" },
    h("div", { class: "titles" }, h("h2", { id: "heading", text: view.heading }), h("p", { text: view.subheading })),
    switcher, menuButton,
    h("button", { type: "button", class: "tool", "data-act": "close", "aria-label": texts.close, title: texts.close, onclick: view.toggle }, icon("close")));
  const offline = h("p", { class: "banner", hidden: navigator.onLine, text: texts.offline });
  const log = h("div", { class: "log", role: "log", tabindex: "0", "aria-label": texts.log, "aria-live": "off" });
  const typing = h("div", { class: "typing", hidden: true, "aria-hidden": "true" }, h("i"), h("i"), h("i"));
  const status = h("p", { class: "status", role: "status" });
  const sheet = h("div", { class: "sheets", hidden: true });
  const body = h("div", { class: "body" }, offline, log, typing, status, sheet);
  const panel = h("section", { id: "panel", class: "panel", role: "dialog", "aria-labelledby": "heading", tabindex: "-1", hidden: true }, header, body);
  return { launcher, count, panel, menuButton, offline, log, typing, status, sheet, body };
}

/** Show how many messages came that nobody has seen. */
export function mark({ launcher, count }, unread, texts) {
  count.hidden = !unread;
  count.textContent = unread > 9 ? "9+" : String(unread);
  launcher.setAttribute("aria-label", unread ? fill(texts.launch_unread, { count: unread }) : texts.launch);
}
