/** Icons: Lucide's shapes under the names of ChatKit's options, of its header buttons, and of the element's own. */
import { noChange } from "lit";
import { Directive, type DirectiveResult, directive, type PartInfo } from "lit/directive.js";
import {
  ArrowDown,
  ArrowLeft,
  ArrowUp,
  AtSign,
  BookOpen,
  Brain,
  Camera,
  Check,
  ChevronDown,
  ChevronLeft,
  ChevronRight,
  CircleAlert,
  CircleCheck,
  CircleQuestionMark,
  Clock,
  Copy,
  Dot,
  Download,
  Ellipsis,
  File,
  Globe,
  History,
  House,
  type IconNode,
  Images,
  Info,
  Lightbulb,
  Link,
  LoaderCircle,
  Menu,
  MessageCircleDashed,
  Mic,
  PanelLeft,
  PanelRight,
  Paperclip,
  Pause,
  Pencil,
  Plus,
  Printer,
  Quote,
  RotateCw,
  Search,
  Settings,
  Settings2,
  Sparkle,
  Square,
  SquareCheck,
  SquarePen,
  Star,
  ThumbsDown,
  ThumbsUp,
  Trash2,
  TriangleAlert,
  User,
  Volume2,
  WifiOff,
  X,
} from "lucide";
import { lazy } from "./lazy-import";

/** What the element itself shows, and the names that pages use most. Others come with the part of icons. */
const OWN = {
  aloud: Volume2,
  "arrow-down": ArrowDown,
  "arrow-up": ArrowUp,
  at: AtSign,
  attach: Paperclip,
  "back-small": ArrowLeft,
  "book-open": BookOpen,
  brain: Brain,
  camera: Camera,
  "chat-temporary": MessageCircleDashed,
  check: Check,
  "check-circle": CircleCheck,
  "chevron-down": ChevronDown,
  "chevron-left": ChevronLeft,
  "chevron-right": ChevronRight,
  "circle-question": CircleQuestionMark,
  clock: Clock,
  close: X,
  compose: SquarePen,
  copy: Copy,
  danger: CircleAlert,
  document: File,
  dot: Dot,
  "dots-horizontal": Ellipsis,
  download: Download,
  globe: Globe,
  history: History,
  home: House,
  images: Images,
  info: Info,
  lightbulb: Lightbulb,
  link: Link,
  loader: LoaderCircle,
  menu: Menu,
  mic: Mic,
  offline: WifiOff,
  pause: Pause,
  pencil: Pencil,
  plus: Plus,
  printer: Printer,
  quote: Quote,
  retry: RotateCw,
  search: Search,
  "settings-cog": Settings,
  "sidebar-left": PanelLeft,
  "sidebar-right": PanelRight,
  sparkle: Sparkle,
  square: Square,
  "square-check": SquareCheck,
  star: Star,
  "thumbs-down": ThumbsDown,
  "thumbs-up": ThumbsUp,
  tools: Settings2,
  trash: Trash2,
  user: User,
  warning: TriangleAlert,
  write: Pencil,
} satisfies Record<string, IconNode>;

const FILLED = new Set(["star-filled", "check-circle-filled", "dot"]);
const MIRRORED = /(left|right|back)/;
const SVG = "http://www.w3.org/2000/svg";

export type OwnIcon = keyof typeof OWN;

/** An icon by any of its names; an unknown one is an empty box of the same size. */
export function iconElement(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = {
    viewBox: "0 0 24 24",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "2",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
    focusable: "false",
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  svg.classList.add("icon");
  if (FILLED.has(name)) svg.classList.add("filled");
  if (MIRRORED.test(name)) svg.classList.add("mirrored");
  const bare = name.replace(/^lucide:/, "");
  if (Object.hasOwn(OWN, bare)) draw(svg, OWN[bare as OwnIcon]);
  else if (/^[a-z0-9-]{1,60}$/.test(bare)) {
    fetched(name, bare).then(
      (shapes) => shapes && draw(svg, shapes),
      () => undefined,
    );
  }
  return svg;
}

async function fetched(name: string, bare: string): Promise<IconNode | null> {
  const named = name === bare && (await lazy("icons")).named(name);
  return named || (await lazy("lucide")).find(bare);
}

function draw(svg: SVGSVGElement, shapes: IconNode): void {
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, String(value));
    svg.append(shape);
  }
}

class IconDirective extends Directive {
  #name: string | null = null;

  constructor(info: PartInfo) {
    super(info);
  }

  render(name: string): unknown {
    if (name === this.#name) return noChange;
    this.#name = name;
    return iconElement(name);
  }
}

const drawIcon = directive(IconDirective);

/** For templates: keeps the drawn icon while its name stays the same. */
export function icon(name: OwnIcon): DirectiveResult {
  return drawIcon(name);
}

/** The same for names that come from options or from the server. */
export function namedIcon(name: string | undefined): unknown {
  return typeof name === "string" && name ? drawIcon(name) : null;
}
