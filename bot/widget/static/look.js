// How the element looks and which language it speaks, from what the page and the citizen chose.
import { palette } from "./colour.js";

/** The language of the element for a language tag: Chinese in one of two scripts, English for all others. */
export function languageOf(tag) {
  const code = (tag ?? "").toLowerCase();
  if (/^zh-(hant|tw|hk|mo)/.test(code)) return "zh-Hant";
  return !code || code.startsWith("zh") ? "zh-Hans" : "en";
}

/** Colours, size and language of the parts; `choice` has theme, large and language. */
export function dress(host, parts, { theme, large, language }) {
  const dark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  host.toggleAttribute("data-dark", dark);
  host.toggleAttribute("data-large", large);
  host.lang = language;
  const chosen = host.getAttribute("color") || getComputedStyle(host).getPropertyValue("--askhunnan-color").trim();
  const [first] = parts;
  first.style.color = chosen; // the browser reads any notation
  const colours = chosen ? palette(getComputedStyle(first).color, dark) : null;
  first.style.color = "";
  for (const part of parts) {
    for (const [name, value] of Object.entries(colours ?? {})) part.style.setProperty(name, value);
  }
}
