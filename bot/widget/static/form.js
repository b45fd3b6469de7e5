// The message form: labelled fields, checked before they are sent, and never sent twice.
import { fill, h } from "./dom.js";

const MOST_MATTER = 2000;
const MOST_CONTACT = 200;

function field(name, label, hint, control) {
  control.id = name;
  control.setAttribute("aria-describedby", `${name}-hint ${name}-error`);
  return h("div", { class: "field" }, h("label", { for: name, text: label }), h("p", { id: `${name}-hint`, class: "label", text: hint }),
    control, h("p", { id: `${name}-error`, class: "error" }));
}

/** The form; `submit(matter, contact)` may throw, `close(sent)` takes it away. */
export function messageForm({ texts, draft, submit, close }) {
  const matter = h("textarea", { name: "matter", rows: "5", "aria-required": "true" });
  const contact = h("input", { name: "contact", type: "text", autocomplete: "off" });
  [matter.value, contact.value] = [draft.matter ?? "", draft.contact ?? ""];
  const problem = h("p", { class: "error", role: "alert" });
  const send = h("button", { type: "submit", class: "primary", text: texts.submit });
  const form = h("form", { class: "sheet", novalidate: true, "aria-labelledby": "form-heading" },
    h("h2", { id: "form-heading", tabindex: "-1", text: texts.message }),
    field("matter", texts.matter, texts.matter_hint, matter),
    field("contact", texts.contact, texts.contact_hint, contact),
    problem,
    h("div", { class: "row" }, send, h("button", { type: "button", text: texts.cancel, onclick: () => close(false) })));
  let busy = false;

  const check = () => {
    const errors = new Map();
    if (!/[\p{L}\p{N}]/u.test(matter.value)) errors.set(matter, texts.matter_missing);
    else if (matter.value.length > MOST_MATTER) errors.set(matter, fill(texts.too_long, { most: MOST_MATTER }));
    if (contact.value.length > MOST_CONTACT) errors.set(contact, fill(texts.too_long, { most: MOST_CONTACT }));
    for (const control of [matter, contact]) {
      control.toggleAttribute("aria-invalid", false);
      if (errors.has(control)) control.setAttribute("aria-invalid", "true");
      form.querySelector(`#${control.name}-error`).textContent = errors.get(control) ?? "";
    }
    return [...errors.keys()];
  };

  form.addEventListener("input", () => {
    Object.assign(draft, { matter: matter.value, contact: contact.value });
    if (problem.textContent && !check().length) problem.textContent = "";
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    const [first, ...others] = check();
    problem.textContent = first ? fill(texts.form_problem, { count: others.length + 1 }) : "";
    if (first) { first.focus(); return; }
    busy = true;
    send.setAttribute("aria-disabled", "true");
    send.textContent = texts.submitting;
    try {
      await submit(matter.value, contact.value);
      Object.assign(draft, { matter: "", contact: "" });
      close(true);
    } catch (error) {
      problem.textContent = { offline: texts.form_failed, busy: texts.busy }[error.kind] ?? texts.form_failed;
    } finally {
      busy = false;
      send.removeAttribute("aria-disabled");
      send.textContent = texts.submit;
    }
  });
  return form;
}
