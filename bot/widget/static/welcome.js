// What is shown before anything is said.
import { h, icon } from "./dom.js";

/** The first things in the log, and the place for the hot questions. */
export function welcome(texts, leaveMessage) {
  const hot = h("div", { class: "hot" });
  const parts = [
    h("div", { class: "item bot welcome" },
      h("div", { class: "bubble" }, h("p", { class: "said", text: texts.welcome }), h("p", { class: "label", text: texts.privacy })),
      hot,
      h("button", { type: "button", class: "link", onclick: leaveMessage }, icon("pen"), h("span", { text: texts.message }))),
  ];
  return { parts, hot };
}
