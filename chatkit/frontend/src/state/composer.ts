/**
 * What stands in the composer, and the tool and model chosen there. It is kept per thread for the tab's lifetime;
 * that of a temporary one is not.
 */
import type { Attachment, ModelOption, OpenAIChatKit, ToolOption, UserMessageContent } from "@openai/chatkit";
import { tab } from "../kept";
import type { InputContent, UserMessageInput, WireAttachment } from "../wire/protocol";
import { storable } from "../wire/storable";
import { fieldsIn } from "./fields";
import type { Host } from "./host";
import { afterEdit, cut, find, type Placed, placed, type Tag, toParts } from "./tags";
import type { Thread } from "./thread";

interface Draft {
  content: InputContent[];
  quote: string | null;
  attachments: WireAttachment[];
  fields?: string[];
  tool?: string | undefined;
  model?: string | undefined;
}

export class Composer {
  text = "";
  quote: string | null = null;
  attachments: WireAttachment[] = [];
  toolId: string | null = null;
  #modelId: string | null = null;
  #tags: Placed[] = [];
  /** Tags that are no more in the text, and may come back into it. */
  #gone: Tag[] = [];
  /** The fields of the templates that were put in, as they stand in the text. */
  #fields: string[] = [];
  /** The text for which it was said that it has fields to fill in. */
  #told: string | null = null;
  #thread: string | null = null;
  /** Stands for what is being written now: files and dictated words that take their time go to what they are for. */
  writing: object = {};
  /** What was being written before a question is asked anew: meanwhile that is kept, and not the question. */
  #aside: { draft: Draft; writing: object } | null = null;

