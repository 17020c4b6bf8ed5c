/** What the views may read of the element and ask it to do. */
import type { StartScreenPrompt } from "@openai/chatkit";
import type { Beside } from "../controllers/beside";
import type { Panels } from "../controllers/panels";
import type { Pinned } from "../controllers/pinned";
import type { Shortcuts } from "../controllers/shortcuts";
import type { Suggesting } from "../controllers/suggesting";
import type { Turns } from "../controllers/turns";
import type { Voice } from "../controllers/voice";
import type { Widgets } from "../controllers/widgets";
import type { MarkdownContext } from "../markdown/context";
import type { Composer } from "../state/composer";
import type { Conversation } from "../state/conversation";
import type { Entry } from "../state/entry";
import type { History } from "../state/history";
import type { Host } from "../state/host";
import type { Uploads } from "../state/uploads";
import type { Resolved } from "../translations/resolve";

export interface Ui extends Host {
  readonly locale: Resolved;
  readonly conversation: Conversation;
  readonly history: History;
  readonly composer: Composer;
  readonly uploads: Uploads;
  readonly voice: Voice;
  readonly widgets: Widgets;
  readonly panels: Panels;
  readonly turns: Turns;
  readonly pinned: Pinned;
  readonly markdown: MarkdownContext;
  readonly suggesting: Suggesting;
  readonly shortcuts: Shortcuts;
  readonly beside: Beside;
  /** The menu that is open, by name. */
  readonly menu: string | null;
  /** Seconds until another message may be sent. */
  readonly wait: number;
  readonly online: boolean;
  /** Why what the person did last had no effect, for a while; else empty. */
  readonly hint: string;
  /** False while the reader has scrolled away from the newest message. */
  readonly atEnd: boolean;

  /** Resolves when everything that changed so far has been drawn. */
  readonly updateComplete: Promise<boolean>;
  readonly renderRoot: ParentNode;

  submit(): void;
  /** Says why nothing can be sent now; false when it can. */
  hindered(): boolean;
  /** Asks once more for what got no answer. */
  tryAgain(question: Entry): void;
  /** Puts a question that the server never took back into the composer. */
  rewrite(question: Entry): void;
  newChat(): void;
  openThread(id: string): void;
  choosePrompt(prompt: StartScreenPrompt): void;
  toggleHistory(): void;
  removeThread(id: string): Promise<void>;
  setMenu(name: string | null): void;
  scrollToEnd(): void;
  copy(text: string): Promise<boolean>;
}
