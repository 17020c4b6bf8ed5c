/**
 * The preview beside an article's editor in the admin, kept up to date while one writes. Without this script
 * its button opens the preview in a new tab.
 */
const WAIT = 700; // milliseconds after the last key
const FIELDS = ["csrfmiddlewaretoken", "title", "body", "language"];

interface Preview {
  title: string;
  html: string;
  direction: string;
  notes: string[];
  error?: string;
}

function connect(section: HTMLElement, form: HTMLFormElement): void {
  const shown = section.querySelector<HTMLElement>("[data-chatkit-shown]");
  const notes = section.querySelector<HTMLElement>("[data-chatkit-notes]");
  const button = section.querySelector<HTMLElement>("[data-chatkit-show]");
  if (!shown || !notes || !button) return;
  let asked = 0;
  let timer = 0;

  const tell = (sentences: string[]): void => {
    const items = sentences.map((sentence) => {
      const item = document.createElement("li");
      item.dir = "auto";
      item.textContent = sentence;
      return item;
    });
    notes.replaceChildren(...items);
  };

  const fetchPreview = async (): Promise<Preview> => {
    const values = new FormData(form);
    const body = new FormData();
    for (const name of FIELDS) body.set(name, values.get(name) ?? "");
    const response = await fetch(section.dataset.chatkitPreview ?? "", {
      method: "POST",
      headers: { Accept: "application/json" },
      body,
    });
    return (await response.json()) as Preview;
  };

  const show = async (): Promise<void> => {
    asked += 1;
    const number = asked;
    try {
      const preview = await fetchPreview();
      if (number !== asked) return; // a later one is on its way
      if (preview.error) {
        tell([preview.error]);
        return;
      }
      const heading = document.createElement("h3");
      heading.textContent = preview.title;
      const text = document.createElement("template");
      text.innerHTML = preview.html; // by the site's own renderer, which passes no HTML through
      shown.replaceChildren(heading, text.content);
      shown.dir = preview.direction;
      shown.hidden = false;
      tell(preview.notes);
    } catch {
      tell([section.dataset.failed ?? ""]);
    }
  };

  button.addEventListener("click", (event) => {
    event.preventDefault();
    void show();
  });
  form.addEventListener("input", () => {
    if (shown.hidden) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => void show(), WAIT);
  });
}

/** Finds the editor of the page, where it has one. */
export function start(page: ParentNode): void {
  const section = page.querySelector<HTMLElement>("[data-chatkit-preview]");
  const form = section?.closest("form");
  if (section && form) connect(section, form);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(document));
else start(document);
