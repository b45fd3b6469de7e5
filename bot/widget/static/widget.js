// The one script that a page names. It loads the element and, unless the page has one, puts it at the end of the page.
// Its data-… attributes become attributes of the element.
(() => {
  "use strict";
  const script = document.currentScript;
  const base = new URL(".", script.src);
  import(new URL("widget/{{version}}/element.js", base).href).then(({ define }) => {
    define(base.href);
    const place = () => {
      if (document.querySelector("ask-hunnan")) return;
      const element = document.createElement("ask-hunnan");
      for (const { name, value } of script.attributes) {
        if (name.startsWith("data-")) element.setAttribute(name.slice(5), value);
      }
      document.body.append(element);
    };
    if (document.body) place();
    else document.addEventListener("DOMContentLoaded", place);
  });
})();
