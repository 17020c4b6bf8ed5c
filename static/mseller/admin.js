// @ts-check
/**
 * One colour scheme for site and admin: the admin keeps its own in localStorage ("auto" for the
 * system's), the site keeps a cookie. Loaded before the admin's theme.js, so that it starts right.
 *
 * And a name in the page's language for the picture that the admin calls "Search" in every one.
 */

{
  const root = document.documentElement;
  const chosen = /(?:^|; )theme=(light|dark|system)(?:;|$)/.exec(document.cookie)?.[1];
  if (chosen) localStorage.setItem("theme", chosen === "system" ? "auto" : chosen);

  new MutationObserver(() => {
    const theme = root.dataset.theme === "auto" ? "system" : root.dataset.theme;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
  }).observe(root, { attributeFilter: ["data-theme"] });

  addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("#changelist-search input[type=submit]");
    const picture = document.querySelector("#changelist-search label img");
    if (button instanceof HTMLInputElement) picture?.setAttribute("alt", button.value);
  });
}
