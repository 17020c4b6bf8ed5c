/** What the assistant did before it answered: tasks, alone or folded into a workflow. */
import { html, nothing, type TemplateResult } from "lit";
import { icon, namedIcon } from "../icons";
import { safeLink } from "../links";
import { markdown } from "../markdown/directive";
import type { Entry } from "../state/entry";
import type { Source, Task, Workflow } from "../wire/protocol";
import type { Ui } from "./ui";

/** So many of the steps are listed, the last ones. */
const MAX_TASKS = 200;
const MAX_CHIPS = 100;

export function workflowView(ui: Ui, entry: Entry, workflow: Workflow): unknown {
  const tasks = (workflow.tasks ?? []).filter(Boolean);
  const running = entry.state === "streaming";
  const title = summary(ui, workflow, tasks, running);
  const [only] = tasks;
  // One step that has no more to say than the line it would be folded under.
  const told = tasks.length === 1 && only?.type === "custom" && !only.content && only.title === workflow.summary?.title;
  if (!tasks.length || (told && !running)) return html`<p class="task-line">${title}</p>`;
  return html`<details class="workflow" ?open=${workflow.expanded ?? false}>
    <summary>${title}<span class="chevron">${icon("chevron-down")}</span></summary>
    ${tasks.length > MAX_TASKS ? html`<p class="line">${ui.strings.notShown(tasks.length - MAX_TASKS)}</p>` : nothing}
    <ol role="list">
      ${tasks.slice(-MAX_TASKS).map((task) => html`<li class="task">${taskView(ui, task, true)}</li>`)}
    </ol>
  </details>`;
}

function summary(ui: Ui, workflow: Workflow, tasks: Task[], running: boolean): unknown {
  const { strings } = ui;
  const given = workflow.summary;
  const current = tasks[tasks.length - 1];
  if (given?.title && !(running && current?.title))
    return html`${given.icon ? namedIcon(given.icon) : icon("sparkle")}<span dir="auto">${given.title}</span>`;
  if (given && typeof given.duration === "number")
    return html`${icon("clock")}<span>${strings.thoughtFor(Math.max(1, Math.round(given.duration)))}</span>`;
  const mark = running ? html`<span class="spin">${icon("loader")}</span>` : icon("brain");
  if (workflow.type === "reasoning") return html`${mark}<span>${running ? strings.thinkingNow : strings.steps}</span>`;
  return html`${mark}<span dir="auto">${running ? (current?.title ?? strings.working) : strings.steps}</span>`;
}

export function taskView(ui: Ui, task: Task, inWorkflow = false): TemplateResult {
  return html`<div class="task-line">${indicator(task, inWorkflow)}<span dir="auto">${title(ui, task)}</span></div>
    ${detail(ui, task)}`;
}

function indicator(task: Task, inWorkflow: boolean): unknown {
  if (inWorkflow && task.status_indicator === "loading") return html`<span class="spin">${icon("loader")}</span>`;
  if (inWorkflow && task.status_indicator === "complete")
    return html`<span class="done">${icon("check-circle")}</span>`;
  switch (task.type) {
    case "web_search":
      return icon("globe");
    case "thought":
      return icon("brain");
    case "file":
      return icon("document");
    case "image":
      return icon("images");
    default:
      return task.icon ? namedIcon(task.icon) : icon("dot");
  }
}

function title(ui: Ui, task: Task): string {
  if (task.title) return task.title;
  if (task.type === "web_search") return task.title_query ?? task.queries?.[0] ?? "";
  if (task.type === "thought") return ui.strings.thinkingNow;
  return "";
}

function detail(ui: Ui, task: Task): unknown {
  switch (task.type) {
    case "custom":
    case "thought":
      return task.content ? html`<div class="detail">${markdown(task.content, ui.markdown)}</div>` : nothing;
    case "web_search":
      return [
        chips(ui, task.queries ?? [], (query) => html`<span class="chip" dir="auto">${query}</span>`),
        chips(ui, task.sources ?? [], (one) => sourceChip(ui, one)),
      ];
    case "file":
      return chips(ui, task.sources ?? [], (one) => sourceChip(ui, one));
    default:
      return nothing;
  }
}

function chips<T>(ui: Ui, all: readonly T[], view: (one: T) => TemplateResult): unknown {
  if (!all.length) return nothing;
  return html`<ul class="chips" role="list">
    ${all.slice(0, MAX_CHIPS).map((one) => html`<li>${view(one)}</li>`)}
    ${all.length > MAX_CHIPS ? html`<li>${ui.strings.notShown(all.length - MAX_CHIPS)}</li>` : nothing}
  </ul>`;
}

function sourceChip(ui: Ui, source: Source): TemplateResult {
  const href = source.type === "url" ? safeLink(source.url, ui.markdown.base) : null;
  const label = source.title || (source.type === "file" ? source.filename : "");
  return href
    ? html`<a class="chip" href=${href} target="_blank" rel="noopener noreferrer" dir="auto">${label}</a>`
    : html`<span class="chip" dir="auto">${label}</span>`;
}
