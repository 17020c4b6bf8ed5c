/** Icons: Lucide's shapes under the names of ChatKit's options, of its header buttons, and of the element's own. */
import type { ChatKitIcon, HeaderIcon } from "@openai/chatkit";
import { noChange } from "lit";
import { Directive, type DirectiveResult, directive, type PartInfo } from "lit/directive.js";
import {
  AlignJustify,
  ArrowDown,
  ArrowLeft,
  ArrowUp,
  Atom,
  AtSign,
  Book,
  BookMarked,
  BookOpen,
  Bot,
  Box,
  Brain,
  Briefcase,
  Bug,
  Calendar,
  Camera,
  ChartColumn,
  ChartLine,
  Check,
  ChevronDown,
  ChevronLeft,
  ChevronRight,
  ChevronsLeft,
  ChevronsRight,
  Circle,
  CircleAlert,
  CircleCheck,
  CircleEllipsis,
  CircleQuestionMark,
  Clock,
  Compass,
  Copy,
  Dot,
  Ellipsis,
  EllipsisVertical,
  ExternalLink,
  File,
  FileText,
  FlaskConical,
  Globe,
  History,
  House,
  type IconNode,
  IdCard,
  Image,
  Images,
  Info,
  KeyRound,
  Layers,
  LayoutGrid,
  LifeBuoy,
  Lightbulb,
  Link,
  LoaderCircle,
  Mail,
  Map as MapIcon,
  MapPin,
  Maximize2,
  Medal,
  Menu,
  MessageCircleDashed,
  Mic,
  Minimize2,
  Monitor,
  Moon,
  Notebook,
  NotebookPen,
  PanelLeft,
  PanelLeftClose,
  PanelLeftOpen,
  PanelRight,
  PanelRightClose,
  PanelRightOpen,
  Paperclip,
  PartyPopper,
  Pause,
  Pencil,
  Phone,
  Play,
  Plus,
  Quote,
  RefreshCw,
  RotateCw,
  Search,
  Settings,
  Settings2,
  Share,
  Signature,
  SlidersHorizontal,
  Smartphone,
  Sparkle,
  Sparkles,
  Square,
  SquareCheck,
  SquareCode,
  SquarePen,
  Star,
  Sun,
  ThumbsDown,
  ThumbsUp,
  Trash2,
  TriangleAlert,
  User,
  Volume2,
  WifiOff,
  X,
  Zap,
} from "lucide";
import { lazy } from "./lazy-import";

type Lucide = `lucide:${string}`;
type ChatKitName = Exclude<ChatKitIcon, Lucide> | "dot" | "clock";

const CHATKIT: Record<ChatKitName | HeaderIcon, IconNode> = {
  agent: Bot,
  analytics: ChartLine,
  atom: Atom,
  batch: Layers,
  bolt: Zap,
  "book-open": BookOpen,
  "book-closed": Book,
  "book-clock": BookMarked,
  bug: Bug,
  calendar: Calendar,
  chart: ChartColumn,
  check: Check,
  "check-circle": CircleCheck,
  "check-circle-filled": CircleCheck,
  "chevron-left": ChevronLeft,
  "chevron-right": ChevronRight,
  "circle-question": CircleQuestionMark,
  clock: Clock,
  compass: Compass,
  confetti: PartyPopper,
  cube: Box,
  desktop: Monitor,
  document: File,
  dot: Dot,
  "dots-horizontal": Ellipsis,
  "dots-vertical": EllipsisVertical,
  "empty-circle": Circle,
  "external-link": ExternalLink,
  globe: Globe,
  keys: KeyRound,
  lab: FlaskConical,
  images: Images,
  info: Info,
  lifesaver: LifeBuoy,
  lightbulb: Lightbulb,
  mail: Mail,
  "map-pin": MapPin,
  maps: MapIcon,
  mobile: Smartphone,
  name: Signature,
  notebook: Notebook,
  "notebook-pencil": NotebookPen,
  "page-blank": File,
  phone: Phone,
  play: Play,
  plus: Plus,
  profile: User,
  "profile-card": IdCard,
  reload: RefreshCw,
  star: Star,
  "star-filled": Star,
  search: Search,
  sparkle: Sparkle,
  "sparkle-double": Sparkles,
  "square-code": SquareCode,
  "square-image": Image,
  "square-text": FileText,
  suitcase: Briefcase,
  "settings-slider": SlidersHorizontal,
  user: User,
  wreath: Medal,
  write: Pencil,
  "write-alt": SquarePen,
  "write-alt2": NotebookPen,
  "sidebar-left": PanelLeft,
  "sidebar-right": PanelRight,
  "sidebar-open-left": PanelLeftOpen,
  "sidebar-open-right": PanelRightOpen,
  "sidebar-open-left-alt": PanelLeftOpen,
  "sidebar-open-right-alt": PanelRightOpen,
  "sidebar-floating-left": PanelLeft,
  "sidebar-floating-right": PanelRight,
  "sidebar-floating-open-left": PanelLeftOpen,
  "sidebar-floating-open-right": PanelRightOpen,
  "sidebar-collapse-left": PanelLeftClose,
  "sidebar-collapse-right": PanelRightClose,
  "collapse-left": PanelLeftClose,
  "collapse-right": PanelRightClose,
  "open-left": PanelLeftOpen,
  "open-right": PanelRightOpen,
  "double-chevron-left": ChevronsLeft,
  "double-chevron-right": ChevronsRight,
  home: House,
  "home-alt": House,
  "back-small": ArrowLeft,
  "back-large": ArrowLeft,
  "expand-large": Maximize2,
  "collapse-large": Minimize2,
  "expand-small": Maximize2,
  "collapse-small": Minimize2,
  "chat-temporary": MessageCircleDashed,
  "settings-cog": Settings,
  grid: LayoutGrid,
  "dots-horizontal-circle": CircleEllipsis,
  "dots-vertical-circle": CircleEllipsis,
  menu: Menu,
  "menu-inverted": AlignJustify,
  hamburger: Menu,
  history: History,
  compose: SquarePen,
  share: Share,
  "light-mode": Sun,
  "dark-mode": Moon,
  close: X,
};

const OWN = {
  aloud: Volume2,
  "arrow-down": ArrowDown,
  "arrow-up": ArrowUp,
  at: AtSign,
  attach: Paperclip,
  brain: Brain,
  camera: Camera,
  "chevron-down": ChevronDown,
  copy: Copy,
  danger: CircleAlert,
  link: Link,
  loader: LoaderCircle,
  mic: Mic,
  offline: WifiOff,
  pause: Pause,
  pencil: Pencil,
  quote: Quote,
  retry: RotateCw,
  square: Square,
  "square-check": SquareCheck,
  "thumbs-down": ThumbsDown,
  "thumbs-up": ThumbsUp,
  tools: Settings2,
  trash: Trash2,
  warning: TriangleAlert,
} satisfies Record<string, IconNode>;

const KNOWN: Record<string, IconNode> = { ...CHATKIT, ...OWN };
const FILLED = new Set(["star-filled", "check-circle-filled", "dot"]);
const MIRRORED = /(left|right|back)/;
const SVG = "http://www.w3.org/2000/svg";

export type OwnIcon = keyof typeof OWN | keyof typeof CHATKIT;

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
  const known = Object.hasOwn(KNOWN, bare) ? KNOWN[bare] : undefined;
  if (known) draw(svg, known);
  else if (/^(lucide:)?[a-z0-9-]{1,60}$/.test(name)) {
    lazy("icons").then(
      ({ lucide }) => draw(svg, lucide(bare) ?? []),
      () => undefined,
    );
  }
  return svg;
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
