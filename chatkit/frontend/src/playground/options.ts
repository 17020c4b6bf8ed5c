/** The options that the controls stand for: those of the site, with what was changed. */

export type Json = string | number | boolean | null | undefined | Json[] | { [name: string]: Json };
export type Options = { [name: string]: Json };

/** A control as it is now. */
export interface Field {
  path: string;
  value: string | number | boolean;
  changed: boolean;
  /** The part of the options that it belongs to where that is there as a whole, or not at all. */
  group?: string;
}

/** Whether a part of the options is there as a whole. */
export interface Switch {
  path: string;
  on: boolean;
  changed: boolean;
}

const LISTS = ["startScreen.prompts", "composer.tools", "composer.models"];
const FILES = "composer.attachments";

/** The options of the site with what was changed. What nobody touched stays as it is. */
export function built(base: Options, fields: Field[], switches: Switch[], maxSize = 0): Options {
  const found = structuredClone(base);
  for (const field of fields) {
    if (!field.changed || field.group || listOf(field.path) || field.path.startsWith(FILES)) continue;
    const emptied = field.value === "" && (field.path.startsWith("theme.") || at(base, field.path) === undefined);
    put(found, field.path, emptied ? undefined : field.value);
  }
  for (const whole of switches) {
    const own = fields.filter(({ group }) => group === whole.path);
    if (!whole.changed && !(whole.on && own.some(({ changed }) => changed))) continue;
    put(found, whole.path, undefined);
    if (!whole.on) continue;
    for (const { path, value, changed } of own) put(found, path, changed ? value : (at(base, path) ?? value));
  }
  for (const list of LISTS) {
    const own = fields.filter(({ path }) => listOf(path) === list);
    if (own.some(({ changed }) => changed)) put(found, list, rows(list, own, at(base, list)));
  }
  const files = fields.filter(({ path }) => path.startsWith(FILES));
  if (files.some(({ changed }) => changed)) {
    const [enabled, maxCount] = ["enabled", "maxCount"].map(
      (name) => files.find(({ path }) => path === `${FILES}.${name}`)?.value,
    );
    const kept = at(base, FILES);
    put(found, FILES, enabled ? { ...(isObject(kept) ? kept : { maxSize }), enabled: true, maxCount } : undefined);
  }
  return found;
}

function listOf(path: string): string | undefined {
  return LISTS.find((list) => path.startsWith(`${list}.`));
}

/** The rows of a list that say something; what a row of the site has beside that is kept. */
function rows(list: string, fields: Field[], before: Json): Json[] {
  const old = Array.isArray(before) ? before : [];
  const found: Options[] = [];
  for (const { path, value } of fields) {
    const [index = "", name = ""] = path.slice(list.length + 1).split(".");
    const kept = old[Number(index)];
    const row = found[Number(index)] ?? { ...(isObject(kept) ? kept : {}) };
    row[name] = value === "" ? undefined : value;
    found[Number(index)] = row;
  }
  const second = list.endsWith("prompts") ? "prompt" : "id";
  const said = found.filter((row) => row.label || row[second]);
  for (const row of said) {
    row.label ||= row[second];
    row[second] ||= row.label;
    if (list.endsWith("tools")) row.icon ||= "settings-slider";
  }
  return [...said.map(withoutEmpty), ...old.slice(found.length)];
}

function withoutEmpty(row: Options): Options {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}

export function isObject(value: Json): value is Options {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function at(options: Options, path: string): Json {
  let found: Json = options;
  for (const name of path.split(".")) found = isObject(found) ? found[name] : undefined;
  return found;
}

/** Puts a value at a path; `undefined` takes it away, with what is then empty. */
export function put(options: Options, path: string, value: Json): void {
  const [name = "", ...rest] = path.split(".");
  if (!rest.length) {
    if (value === undefined) delete options[name];
    else options[name] = value;
    return;
  }
  const below = options[name];
  const part = isObject(below) ? below : {};
  put(part, rest.join("."), value);
  if (Object.keys(part).length || name === "theme") options[name] = part;
  else delete options[name];
}

/** What is other in the second than in the first, part by part; a list as a whole. */
export function difference(before: Options, after: Options): Options {
  const found: Options = {};
  for (const [name, value] of Object.entries(after)) {
    const old = before[name];
    if (isObject(value) && isObject(old)) {
      const inner = difference(old, value);
      if (Object.keys(inner).length) found[name] = inner;
    } else if (JSON.stringify(old) !== JSON.stringify(value)) found[name] = value;
  }
  return found;
}

/** The first with the second over it, part by part. */
export function merged(below: Options, above: Options): Options {
  const found: Options = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const lower = found[name];
    found[name] = isObject(value) && isObject(lower) ? merged(lower, value) : value;
  }
  return found;
}
