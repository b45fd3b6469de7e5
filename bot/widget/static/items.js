// How one thing that was said looks.
import { fill, h, icon } from "./dom.js";
import { canListen, hush, read } from "./speech.js";

const CODES = { "zh-Hans": "zh-Hans", "zh-Hant": "zh-Hant", en: "en" };

function sourceOf(source, texts, language) {
  const section = source.section ? fill(texts.section, source) : "";
  const details = h("details", { class: "source" },
    h("summary", {}, icon("book"), h("span", { text: fill(texts.source, source) + section })),
    source.quote
      ? h("figure", {}, h("figcaption", { text: texts.quote }), h("blockquote", { lang: language.startsWith("zh") ? language : "zh-Hans", text: source.quote }))
      : h("p", { class: "label", text: texts.no_quote }));
  details.addEventListener("toggle", () => { if (details.open) details.scrollIntoView({ block: "nearest" }); });
  return details;
}

/** A text in which the number of a ticket is not broken at its hyphens. */
function unbroken(text, number) {
  if (!number) return [text];
  return text.split(number).flatMap((part, place) => (place ? [h("span", { class: "unbroken", text: number }), part] : [part]));
}

/** Buttons that ask something. */
export function choices(label, buttons, ask) {
  if (!buttons.length) return null;
  return h("div", { class: "choices", role: "group", "aria-label": label }, h("p", { class: "label", text: label }),
    buttons.map(({ title, payload }) => h("button", { type: "button", text: title, onclick: () => ask(payload ?? title) })));
}

function thumb(item, value, view) {
  const { texts } = view;
  return h("button", {
    type: "button", class: "tool", "data-vote": value, "aria-pressed": String(item.vote === value), "aria-label": texts[value], title: texts[value],
    onclick: () => view.vote(item, value),
  }, icon(value));
}

function reader(item, view, language) {
  const { texts } = view;
  const button = h("button", { type: "button", class: "tool listen", "aria-label": texts.listen, title: texts.listen }, icon("listen"));
  let reading = false;
  const show = (now) => {
    reading = now;
    const name = now ? texts.stop : texts.listen;
    button.setAttribute("aria-label", name);
    button.title = name;
    button.replaceChildren(icon(now ? "stop" : "listen"));
  };
  button.addEventListener("click", () => {
    if (reading) { hush(); show(false); return; }
    show(true);
    read([item.reply?.body ?? item.text, item.reply?.status].filter(Boolean).join(" "), language, () => show(false));
  });
  return button;
}

function tools(item, view, language) {
  const parts = [
    canListen(language) && reader(item, view, language),
    item.reply?.turn && thumb(item, "up", view),
    item.reply?.turn && thumb(item, "down", view),
  ].filter(Boolean);
  if (!parts.length) return null;
  return h("div", { class: "tools" }, parts, item.vote === "up" && h("span", { class: "label", text: view.texts.thanks }));
}

function complaint(item, view) {
  if (item.vote !== "down") return null;
  return h("div", { class: "choices" }, h("p", { class: "label", text: view.texts.sorry }),
    h("button", { type: "button", text: view.texts.message, onclick: view.leaveMessage }));
}

function fromBot(item, view) {
  const { texts } = view;
  const { reply } = item;
  const language = CODES[reply.language] ?? view.language;
  return [
    h("div", { class: "bubble" },
      h("p", { class: "said", lang: CODES[reply.language] }, unbroken(reply.body || item.text, item.ticket)),
      item.ticket && h("p", { class: "badge ticket" }, h("span", {}, unbroken(fill(texts.ticket, { number: item.ticket }), item.ticket))),
      reply.status && h("p", { class: "badge", lang: CODES[reply.language] }, icon("flag"), h("span", { text: reply.status })),
      reply.source && sourceOf(reply.source, texts, language)),
    tools(item, view, language),
    complaint(item, view),
    choices(reply.outcome === "clarified" ? texts.options : texts.related, reply.buttons ?? [], view.ask),
    (reply.outcome === "ask_matter") && h("div", { class: "choices" },
      h("button", { type: "button", text: texts.message, onclick: view.leaveMessage })),
  ];
}

function fromMe(item, view) {
  const { texts } = view;
  const failed = item.state === "failed";
  const problem = { offline: texts.unsent, busy: texts.busy, refused: texts.refused }[item.problem] ?? texts.failed;
  return [
    h("div", { class: "bubble" },
      item.kind === "left" && h("p", { class: "label", text: texts.left }),
      h("p", { class: "said", text: item.text })),
    failed && h("div", { class: "problem" }, h("span", { text: problem }),
      h("button", { type: "button", class: "retry", text: texts.retry, onclick: () => view.retry(item) })),
  ];
}

function fromStaff(item, view) {
  return [
    h("div", { class: "bubble" },
      h("p", { class: "label", text: view.texts[item.who] }), h("p", { class: "said", text: item.text })),
    tools(item, view, view.language),
  ];
}

/** An item of the conversation; `view` has texts, language, and what its buttons do. */
export function render(item, view) {
  const { texts } = view;
  const parts = { me: fromMe, bot: fromBot, staff: fromStaff, notice: fromStaff }[item.who](item, view);
  const who = item.who === "me" ? texts.you : item.who === "bot" ? texts.assistant : "";
  const time = new Date(item.at).toLocaleTimeString(view.language, { hour: "2-digit", minute: "2-digit" });
  return h("div", { class: `item ${item.who}`, "data-id": item.id, "data-state": item.state },
    who && h("span", { class: "hidden", text: `${who}: ` }), parts, h("time", { text: time }));
}
