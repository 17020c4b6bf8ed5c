/** The calls that the assistant makes into the page: each is carried out once, in one tab, whatever comes between. */
import { site } from "../kept";
import { plain } from "../plain";
import { fromHost } from "../wire/api-error";
import type { ClientToolCallItem } from "../wire/protocol";
import { claim, released } from "./claims";
import { type Host, report } from "./host";

/** What is known of a call: begun, its output is here and the server lacks it, the server has it, or it was stopped. */
interface Known {
  at: number;
  output?: unknown;
  delivered?: true;
  stopped?: true;
}

/** A call that is this tab's to carry out. */
export interface Taken {
  /** What it gave, now or before. Never rejects. */
  output(): Promise<unknown>;
  /** The server has the output. */
  delivered(): void;
  /** The person has ended the answer: nobody is to go on with it. */
  stopped(): void;
  /** Lets other tabs have it. */
  release(): void;
}

const DAY = 86_400_000;
const LEFT = "The page was left while the tool ran. Whether it did its work is not known.";

export class ToolCalls {
  /** Where nothing can be kept, it is at least known as long as this page lives. */
  readonly #here = new Map<string, Known>();
  /** The tools at work; who comes back to one waits for it, also where tabs can keep no call to themselves. */
  readonly #atWork = new Map<string, Promise<unknown>>();

  constructor(private readonly host: Host) {}

  /** False for a call that this page has nothing for. */
  able(thread: string | null, call: ClientToolCallItem): boolean {
    const known = this.#known(nameOf(thread, call));
    return known ? !known.stopped : typeof this.host.options.onClientTool === "function";
  }

  /** Null for a call that another tab has, or has carried out. */
  async take(thread: string | null, call: ClientToolCallItem): Promise<Taken | null> {
    const name = nameOf(thread, call);
    const release = await claim(`chatkit:${name}`);
    const known = this.#known(name);
    if (release && !known?.delivered && !known?.stopped) {
      return {
        output: () => this.#atWork.get(name) ?? this.#output(name, call),
        delivered: () => {
          this.#keep(name, { delivered: true });
          release();
        },
        stopped: () => this.#keep(name, { stopped: true }),
        release,
      };
    }
    release?.();
    return null;
  }

  /** True for a call whose output the server has. */
  delivered(thread: string | null, call: ClientToolCallItem): boolean {
    return this.#known(nameOf(thread, call))?.delivered ?? false;
  }

  /** Resolves once no other tab has the call. */
  freed(thread: string | null, call: ClientToolCallItem): Promise<void> {
    return released(`chatkit:${nameOf(thread, call)}`);
  }

  #known(name: string): Known | null {
    return this.#here.get(name) ?? site.read<Known>(name);
  }

  #keep(name: string, what: Omit<Known, "at">): void {
    const all = { ...what, at: Date.now() };
    this.#here.delete(name);
    if (site.write(name, all)) return;
    site.set(name, "");
    this.#here.set(name, all);
  }

  async #output(name: string, call: ClientToolCallItem): Promise<unknown> {
    const before = this.#known(name);
    // Begun and not ended, and nobody is at it: what it does may be done. It is not done twice.
    if (before) return "output" in before ? before.output : { error: LEFT };
    forgetOld();
    this.#keep(name, {});
    const working = this.#run(call);
    this.#atWork.set(name, working);
    const output = await working;
    const now = this.#known(name);
    if (!now?.stopped && !now?.delivered) this.#keep(name, { output });
    this.#atWork.delete(name);
    return output;
  }

  async #run(call: ClientToolCallItem): Promise<unknown> {
    const { onClientTool } = this.host.options;
    try {
      if (!onClientTool) throw new Error(`The page has no handler for the client tool "${call.name}".`);
      return plain(await onClientTool({ name: call.name, params: plain(call.arguments) ?? {} })) ?? null;
    } catch (thrown) {
      const error = fromHost(thrown, "client_tool_failed");
      report(this.host, error);
      return { error: error.message };
    }
  }
}

function nameOf(thread: string | null, { id, call_id }: ClientToolCallItem): string {
  return `call:${thread}:${id}:${call_id}`;
}

function forgetOld(): void {
  for (const name of site.names("call:")) {
    const known = site.read<Known>(name);
    // What was stopped is never done later: nothing else may tell that the server was not reached.
    if (!known?.stopped && Math.abs(Date.now() - (known?.at ?? 0)) > DAY) site.set(name, "");
  }
}
