// The page's own language switch: the assistant follows it, as it follows the language of any page.
(() => {
  "use strict";
  const translated = [...document.querySelectorAll("[data-en]")];
  for (const element of translated) element.dataset.zh = element.textContent;
  const title = document.title;
  const buttons = [...document.querySelectorAll("[data-language]")];

  function show(language) {
    document.documentElement.lang = language;
    document.title = language === "en" ? "Hunnan District · Public services (demonstration)" : title;
    for (const element of translated) element.textContent = language === "en" ? element.dataset.en : element.dataset.zh;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }

  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.language));
  document.getElementById("ask").addEventListener("click", () => document.querySelector("ask-hunnan")?.open());
})();
