// The conversation as plain text: to copy, to download, to print.
import { fill, h } from "./dom.js";

function speaker(item, texts) {
  if (item.kind === "left") return texts.left;
  return { me: texts.you, bot: texts.assistant, staff: texts.staff, notice: texts.notice }[item.who];
}

function origin(item, texts) {
  const source = item.reply?.source;
  if (!source) return [];
  const section = source.section ? fill(texts.section, source) : "";
  const lines = [fill(texts.source, source) + section];
  if (source.quote) lines.push(`${texts.quote}: “${source.quote}”`);
  return lines;
}

/** The lines of one item: who and when, what was said, where it comes from. */
function entry(item, texts, language) {
  const when = new Date(item.at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  const said = [item.reply?.body ?? item.text, item.reply?.status].filter(Boolean);
  return { head: `${speaker(item, texts)} · ${when}`, said: [...said, ...origin(item, texts)] };
}

export function asText(items, texts, language, heading) {
  const entries = items.map((item) => entry(item, texts, language));
  const blocks = entries.map(({ head, said }) => [head, ...said].join("\n"));
  return [`${heading} · ${texts.transcript}`, texts.transcript_note, ...blocks].join("\n\n") + "\n";
}

/** Copy, also on pages without a secure connection; false if the browser refuses. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { "aria-hidden": "true", readonly: true });
    area.value = text;
    area.style.cssText = "position:fixed;opacity:0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

export function download(text, heading) {
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/plain;charset=utf-8" }));
  const link = h("a", { href: address, download: `${heading}-${new Date().toISOString().slice(0, 10)}.txt` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** Print the conversation alone, from a page of its own within this one. */
export function print(items, texts, language, heading) {
  const frame = h("iframe", { title: texts.transcript, "aria-hidden": "true", tabindex: "-1" });
  frame.style.cssText = "position:fixed;width:0;height:0;border:0;visibility:hidden";
  document.body.append(frame);
  const page = frame.contentDocument;
  page.documentElement.lang = language;
  page.title = `${heading} · ${texts.transcript}`;
  const body = h("main", {}, h("h1", { text: page.title }), h("p", { text: texts.transcript_note }));
  body.style.cssText = "font:12pt/1.6 serif;max-width:40em;margin:auto";
  for (const item of items) {
    const { head, said } = entry(item, texts, language);
    const block = h("section", {}, h("h2", { text: head }), ...said.map((line) => h("p", { text: line })));
    block.style.breakInside = "avoid";
    block.firstChild.style.fontSize = "1em";
    for (const line of block.querySelectorAll("p")) line.style.whiteSpace = "pre-line";
    body.append(block);
  }
  page.body.append(body);
  frame.contentWindow.addEventListener("afterprint", () => frame.remove());
  frame.contentWindow.print();
}
