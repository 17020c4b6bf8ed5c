/** What stands in the composer. The text is kept per thread for the tab's lifetime. */
import type { Attachment, Entity, ModelOption, ToolOption, UserMessageContent } from "@openai/chatkit";
import type { InputContent, UserMessageInput, WireAttachment } from "../wire/protocol";
import type { Host } from "./host";

type Tag = Extract<InputContent, { type: "input_tag" }>;

export class Composer {
  text = "";
  quote: string | null = null;
  attachments: WireAttachment[] = [];
  toolId: string | null = null;
  /** The text is a refused message as it came back: nobody has written in it since. */
  untouched = false;
  #modelId: string | null = null;
  #tags: Tag[] = [];
  #thread: string | null = null;

  /** `scope` keeps the drafts of two endpoints, or of two elements, apart. */
  constructor(
    private readonly host: Host,
    private readonly scope: () => string,
  ) {}

  get tools(): ToolOption[] {
    return this.host.options.composer?.tools ?? [];
  }

  get tool(): ToolOption | undefined {
    return this.tools.find((tool) => tool.id === this.toolId);
  }

  get models(): ModelOption[] {
    return this.host.options.composer?.models ?? [];
  }

  /** The chosen model, else the default one, else the first that may be chosen. */
  get model(): ModelOption | undefined {
    const able = this.models.filter((model) => !model.disabled);
    return able.find(({ id }) => id === this.#modelId) ?? able.find((model) => model.default) ?? able[0];
  }

  get empty(): boolean {
    return !this.text.trim() && !this.attachments.length;
  }

  setText(text: string): void {
    this.text = text;
    this.untouched = false;
    this.#keep();
  }

  /** Puts rich content in: a tag is its text, and stays a tag while that text is left as it is. */
  setContent(content: (UserMessageContent | InputContent)[]): void {
    this.#tags = content.filter((part) => part.type === "input_tag").map(asTag);
    this.setText(content.map((part) => part.text).join(""));
  }

  addEntity(entity: Entity): string {
    const { id, title, group, interactive, data } = entity;
    this.#tags.push(asTag({ type: "input_tag", id, text: `@${title}`, group, interactive, data }));
    return `@${title}`;
  }

  setAttachments(attachments: Attachment[] | WireAttachment[]): void {
    this.attachments = attachments.map((attachment) => ({ ...attachment }));
    this.host.changed();
  }

  setQuote(quote: string | null): void {
    this.quote = quote || null;
    this.host.changed();
  }

  setTool(id: string | null): void {
    const next = this.tools.some((tool) => tool.id === id) ? id : null;
    if (next === this.toolId) return;
    this.toolId = next;
    this.host.emit("chatkit.tool.change", { toolId: next });
    this.host.changed();
  }

  setModel(id: string): void {
    this.#modelId = id;
    this.host.changed();
  }

  /** Shows the draft of a thread; `carry` takes the present one along (a new thread got its id). */
  switchTo(thread: string | null, carry = false): void {
    if (carry) {
      this.#store("");
      this.#thread = thread;
      this.#keep();
      return;
    }
    this.#thread = thread;
    this.#tags = [];
    this.quote = null;
    this.attachments = [];
    this.text = this.#stored();
    this.host.changed();
  }

  /** The message as it travels. */
  input(): UserMessageInput {
    return {
      content: split(this.text.trim(), this.#tags),
      attachments: this.attachments.map(({ id }) => id),
      inference_options: {
        ...(this.toolId ? { tool_choice: { id: this.toolId } } : {}),
        ...(this.model ? { model: this.model.id } : {}),
      },
      ...(this.quote ? { quoted_text: this.quote } : {}),
    };
  }

  /** Empties the composer after sending; a persistent tool stays chosen. */
  clear(): void {
    this.quote = null;
    this.attachments = [];
    this.setText("");
    this.#tags = [];
    if (!this.tool?.persistent) this.setTool(null);
  }

  /** Takes a refused message back, unless something new was written meanwhile. */
  restore(input: UserMessageInput, attachments: WireAttachment[]): void {
    if (this.text.trim()) return;
    this.setContent(input.content);
    this.quote = input.quoted_text ?? null;
    this.attachments = attachments;
    this.untouched = true;
    if (input.inference_options.tool_choice) this.setTool(input.inference_options.tool_choice.id);
    this.host.changed();
  }

  #key(): string {
    return `chatkit:draft:${this.scope()}:${this.#thread ?? ""}`;
  }

  #keep(): void {
    this.#store(this.text);
    this.host.changed();
  }

  // Storage is refused in some private windows and frames: the draft then lives as long as the page.
  #store(text: string): void {
    try {
      if (text) sessionStorage.setItem(this.#key(), text);
      else sessionStorage.removeItem(this.#key());
    } catch {
      return;
    }
  }

  #stored(): string {
    try {
      return sessionStorage.getItem(this.#key()) ?? "";
    } catch {
      return "";
    }
  }
}

function asTag(content: Extract<UserMessageContent | InputContent, { type: "input_tag" }>): Tag {
  const { id, text, group, interactive } = content;
  // The server requires `data`, the public type leaves it optional.
  return { type: "input_tag", id, text, data: content.data ?? {}, group, interactive: interactive ?? false };
}

/** Cuts the text at the tags that are still in it, in order. */
function split(text: string, tags: Tag[]): InputContent[] {
  const content: InputContent[] = [];
  let rest = text;
  for (const tag of tags) {
    const at = rest.indexOf(tag.text);
    if (at < 0 || !tag.text) continue;
    if (at > 0) content.push({ type: "input_text", text: rest.slice(0, at) });
    content.push(tag);
    rest = rest.slice(at + tag.text.length);
  }
  if (rest || !content.length) content.push({ type: "input_text", text: rest });
  return content;
}

/** `sendUserMessage`'s content, or plain text, as it travels. */
export function toContent(text?: string, content?: UserMessageContent[]): InputContent[] {
  if (!content) return [{ type: "input_text", text: text ?? "" }];
  return content.map((part) => (part.type === "input_tag" ? asTag(part) : { ...part }));
}
