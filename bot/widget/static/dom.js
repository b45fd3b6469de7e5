// Elements without markup: text is only ever set as text.
const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  chat: "M4 4h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-8l-5 4v-4H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM8 9h8M8 12.5h5",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  send: "M4 12 20 4l-5 16-3.5-6.5L4 12Zm7.5 1.5L20 4",
  up: "M7 11v9H4v-9h3Zm0 0 4-7c1.5 0 2.5 1 2.5 2.5V10h5a1.8 1.8 0 0 1 1.8 2.1l-1.2 6.4A1.8 1.8 0 0 1 17.3 20H7",
  down: "M17 13V4h3v9h-3Zm0 0-4 7c-1.5 0-2.5-1-2.5-2.5V14h-5a1.8 1.8 0 0 1-1.8-2.1l1.2-6.4A1.8 1.8 0 0 1 6.7 4H17",
  listen: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5H4ZM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11",
  stop: "M7 7h10v10H7z",
  mic: "M12 3.5a2.5 2.5 0 0 1 2.5 2.5v5.5a2.5 2.5 0 0 1-5 0V6A2.5 2.5 0 0 1 12 3.5ZM6 11.5a6 6 0 0 0 12 0M12 17.5V21M9 21h6",
  book: "M5 4.5h9.5A2.5 2.5 0 0 1 17 7v13H7.5A2.5 2.5 0 0 1 5 17.5v-13ZM17 20h2V8.5M8.5 9h5M8.5 12.5h5",
  flag: "M6 21V4M6 5h11l-2.5 4L17 13H6",
  pen: "M4 20l1-4.5L16.5 4 20 7.5 8.5 19 4 20ZM14 6.5 17.5 10",
};

/** An element; attributes that begin with "on" are listeners, `text` is its text, false and null are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "text") element.textContent = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A drawn sign; those who listen get the name of its button instead. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** A text with its {fields} filled in. */
export function fill(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (field, name) => (name in values ? String(values[name]) : field));
}

/** What can take the focus within a part of the page, in order. */
function focusable(root) {
  const all = root.querySelectorAll("a[href],button,textarea,input,select,summary,[tabindex]");
  return [...all].filter((element) => !element.disabled && element.tabIndex >= 0 && element.getClientRects().length);
}

/** Keep the Tab key within a part of the page: after its last control comes the first. */
export function keepFocus(event, root) {
  const inside = focusable(root);
  const [from, to] = event.shiftKey ? [inside[0], inside.at(-1)] : [inside.at(-1), inside[0]];
  if (root.getRootNode().activeElement !== from) return;
  event.preventDefault();
  to.focus();
}

/** True for keys of an input method; 229 is what Safari says of the one that ends the composition. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** A key that no one else makes. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
