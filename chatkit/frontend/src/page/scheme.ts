/** Whether the page is light or dark now. */
import type { ColorScheme } from "@openai/chatkit";

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const ATTRIBUTES = ["data-theme", "data-bs-theme", "data-color-scheme"];

/**
 * The scheme that the page shows now: what its root element says (as this site, Django's admin and
 * Bootstrap do), else its CSS `color-scheme`. A page that says nothing is light, whatever the system's.
 */
export function pageScheme(container: Element): ColorScheme {
  for (const root of [document.body, document.documentElement]) {
    for (const name of ATTRIBUTES) {
      const value = root.getAttribute(name);
      if (value === "light" || value === "dark") return value;
    }
  }
  const schemes = getComputedStyle(container).colorScheme.split(/\s+/);
  if (!schemes.includes("dark")) return "light";
  return schemes.includes("light") && !systemDark.matches ? "light" : "dark";
}

/** Calls back when the page's scheme may have changed. */
export function onSchemeChange(callback: () => void, signal: AbortSignal): void {
  document.addEventListener("themechange", callback, { signal });
  systemDark.addEventListener("change", callback, { signal });
  const observer = new MutationObserver(callback);
  signal.addEventListener("abort", () => observer.disconnect());
  const changes = { attributes: true, attributeFilter: [...ATTRIBUTES, "class"] };
  for (const root of [document.documentElement, document.body]) observer.observe(root, changes);
}
