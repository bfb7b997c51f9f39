/*
 * Runs before the first paint, so that the page does not flash in the wrong
 * scheme or direction: a file of its own, because the policy has no inline
 * script, and not a module, because those wait for the page. The app goes on
 * from here (src/app/theme.svelte.ts and src/i18n/locale.ts).
 */
(function () {
  var root = document.documentElement;
  var kept = function (key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  var theme = kept("senselm.theme");
  var dark =
    theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  var locale = kept("senselm.locale") || (/^ar\b/.test(navigator.language) ? "ar" : "en");
  root.lang = locale === "ar" ? "ar" : "en";
  root.dir = locale === "ar" ? "rtl" : "ltr";
})();
