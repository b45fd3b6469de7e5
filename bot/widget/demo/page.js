// The page's own language switch: the assistant follows it, as it follows the language of any page.
(() => {
  "use strict";
  const translated = [...document.querySelectorAll("[data-en]")];
  for (const element of translated) element.dataset.zh = element.textContent;
  const fields = { "zh-Hans": "zh", "zh-Hant": "hant", en: "en" };
  const buttons = [...document.querySelectorAll("[data-language]")];

  function show(language) {
    document.documentElement.lang = language;
    for (const element of translated) element.textContent = element.dataset[fields[language]];
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }

  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.language));
  document.getElementById("ask").addEventListener("click", () => document.querySelector("ask-hunnan")?.open());
})();