  /** `scope` keeps the drafts of two endpoints, or of two elements, apart; of a temporary conversation none is kept. */
  constructor(
    private readonly host: Host,
    private readonly scope: () => string,
    private readonly conversation?: { readonly thread: Pick<Thread, "temporary" | "holds"> },
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

  get tags(): readonly Placed[] {
    return this.#tags;
  }

  /** Fields of templates that nobody has filled in yet: "{{customer}}". */
  get fields(): string[] {
    return this.#fields.filter((field) => this.text.includes(field));
  }

  /** Whether fields are left that the person was not told of: the second time it is sent as it is. */
  get unfinished(): boolean {
    if (!this.fields.length || this.#told === this.text) return false;
    this.#told = this.text;
    return true;
  }

  get empty(): boolean {
    return !storable(this.text).trim() && !this.attachments.length;
  }

  /** Takes a text; `caret` is where it was edited, when somebody wrote in it. */
  setText(text: string, caret?: number): void {
    const whole = caret === undefined ? [] : afterEdit(this.#tags, this.text, text, caret);
    // What was cut may be pasted again.
    const others = [...this.#tags.map(({ tag }) => tag), ...this.#gone].filter(
      (tag) => !whole.some((kept) => kept.tag === tag),
    );
    this.#tags = find(others, text, whole);
    this.#gone = others.filter((tag) => !this.#tags.some((found) => found.tag === tag));
    this.text = text;
    this.keep();
  }

  /** Makes a tag of its own text, which stands at `at` already. */
  place(tag: Tag, at: number): void {
    if (!tag.text || !this.text.startsWith(tag.text, at)) return;
    const end = at + tag.text.length;
    const others = this.#tags.filter((other) => other.at >= end || other.at + other.tag.text.length <= at);
    this.#tags = [...others, { tag, at }].sort((one, other) => one.at - other.at);
    this.#gone = this.#gone.filter((gone) => gone.id !== tag.id);
    this.keep();
  }

  /** Finds tags of elsewhere in the text, as where it was pasted from a message. */
  recognise(tags: readonly Tag[]): void {
    this.#tags = find(tags, this.text, this.#tags);
    this.keep();
  }

  /** The content between two places of the text. */
  between(from: number, to: number): InputContent[] {
    const whole = this.#tags.filter(({ tag, at }) => at >= from && at + tag.text.length <= to);
    return cut(this.text, whole, from, to);
  }

  /** From now on the fields of this template are to be filled in. */
  fillIn(template: string): void {
    this.#fields = [...new Set([...this.#fields, ...fieldsIn(template)])];
    this.keep();
  }

  /** Puts rich content in: a tag is its text, and stays a tag while that text is left as it is. */
  setContent(content: (UserMessageContent | InputContent)[]): void {
    const { text, tags } = placed(content.map(asInput));
    this.text = text;
    this.#tags = tags;
    this.#gone = [];
    this.#fields = [];
    this.keep();
  }

  /** Takes what the page puts in; what it does not name stays. */
  fill(value: Parameters<OpenAIChatKit["setComposerValue"]>[0]): void {
    const { text, content, reply, attachments, selectedToolId, selectedModelId } = value;
    if (content) this.setContent(content);
    else if (text !== undefined) this.setText(text);
    if (reply !== undefined) this.setQuote(reply);
    if (attachments) this.setAttachments(attachments);
    if (selectedToolId !== undefined) this.setTool(selectedToolId);
    if (selectedModelId !== undefined) this.setModel(selectedModelId);
  }

  setAttachments(attachments: Attachment[] | WireAttachment[]): void {
    this.attachments = attachments.map((attachment) => ({ ...attachment }));
    this.keep();
  }

  /** Changes the files of what was being written then, be it set aside; false where that is no more. */
  arrange(writing: object, change: (attachments: WireAttachment[]) => WireAttachment[]): boolean {
    const aside = this.#aside;
    if (writing === this.writing) {
      this.setAttachments(change(this.attachments));
    } else if (aside && writing === aside.writing) {
      aside.draft.attachments = change(aside.draft.attachments);
      this.keep();
    } else return false;
    return true;
  }

  /** Takes a file off; true where no message has it, so that it is of no use any more. */
  takeOff(id: string): boolean {
    this.setAttachments(this.attachments.filter((attachment) => attachment.id !== id));
    return !this.conversation?.thread.holds(id);
  }

  setQuote(quote: string | null): void {
    this.quote = quote || null;
    this.keep();
  }

  setTool(id: string | null): void {
    const next = this.tools.some((tool) => tool.id === id) ? id : null;
    if (next === this.toolId) return;
    this.toolId = next;
    this.keep();
    this.host.emit("chatkit.tool.change", { toolId: next });
  }

  /** The page has other options: a tool that it has no more is chosen no more. */
  renew(): void {
    if (!this.tool) this.setTool(null);
  }

  setModel(id: string): void {
    this.#modelId = id;
    this.keep();
  }

  /** Shows the draft of a thread; `carry` takes the present one along (a new thread got its id). */
  switchTo(thread: string | null, carry = false): void {
    if (carry) {
      tab.set(this.#name(), "");
      this.#thread = thread;
      this.keep();
      return;
    }
    this.#aside = null;
    this.#thread = thread;
    this.#show(tab.read<Partial<Draft>>(this.#name()));
  }

  /** Whether another question is being asked anew than what this stands for. */
  isAside(writing: object): boolean {
    return this.#aside !== null && writing !== this.writing;
  }

  /** Adds words to what was set aside. */
  addAside(words: string): void {
    const draft = this.#aside?.draft;
    if (!draft) return;
    const space = /\S$/.test(draft.content.at(-1)?.text ?? "") ? " " : "";
    draft.content = [...draft.content, { type: "input_text", text: space + words }];
    this.keep();
  }

  /** Makes room for a question that is asked anew. */
  setAside(): void {
    this.#aside ??= { draft: this.#draft, writing: this.writing };
    this.writing = {};
  }

  /** Shows again what was set aside; where that was nothing, the tool and the model `stay` chosen. */
  takeUp(stay = false): void {
    const before = this.#aside;
    this.#aside = null;
    if (before) this.writing = before.writing;
    if (before && (!stay || holds(before.draft))) this.#show(before.draft);
    else this.keep();
  }

  /** The message as it travels. */
  input(): UserMessageInput {
    return {
      content: toParts(this.text, this.#tags),
      attachments: this.attachments.map(({ id }) => id),
      inference_options: {
        ...(this.tool ? { tool_choice: { id: this.tool.id } } : {}),
        ...(this.model ? { model: this.model.id } : {}),
      },
      ...(this.quote ? { quoted_text: this.quote } : {}),
    };
  }

  /** Empties the composer after sending; a persistent tool stays chosen. */
  clear(): void {
    this.quote = null;
    this.attachments = [];
    this.setContent([]);
    if (!this.tool?.persistent) this.setTool(null);
  }

  /** Takes a message back that the server never took, unless something new was written meanwhile. */
  restore(input: UserMessageInput, attachments: WireAttachment[]): void {
    if (this.text.trim()) return;
    this.quote = input.quoted_text ?? this.quote;
    this.attachments = attachments;
    this.setContent(input.content);
    if (input.inference_options.tool_choice) this.setTool(input.inference_options.tool_choice.id);
    this.host.changed();
  }

  /** Keeps what stands there now, or forgets what was kept. */
  keep(): void {
    const draft = this.#aside?.draft ?? this.#draft;
    const any = holds(draft) || draft.tool || draft.model;
    const kept = any && !this.conversation?.thread.temporary;
    tab.write(this.#name(), kept ? draft : null);
    this.host.changed();
  }

  get #draft(): Draft {
    const { quote, attachments, fields } = this;
    const chosen = { tool: this.toolId ?? undefined, model: this.#modelId ?? undefined };
    const content = cut(this.text, this.#tags);
    return { content, quote, attachments, ...(fields.length ? { fields } : {}), ...chosen };
  }

  #show(draft: Partial<Draft> | null): void {
    this.quote = draft?.quote ?? null;
    this.attachments = draft?.attachments ?? [];
    this.#modelId = draft?.model ?? null;
    this.setContent(draft?.content ?? []);
    for (const field of draft?.fields ?? []) this.fillIn(field);
    // Last, since the page hears of it: by then the rest is there.
    this.setTool(draft?.tool ?? null);
  }

  #name(): string {
    return `draft:${this.scope()}:${this.#thread ?? ""}`;
  }
}

function holds({ content, quote, attachments }: Draft): boolean {
  return content.length > 0 || quote !== null || attachments.length > 0;
}

export function asTag(content: Extract<UserMessageContent | InputContent, { type: "input_tag" }>): Tag {
  const { id, text, group, interactive } = content;
  // The server requires `data`, the public type leaves it optional.
  return { type: "input_tag", id, text, data: content.data ?? {}, group, interactive: interactive ?? false };
}

function asInput(part: UserMessageContent | InputContent): InputContent {
  return part.type === "input_tag" ? asTag(part) : { ...part };
}

/** `sendUserMessage`'s content, or plain text, as it travels. */
export function toContent(text?: string, content?: UserMessageContent[]): InputContent[] {
  if (!content) return [{ type: "input_text", text: text ?? "" }];
  return content.map(asInput);
}

/** A message of the page as it travels. */
export function toInput(message: Parameters<OpenAIChatKit["sendUserMessage"]>[0]): UserMessageInput {
  const { text, content, reply, attachments = [], toolChoice, model } = message;
  return {
    content: toContent(text, content),
    attachments: attachments.map(({ id }) => id),
    inference_options: { ...(toolChoice ? { tool_choice: { id: toolChoice.id } } : {}), ...(model ? { model } : {}) },
    ...(reply ? { quoted_text: reply } : {}),
  };
}
