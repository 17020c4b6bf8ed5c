/**
 * The ChatKit protocol as it travels: the objects, items, updates and events of the Python SDK.
 * Unknown fields are ignored; a field the server leaves out is absent, never null.
 */

export interface Page<T> {
  data: T[];
  has_more: boolean;
  after?: string;
}

export type ThreadStatus =
  | { type: "active" }
  | { type: "locked"; reason?: string }
  | { type: "closed"; reason?: string };

export interface WireThread {
  id: string;
  created_at: string;
  title?: string;
  status?: ThreadStatus;
  allowed_image_domains?: string[];
  metadata?: Record<string, unknown>;
  items?: Page<ThreadItem>;
}

/** In the metadata of a thread that is in no list and goes with its session, and of the request that wants one. */
export const TEMPORARY = "chatkit.temporary";
/** In the metadata of a thread that has earlier answers or questions beside those that are shown. */
export const VERSIONS = "chatkit.versions";
/** In that of a message that is asked in the place of another. */
export const EDIT = "chatkit.edit";

interface ItemBase {
  id: string;
  thread_id?: string;
  created_at?: string;
}

export type InputContent =
  | { type: "input_text"; text: string }
  | {
      type: "input_tag";
      id: string;
      text: string;
      data: Record<string, unknown>;
      group?: string;
      interactive?: boolean;
    };

export interface WireAttachment {
  id: string;
  name: string;
  mime_type: string;
  type: "file" | "image";
  preview_url?: string;
  upload_descriptor?: { url: string; method: "POST" | "PUT"; headers?: Record<string, string> };
}

export interface InferenceOptions {
  tool_choice?: { id: string };
  model?: string;
}

/** What `threads.create` and `threads.add_user_message` carry as `input`. */
export interface UserMessageInput {
  content: InputContent[];
  attachments: string[];
  inference_options: InferenceOptions;
  quoted_text?: string;
}

export interface UserMessageItem extends ItemBase {
  type: "user_message";
  content: InputContent[];
  attachments?: WireAttachment[];
  quoted_text?: string;
  inference_options?: InferenceOptions;
}

export type Source =
  | {
      type: "url";
      title: string;
      url: string;
      description?: string;
      attribution?: string;
      timestamp?: string;
      group?: string;
    }
  | { type: "file"; title: string; filename: string; description?: string; timestamp?: string; group?: string }
  | {
      type: "entity";
      title: string;
      id: string;
      icon?: string;
      label?: string;
      inline_label?: string;
      interactive?: boolean;
      data?: Record<string, unknown>;
      description?: string;
      timestamp?: string;
      group?: string;
    };

export interface Annotation {
  type: "annotation";
  source: Source;
  /** Where its mark goes, in characters as Python counts them: an emoji is one. Absent: listed, without a mark. */
  index?: number;
}

/** Why an answer is a bad one: in the `metadata` of `items.feedback`, a server that knows nothing of it skips it. */
export type FeedbackReason = "wrong" | "outdated" | "not_my_question" | "other";

export interface OutputText {
  type: "output_text";
  text: string;
  annotations?: Annotation[];
}

export interface AssistantMessageItem extends ItemBase {
  type: "assistant_message";
  content: OutputText[];
}

export interface ClientToolCallItem extends ItemBase {
  type: "client_tool_call";
  status: "pending" | "completed";
  call_id: string;
  name: string;
  arguments: Record<string, unknown>;
  output?: unknown;
}

export interface ActionConfig {
  type: string;
  payload?: Record<string, unknown>;
  handler?: "server" | "client";
  loadingBehavior?: "auto" | "none" | "self" | "container";
  streaming?: boolean;
}

/** A node of a widget tree. Every property beyond `type` depends on the type. */
export interface WidgetNode {
  type: string;
  id?: string;
  key?: string;
  children?: WidgetNode[] | WidgetNode;
  [property: string]: unknown;
}

export interface WidgetItem extends ItemBase {
  type: "widget";
  widget: WidgetNode;
  copy_text?: string;
}

export interface GeneratedImageItem extends ItemBase {
  type: "generated_image";
  image?: { id: string; url: string };
}

export interface StructuredQuestion {
  type: "multiple_choice" | "freeform";
  id: string;
  question: string;
  description?: string;
  options?: { value: string }[];
  multiple?: boolean;
  answer?: { values?: string[]; skipped?: boolean };
}

export interface StructuredInputItem extends ItemBase {
  type: "structured_input";
  status: "pending" | "answered" | "skipped";
  inputs: StructuredQuestion[];
}

export type Task = { status_indicator?: "none" | "loading" | "complete"; title?: string } & (
  | { type: "custom"; icon?: string; content?: string }
  | { type: "web_search"; title_query?: string; queries?: string[]; sources?: Source[] }
  | { type: "thought"; content: string }
  | { type: "file"; sources?: Source[] }
  | { type: "image" }
);

export type WorkflowSummary = { title?: string; icon?: string; duration?: number };

export interface Workflow {
  type: "custom" | "reasoning";
  tasks: Task[];
  summary?: WorkflowSummary;
  expanded?: boolean;
}

export interface WorkflowItem extends ItemBase {
  type: "workflow";
  workflow: Workflow;
}

export interface TaskItem extends ItemBase {
  type: "task";
  task: Task;
}

export interface EndOfTurnItem extends ItemBase {
  type: "end_of_turn";
}

/** Kept for the model alone; the element never shows it. */
export interface HiddenItem extends ItemBase {
  type: "hidden_context_item" | "sdk_hidden_context";
}

export type ThreadItem =
  | UserMessageItem
  | AssistantMessageItem
  | ClientToolCallItem
  | WidgetItem
  | GeneratedImageItem
  | StructuredInputItem
  | WorkflowItem
  | TaskItem
  | EndOfTurnItem
  | HiddenItem;

export type ItemUpdate =
  | { type: "assistant_message.content_part.added"; content_index: number; content: OutputText }
  | { type: "assistant_message.content_part.text_delta"; content_index: number; delta: string }
  | {
      type: "assistant_message.content_part.annotation_added";
      content_index: number;
      annotation_index: number;
      annotation: Annotation;
    }
  | { type: "assistant_message.content_part.done"; content_index: number; content: OutputText }
  | { type: "widget.streaming_text.value_delta"; component_id: string; delta: string; done: boolean }
  | { type: "widget.root.updated"; widget: WidgetNode }
  | { type: "widget.component.updated"; component_id: string; component: WidgetNode }
  | { type: "workflow.task.added"; task_index: number; task: Task }
  | { type: "workflow.task.updated"; task_index: number; task: Task }
  | { type: "generated_image.updated"; image: { id: string; url: string }; progress?: number };

export type ServerEvent =
  | { type: "thread.created"; thread: WireThread }
  | { type: "thread.updated"; thread: WireThread }
  | { type: "thread.item.added"; item: ThreadItem }
  | { type: "thread.item.updated"; item_id: string; update: ItemUpdate }
  | { type: "thread.item.done"; item: ThreadItem }
  | { type: "thread.item.removed"; item_id: string }
  | { type: "thread.item.replaced"; item: ThreadItem }
  | { type: "stream_options"; stream_options: { allow_cancel: boolean } }
  | { type: "progress_update"; text: string; icon?: string }
  | { type: "client_effect"; name: string; data?: Record<string, unknown> }
  | { type: "error"; code: string; message?: string; allow_retry?: boolean }
  | { type: "notice"; level: "info" | "warning" | "danger"; message: string; title?: string };
