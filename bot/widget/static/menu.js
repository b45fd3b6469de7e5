// Language, how things look, and what to do with the conversation.
import { h } from "./dom.js";

export const LANGUAGES = [["zh-Hans", "简体", "简"], ["zh-Hant", "繁體", "繁"], ["en", "English", "EN"]];

function radios(name, legend, options, chosen, choose) {
  return h("fieldset", {}, h("legend", { text: legend }), h("div", { class: "row" }, options.map(([value, text, lang]) =>
    h("label", { class: "option", lang }, h("input", {
      type: "radio", name, value, checked: value === chosen, onchange: () => choose(value),
    }), h("span", { text })))));
}

/** The sheet; `view` has texts, what is chosen, and what its controls do. */
export function menu(view) {
  const { texts } = view;
  const confirm = h("div", { class: "confirm", hidden: true, role: "group", "aria-labelledby": "fresh-question" },
    h("p", { id: "fresh-question", text: texts.fresh_ask }),
    h("div", { class: "row" },
      h("button", { type: "button", class: "primary", text: texts.fresh_yes, onclick: view.fresh }),
      h("button", { type: "button", text: texts.cancel, onclick: () => { confirm.hidden = true; fresh.hidden = false; fresh.focus(); } })));
  const fresh = h("button", { type: "button", class: "fresh", text: texts.fresh, onclick: () => {
    confirm.hidden = false;
    fresh.hidden = true;
    confirm.querySelector("button").focus();
  } });
  const act = (name, run) => h("button", { type: "button", text: texts[name], "data-act": name, onclick: run });
  return h("section", { class: "sheet", id: "menu", "aria-labelledby": "menu-heading" },
    h("h2", { id: "menu-heading", tabindex: "-1", text: texts.menu }),
    radios("language", texts.language, LANGUAGES.map(([code, name]) => [code, name, code]), view.language, view.setLanguage),
    radios("theme", texts.theme, ["auto", "light", "dark"].map((value) => [value, texts[`theme_${value}`]]), view.theme, view.setTheme),
    h("fieldset", {}, h("legend", { text: texts.display }), h("label", { class: "option" },
      h("input", { type: "checkbox", name: "large", checked: view.large, onchange: (event) => view.setLarge(event.target.checked) }),
      h("span", { text: texts.large }))),
    h("div", { role: "group", "aria-labelledby": "record-label" }, h("p", { id: "record-label", class: "legend", text: texts.record }),
      h("div", { class: "row" }, act("copy", view.copy), act("download", view.download), act("print", view.print), fresh), confirm),
    h("div", { class: "row" }, act("message", view.leaveMessage)),
    h("div", { class: "row end" }, h("button", { type: "button", class: "primary", text: texts.done, onclick: view.close })));
}
