/** Where each of Lucide's icons is, for pages that name one ("lucide:rocket"): they come in files of a few dozen. */
import type { IconNode } from "lucide";
import { fetched } from "../lazy-import";

/** The files by the first name in each, in the order of names; put in by the build. */
declare const __ICON_FILES__: Record<string, string>;

/** The shapes of an icon by its name in Lucide, "arrow-up-1-0"; null where there is none. */
export async function find(name: string): Promise<IconNode | null> {
  const key = name.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
  const first = Object.keys(__ICON_FILES__).findLast((candidate) => candidate <= key);
  const file = first && __ICON_FILES__[first];
  if (!file) return null;
  const icons = (await fetched(`icons-${first}`, file)) as Record<string, IconNode | string>;
  const found = Object.hasOwn(icons, key) ? icons[key] : null;
  return typeof found === "string" ? [["path", { d: found }]] : (found ?? null);
}
