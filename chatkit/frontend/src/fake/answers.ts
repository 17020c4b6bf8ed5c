/** What the script says to a request. */
import type { FakeAnswer, FakeOptions, FakeRequest } from "./chatkit-testing";

type Item = { item: { type: string; [property: string]: unknown } };

export class Answers {
  readonly #turns: FakeAnswer[];

  constructor(private readonly options: FakeOptions) {
    this.#turns = [...(options.answers ?? [])];
  }

  add(answer: FakeAnswer): void {
    this.#turns.push(answer);
  }

  /** The answer to a question, to what a tool of the page returned, or once more. */
  to(request: FakeRequest): FakeAnswer {
    const missing = [{ error: `The script has no answer left to ${JSON.stringify(request.text)}.` }];
    return this.options.reply?.(request) ?? this.#turns.shift() ?? missing;
  }

  /** What follows an action with a stream. */
  after(request: FakeRequest): FakeAnswer {
    const told = this.#told(request);
    if (told === undefined) return [{ error: `The script says nothing of the action ${nameOf(request)}.` }];
    return isItem(told) ? [{ event: { type: "thread.item.replaced", ...told } }] : told;
  }

  /** The item that an action without a stream leaves. */
  replaced(request: FakeRequest): Item | null {
    const told = this.#told(request);
    return told !== undefined && isItem(told) ? told : null;
  }

  #told(request: FakeRequest): FakeAnswer | Item | undefined {
    const action = request.params.action as { type: string; payload?: Record<string, unknown> };
    return this.options.onAction?.(action, request);
  }
}

function isItem(told: FakeAnswer | Item): told is Item {
  return typeof told === "object" && "item" in told;
}

function nameOf({ params }: FakeRequest): string {
  return JSON.stringify((params.action as { type?: string } | undefined)?.type);
}
