/** What tells one configuration from another. */
import type { ChatKitOptions } from "@openai/chatkit";

/** A text with fields, `{{customer}}`, that a person fills in. */
export interface Template {
  id: string;
  label: string;
  text: string;
  /** A ChatKit icon. */
  icon?: string;
}

/** What only this element knows, beside the options of `@openai/chatkit`. */
export interface OwnOptions {
  /** What the "/" menu offers beside the page's commands. */
  templates?: {
    onSearch(query: string): Template[] | Promise<Template[]>;
    /** One was put into the composer. */
    onUse?(template: Template): void;
    /** Those that stand on the start screen. */
    start?: Template[];
  };
  /** Beside what ChatKit has there; all of it is off by default and needs a server of ours. */
  threadItemActions?: NonNullable<ChatKitOptions["threadItemActions"]> & {
    /** The earlier answers and questions. */
    versions?: boolean;
    /** Ask a question anew, from its place on. */
    edit?: boolean;
    /** Questions that may be asked next. */
    followUps?: boolean;
  };
  /** What the menu of a conversation offers; without any of it there is no menu. */
  threadActions?: {
    print?: boolean;
    /** As Markdown and as JSON, from a server of ours. */
    export?: boolean;
    /** Links to it, from a server of ours that has such. */
    share?: boolean;
  };
  /** Keys that work in the whole page, and questions that wait for the end of an answer. */
  shortcuts?: boolean;
}

export interface OwnStartScreen {
  /** `middle`: one writes under the greeting, above the prompts. */
  composer?: "middle";
  /** The conversation that was left last, to go on with. */
  last?: Last | null;
}

export interface Last {
  id: string;
  title: string;
}

export function ownOptions(options: ChatKitOptions): OwnOptions {
  return options as ChatKitOptions & OwnOptions;
}

export function ownStartScreen(options: ChatKitOptions): OwnStartScreen {
  return (options.startScreen ?? {}) as OwnStartScreen;
}

/** `history.list`: whether the list stands beside the chat where there is room, and lies over it elsewhere. */
export function hasListBeside({ history }: ChatKitOptions): boolean {
  return history !== undefined && history.enabled !== false && "list" in history && history.list === "beside";
}

/** The server of a configuration. Functions do not count: pages make new ones all the time. */
export function address({ api }: ChatKitOptions): string {
  if (!("url" in api)) return "session";
  try {
    return new URL(api.url, document.baseURI).href;
  } catch {
    return String(api.url);
  }
}

/** The same for options that make the same chat: of functions only counts whether they are there. */
export function fingerprint(options: ChatKitOptions): string | null {
  try {
    return JSON.stringify(options, (_, value: unknown) => (typeof value === "function" ? "function" : value));
  } catch {
    return null;
  }
}
