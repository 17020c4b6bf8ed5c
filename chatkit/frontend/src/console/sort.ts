/**
 * A list that is put in order: by dragging a row at its handle, with a finger too, or by its buttons, which work
 * with the keyboard and tell what they did. Each new order is stored at once; one that can't be is taken back.
 * Without this script the buttons send the form.
 */
interface Answer {
  seen?: string;
  message?: string;
}

/** `text` with `{name}` filled in. */
function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? ""));
}

class Sorted {
  readonly #list: HTMLElement;
  #dragged: HTMLElement | null = null;
  #before: HTMLElement[] = [];
  #storing = false;

  constructor(
    readonly form: HTMLFormElement,
    readonly section: ParentNode,
  ) {
    this.#list = form.querySelector("ol") as HTMLElement;
    form.addEventListener("submit", this.#pressed);
    for (const handle of this.#list.querySelectorAll<HTMLElement>("[data-ckc-handle]")) {
      handle.hidden = false;
      handle.addEventListener("pointerdown", this.#taken);
    }
  }

  get rows(): HTMLElement[] {
    return [...this.#list.children] as HTMLElement[];
  }

  // -- by its buttons ---------------------------------------------------------------------------

  readonly #pressed = (event: SubmitEvent): void => {
    const button = event.submitter as HTMLButtonElement | null;
    const row = button?.closest<HTMLElement>("li");
    if (!button || !row) return;
    event.preventDefault();
    if (this.#storing) return;
    const up = button.value.endsWith(":up");
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    this.#before = this.rows;
    if (up) other.before(row);
    else other.after(row);
    this.#moved(row);
    const next = button.disabled ? row.querySelector<HTMLElement>("button:not(:disabled)") : button;
    next?.focus();
  };

  // -- by dragging ------------------------------------------------------------------------------

  readonly #taken = (event: PointerEvent): void => {
    const handle = event.currentTarget as HTMLElement;
    const row = handle.closest<HTMLElement>("li");
    if (!row || this.#storing || event.button > 0) return;
    event.preventDefault();
    this.#dragged = row;
    this.#before = this.rows;
    row.classList.add("is-dragged");
    handle.setPointerCapture(event.pointerId);
    const end = new AbortController();
    const { signal } = end;
    const drop = (stays: boolean): void => {
      end.abort();
      this.#dropped(stays);
    };
    handle.addEventListener("pointermove", (move) => this.#dragTo(move.clientY), { signal });
    handle.addEventListener("pointerup", () => drop(true), { signal });
    handle.addEventListener("pointercancel", () => drop(false), { signal });
    document.addEventListener("keydown", ({ key }) => key === "Escape" && drop(false), { signal });
  };

  #dragTo(y: number): void {
    const row = this.#dragged;
    if (!row) return;
    const over = this.rows.find((other) => {
      const { top, bottom } = other.getBoundingClientRect();
      return other !== row && y >= top && y <= bottom;
    });
    if (!over) return;
    const { top, height } = over.getBoundingClientRect();
    const below = y > top + height / 2;
    // Only past its middle, so that rows of different heights do not change places to and fro. The others are
    // moved and not the dragged one, which would lose the pointer.
    const { rows } = this;
    const [from, to] = [rows.indexOf(row), rows.indexOf(over)];
    if (below && from < to) row.before(...rows.slice(from + 1, to + 1));
    else if (!below && from > to) row.after(...rows.slice(to, from));
  }

  #dropped(stays: boolean): void {
    const row = this.#dragged;
    this.#dragged = null;
    row?.classList.remove("is-dragged");
    if (!row) return;
    if (!stays) this.#put(this.#before);
    else if (this.rows.some((one, at) => one !== this.#before[at])) this.#moved(row);
  }

  // -- and then ---------------------------------------------------------------------------------

  #put(rows: HTMLElement[]): void {
    this.#list.replaceChildren(...rows);
    this.#refresh();
  }

  /** What depends on the order: the ends' buttons, and the preview. */
  #refresh(): void {
    const { rows } = this;
    for (const [at, row] of rows.entries()) {
      for (const button of row.querySelectorAll("button")) {
        button.disabled = at === (button.value.endsWith(":up") ? 0 : rows.length - 1);
      }
    }
    const preview = this.section.querySelector<HTMLElement>("[data-ckc-preview]");
    if (!preview) return;
    const shown = new Map([...preview.querySelectorAll<HTMLElement>("[data-id]")].map((one) => [one.dataset.id, one]));
    const most = Number(preview.dataset.most);
    const inTurn = rows.flatMap((row) => shown.get(row.querySelector<HTMLInputElement>("[name=id]")?.value) ?? []);
    for (const [at, one] of inTurn.entries()) {
      one.hidden = at >= most;
      preview.append(one);
    }
  }

  #moved(row: HTMLElement): void {
    this.#refresh();
    void this.#store(row);
  }

  async #store(row: HTMLElement): Promise<void> {
    this.#storing = true;
    let problem = this.form.dataset.failed ?? "";
    try {
      const response = await fetch(this.form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new FormData(this.form),
      });
      const answer = (await response.json()) as Answer;
      if (response.ok && answer.seen !== undefined) {
        const seen = this.form.querySelector<HTMLInputElement>("[name=seen]");
        if (seen) seen.value = answer.seen;
        problem = "";
      } else {
        problem = answer.message ?? problem;
      }
    } catch {
      // what stands in the form's data
    }
    this.#storing = false;
    if (problem) {
      const focused = document.activeElement as HTMLElement | null;
      this.#put(this.#before);
      focused?.focus();
    }
    this.#tell(row, problem);
  }

  #tell(row: HTMLElement, problem: string): void {
    const shown = this.section.querySelector<HTMLElement>("[data-ckc-problem]");
    if (shown) {
      shown.hidden = !problem;
      const text = shown.querySelector("span");
      if (text && problem) text.textContent = problem;
    }
    const told = this.form.querySelector<HTMLElement>("[data-ckc-told]");
    if (!told) return;
    const { rows } = this;
    const values = { label: row.dataset.label ?? "", place: rows.indexOf(row) + 1, count: rows.length };
    told.textContent = problem ? "" : filled(this.form.dataset.moved ?? "", values);
  }
}

/** Makes the list of a form one that can be put in order here. */
export function makeSortable(form: HTMLFormElement, section: ParentNode): void {
  if (form.querySelector("ol")) new Sorted(form, section);
}
