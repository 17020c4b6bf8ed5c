/** What the menus offer: the page's commands, templates, what the composer itself can do, and what can be named. */
import type { Command, Entity } from "@openai/chatkit";
import { ownOptions, type Template } from "../options";
import { plain } from "../plain";
import type { Tag } from "../state/tags";
import type { Ui } from "../views/ui";
import { matches, type Sign } from "./trigger";

export interface Choice {
  id: string;
  label: string;
  description?: string | undefined;
  icon?: string | undefined;
  group?: string | undefined;
  does:
    | { type: "command"; command: Command }
    | { type: "entity"; entity: Entity }
    | { type: "template"; template: Template }
    | { type: "act"; act: () => void };
}

/** More are not shown: the person writes a letter more. */
export const MOST = 40;

/** The signs for which this page has something to offer. */
export function signsOf(ui: Ui): Sign[] {
  const { commands, entities } = ui.options;
  const slash = commands?.enabled === true || ownOptions(ui.options).templates !== undefined;
  return [...(slash ? (["/"] as const) : []), ...(entities?.onTagSearch ? (["@"] as const) : [])];
}

/** What fits a query. Rejects where the page's own search does. */
export async function choicesFor(ui: Ui, sign: Sign, query: string): Promise<Choice[]> {
  if (sign === "@") {
    const found = await ui.options.entities?.onTagSearch?.(query);
    return list(found).filter(isEntity).map(entityChoice).slice(0, MOST);
  }
  const { commands } = ui.options;
  const [ours, theirs] = await Promise.all([
    ownOptions(ui.options).templates?.onSearch(query) ?? [],
    (commands?.enabled && commands.onSearch?.(query)) || [],
  ]);
  return [
    ...list(theirs).filter(isCommand).map(commandChoice),
    ...list(ours)
      .filter(isTemplate)
      .map((template) => templateChoice(template, ui.strings.templates)),
    ...(commands?.enabled ? builtIn(ui).filter(({ label }) => matches(query, label)) : []),
  ].slice(0, MOST);
}

/** A sub-menu is searched here: the page gave all of it. */
export function choicesOf(commands: readonly Command[], query: string): Choice[] {
  return list(commands)
    .filter(isCommand)
    .filter(({ label, description, group }) => matches(query, label, description, group))
    .map(commandChoice)
    .slice(0, MOST);
}

/** What stands beside the composer as buttons, too. */
function builtIn(ui: Ui): Choice[] {
  const { composer, strings } = ui;
  const tools = composer.tools.map(
    (tool): Choice => ({
      id: `tool:${tool.id}`,
      label: tool.label,
      icon: tool.icon,
      group: strings.tools,
      does: { type: "act", act: () => composer.setTool(composer.toolId === tool.id ? null : tool.id) },
    }),
  );
  const models = composer.models.length < 2 ? [] : composer.models.filter(({ disabled }) => !disabled);
  return [
    ...tools,
    ...models.map(
      (model): Choice => ({
        id: `model:${model.id}`,
        label: model.label,
        description: model.description,
        group: strings.model,
        does: { type: "act", act: () => composer.setModel(model.id) },
      }),
    ),
  ];
}

function commandChoice(command: Command): Choice {
  const { id, label, description, icon, group } = command;
  return { id, label, description, icon, group, does: { type: "command", command: plain(command) } };
}

function templateChoice(template: Template, group: string): Choice {
  const { id, label, text, icon } = template;
  return { id: `template:${id}`, label, description: text, icon, group, does: { type: "template", template } };
}

function entityChoice(entity: Entity): Choice {
  const { id, title, icon, group, data } = entity;
  const description = typeof data?.description === "string" ? data.description : undefined;
  return { id, label: title, description, icon, group, does: { type: "entity", entity: plain(entity) } };
}

function list<T>(value: readonly T[] | undefined): T[] {
  return Array.isArray(value) ? [...value] : [];
}

// The page's functions may give anything.
function isCommand(value: Command): boolean {
  return text(value?.id) && text(value.label);
}

export function isEntity(value: Entity): boolean {
  return text(value?.id) && text(value.title);
}

export function entityOf({ id, text: title, group, interactive, data }: Tag): Entity {
  return {
    id,
    title,
    ...(group ? { group } : {}),
    interactive: interactive ?? false,
    data: data as Record<string, string>,
  };
}

function isTemplate(value: Template): boolean {
  return text(value?.id) && text(value.label) && text(value.text);
}

function text(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}
