// Before anything is drawn: the colours that were chosen here before. Without a choice the system's are used.
(function () {
  "use strict";
  try {
    var theme = localStorage.getItem("coordinator-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch { /* storage is switched off: the system's colours */ }
})();
