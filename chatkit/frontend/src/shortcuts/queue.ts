/** Questions that wait for the end of an answer: kept in this tab, for the conversation that they belong to. */
import type { UserMessageInput, WireAttachment } from "../wire/protocol";

export interface Queued {
  input: UserMessageInput;
  attachments: WireAttachment[];
}

interface Keep {
  read<T>(name: string): T | null;
  write(name: string, value: unknown): boolean;
}

export class Queue {
  questions: Queued[] = [];
  #thread: string | null = null;

  /** `scope` keeps those of two servers, or of two elements, apart; of a temporary conversation none is kept. */
  constructor(
    private readonly kept: Keep,
    private readonly scope: () => string,
    private readonly temporary: () => boolean,
  ) {}

  /**
   * Shows those of a conversation; with `carry` the present ones go along, as where a new one got its id. What was not
   * kept of the one that is left is gone, also where neither has an id.
   */
  switchTo(thread: string | null, carry = false): void {
    if (thread === this.#thread && carry) return;
    if (carry) this.kept.write(this.#name(), null);
    this.#thread = thread;
    if (carry) this.#keep();
    else this.read();
  }

  read(): void {
    const kept = this.kept.read<Queued[]>(this.#name());
    this.questions = Array.isArray(kept) ? kept : [];
  }

  add(question: Queued): void {
    this.questions = [...this.questions, question];
    this.#keep();
  }

  /** Takes one out, the first where none is named. */
  take(question = this.questions[0]): Queued | undefined {
    this.questions = this.questions.filter((other) => other !== question);
    this.#keep();
    return question;
  }

  #keep(): void {
    this.kept.write(this.#name(), this.questions.length && !this.temporary() ? this.questions : null);
  }

  #name(): string {
    return `queue:${this.scope()}:${this.#thread ?? ""}`;
  }
}

/** What a question says, for its row. */
export function textOf({ input, attachments }: Queued): string {
  const text = input.content.map((part) => part.text).join("");
  return text.trim() || attachments.map(({ name }) => name).join(", ");
}
