/** All of Lucide, for pages that name an icon the element does not carry (`lucide:<name>`). */
import { type IconNode, icons } from "lucide";

const byName = new Map<string, IconNode>(Object.entries(icons));

/** By kebab-case name, or null. */
export function lucide(name: string): IconNode | null {
  const pascal = name.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
  return byName.get(pascal) ?? null;
}
