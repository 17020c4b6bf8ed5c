/** The icons of the states, in the script itself: a sprite of another origin could not be used. */
import {
  CircleAlert,
  CircleCheck,
  CircleHelp,
  Clock,
  Hourglass,
  type IconNode,
  Lock,
  LogIn,
  Plug,
  Users,
  X,
} from "lucide";

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  "circle-alert": CircleAlert,
  "circle-check": CircleCheck,
  "circle-help": CircleHelp,
  clock: Clock,
  hourglass: Hourglass,
  lock: Lock,
  "log-in": LogIn,
  plug: Plug,
  users: Users,
  x: X,
} satisfies Record<string, IconNode>;

export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGElement {
  const svg = shape("svg", { class: "ck-icon", viewBox: "0 0 24 24", "aria-hidden": "true" });
  svg.append(...ICONS[name].map(([tag, attributes]) => shape(tag, attributes)));
  return svg;
}

function shape(tag: string, attributes: Record<string, string | number | undefined>): SVGElement {
  const made = document.createElementNS(SVG, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
