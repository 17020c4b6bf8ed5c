// @ts-check
/**
 * The shell's behaviour: colour scheme, drawer, menus of the top bar, toasts.
 *
 * The server renders everything, and menus and drawer open without this script too. It adds what
 * HTML alone does not give: a trapped focus, Escape, a remembered colour scheme.
 *
 * When the scheme changes, by the user or by the system, `document` gets a `themechange` event whose
 * detail is {@link ThemeChange}.
 *
 * @typedef {"light" | "dark" | "system"} Theme
 * @typedef {{ theme: Theme, scheme: "light" | "dark" }} ThemeChange
 */

const root = document.documentElement;
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const YEAR = 365 * 24 * 60 * 60;

/** @returns {Theme} */
function currentTheme() {
  const theme = root.dataset.theme;
  return theme === "light" || theme === "dark" ? theme : "system";
}

function announceTheme() {
  const theme = currentTheme();
  /** @type {ThemeChange} */
  const detail = { theme, scheme: theme === "system" ? (systemDark.matches ? "dark" : "light") : theme };
  document.dispatchEvent(new CustomEvent("themechange", { detail }));
}

/** @param {Theme} theme */
function setTheme(theme) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${theme}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
  root.dataset.theme = theme;
  showTheme();
  announceTheme();
}

function showTheme() {
  for (const button of document.querySelectorAll("[data-set-theme]")) {
    const chosen = button.getAttribute("data-set-theme") === currentTheme();
    button.setAttribute("aria-pressed", String(chosen));
  }
}

for (const button of document.querySelectorAll("[data-set-theme]")) {
  button.addEventListener("click", () => {
    setTheme(/** @type {Theme} */ (button.getAttribute("data-set-theme")));
    closeDropdown(button.closest("details"));
  });
}
systemDark.addEventListener("change", () => {
  if (currentTheme() === "system") announceTheme();
});

/* Dropdowns: <details> that Escape, a tap outside and leaving by Tab close. */

/** @param {HTMLDetailsElement | null} dropdown */
function closeDropdown(dropdown) {
  if (!dropdown?.open) return;
  const inside = dropdown.contains(document.activeElement);
  dropdown.open = false;
  if (inside) dropdown.querySelector("summary")?.focus();
}

for (const dropdown of document.querySelectorAll("details.dropdown")) {
  if (!(dropdown instanceof HTMLDetailsElement)) continue;
  dropdown.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !dropdown.open) return;
    event.stopPropagation();
    closeDropdown(dropdown);
  });
  dropdown.addEventListener("focusout", (event) => {
    const next = event.relatedTarget;
    if (next instanceof Node && !dropdown.contains(next)) dropdown.open = false;
  });
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !dropdown.contains(event.target)) dropdown.open = false;
  });
}

/* The drawer: the menu is a popover, which brings the top layer, the scrim, Escape and a tap outside. */

const menu = document.getElementById("menu");
const menuButton = document.getElementById("menu-button");
const desktop = matchMedia("(width >= 1024px)");

if (menu && menuButton && "popover" in menu) {
  menu.addEventListener("beforetoggle", (event) => {
    const open = /** @type {ToggleEvent} */ (event).newState === "open";
    menuButton.setAttribute("aria-expanded", String(open));
    if (open) {
      menu.setAttribute("role", "dialog");
      menu.setAttribute("aria-modal", "true");
      menu.setAttribute("aria-label", menu.querySelector("nav")?.getAttribute("aria-label") ?? "");
    } else {
      for (const name of ["role", "aria-modal", "aria-label"]) menu.removeAttribute(name);
    }
    // Before the popover closes, so that it can give the focus back to the button.
    for (const part of document.querySelectorAll(".shell, .skip-link, .toasts")) {
      part.toggleAttribute("inert", open);
    }
  });
  menu.addEventListener("toggle", (event) => {
    const open = /** @type {ToggleEvent} */ (event).newState === "open";
    if (open) focusable(menu)[0]?.focus();
    else if (!desktop.matches && isLost(document.activeElement)) menuButton.focus();
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && menu.matches(":popover-open")) keepFocus(menu, event);
  });
  desktop.addEventListener("change", () => {
    if (desktop.matches && menu.matches(":popover-open")) menu.hidePopover();
  });
}

/**
 * Whether the focus is nowhere: on the page, or still in the closed menu, which browsers leave only as they draw again.
 * @param {Element | null} focused
 */
function isLost(focused) {
  return focused === null || focused === document.body || (menu?.contains(focused) ?? false);
}

/* Where the chat's bar is the only one, what the top bar has beside the button for the menu is in the menu. */

const oneBar = matchMedia("(width < 600px), (height < 420px) and (width < 1024px)");
const actions = document.querySelector(".topbar-actions");
const topbar = actions?.parentElement;

function placeActions() {
  const parent = oneBar.matches ? menu : topbar;
  if (actions && parent && actions.parentElement !== parent) parent.append(actions);
}

if (document.body.classList.contains("chatkit-page")) {
  oneBar.addEventListener("change", placeActions);
  placeActions();
}

/**
 * @param {HTMLElement} box
 * @returns {HTMLElement[]}
 */
function focusable(box) {
  return [...box.querySelectorAll("a[href], button, summary")]
    .filter((part) => part instanceof HTMLElement)
    .filter((part) => part.checkVisibility?.() ?? true);
}

/**
 * Lead Tab from the last control of `box` to its first, and back.
 * @param {HTMLElement} box
 * @param {KeyboardEvent} event
 */
function keepFocus(box, event) {
  const parts = focusable(box);
  const [from, to] = event.shiftKey ? [parts[0], parts.at(-1)] : [parts.at(-1), parts[0]];
  if (document.activeElement !== from || !to) return;
  event.preventDefault();
  to.focus();
}

/* A password is shown while its button is pressed in, and never sent as anything but a password. */

for (const button of document.querySelectorAll("[data-reveal]")) {
  const field = document.getElementById(button.getAttribute("aria-controls") ?? "");
  if (!(field instanceof HTMLInputElement)) continue;
  /** @param {boolean} shown */
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.addEventListener("click", () => show(field.type === "password"));
  field.form?.addEventListener("submit", () => show(false));
  field.spellcheck = false;
  field.autocapitalize = "none";
}

for (const button of document.querySelectorAll("[data-dismiss]")) {
  button.addEventListener("click", () => button.closest(button.getAttribute("data-dismiss") ?? "")?.remove());
}

// What the chat keeps in this tab, a draft that was not sent among it, is the one's who has logged out.
if (document.querySelector("[data-logged-out]")) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("chatkit:")) sessionStorage.removeItem(key);
}

// A page out of the browser's back/forward cache may be another user's, or older than a log-out.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
