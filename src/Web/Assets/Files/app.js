// What pages do beyond forms and links: colours, copying, and telling who cannot see what has changed.
(function () {
  "use strict";
  const themes = ["system", "light", "dark"];

  function theme() { return document.documentElement.dataset.theme || "system"; }

  function setTheme(name) {
    if (name === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    try {
      if (name === "system") localStorage.removeItem("coordinator-theme");
      else localStorage.setItem("coordinator-theme", name);
    } catch { /* storage is switched off: for this page only */ }
    prepare();
  }

  function prepare() {
    for (const button of document.querySelectorAll("[data-theme-button]")) {
      button.hidden = false;
      button.querySelector("[data-theme-name]").textContent = theme();
    }
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  }

  function tell(text) { document.getElementById("live").textContent = text; }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const button = target && target.closest("[data-theme-button]");
    if (button) setTheme(themes[(themes.indexOf(theme()) + 1) % themes.length]);
    const copy = target && target.closest("[data-copy]");
    if (copy) navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent).then(() => tell("Copied."), () => tell("Copying is not allowed here."));
  });

  // Nobody looks: nothing is asked.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.hasAttribute("data-poll")) event.preventDefault();
  });

  // A new page in the place of the old one: say so, and begin at its heading.
  document.addEventListener("htmx:afterSettle", (event) => {
    prepare();
    const elt = event.detail.elt;
    if (elt && elt.id === "page") {
      const heading = document.querySelector("h1");
      if (heading) heading.focus({ preventScroll: true });
      window.scrollTo(0, 0);
      const said = Array.from(document.querySelectorAll("[data-announce]"), (notice) => notice.textContent);
      tell([document.title, ...said].join(". "));
    }
  });

  prepare();
})();
