/** A recording from the first word to its text: what state it is in, and what leads to the next. No DOM here. */
import type { ApiError } from "../wire/api-error";
import type { VoiceWords } from "./words";

export const LONGEST = 300;
/** Seconds before the end from which the time that is left is shown. */
export const COUNTDOWN = 30;
const SHORTEST = 0.4;
/** How loud, of 1, a microphone gets that somebody speaks into; a muted one stays at nothing. */
const HEARD = 0.01;
const TELL_AT = [30, 10];

export interface Recorder {
  /** How loud it is now, from 0 to 1; null where the browser doesn't say. */
  level(): number | null;
  pause(): void;
  resume(): void;
  /** Ends it; what was recorded. */
  stop(): Promise<Blob>;
  /** Lets go of the microphone, whatever state it is in. */
  release(): void;
}

export interface Surroundings {
  words(): VoiceWords;
  /** Rejects as `getUserMedia` does. `lost` is called where the microphone ends by itself. */
  record(lost: () => void): Promise<Recorder>;
  /** The text of a recording; rejects with an `ApiError`. */
  write(recording: Blob, signal: AbortSignal): Promise<string>;
  /** Takes the text. */
  insert(text: string): void;
  announce(text: string): void;
  /** Seconds, as they pass. */
  now(): number;
  changed(): void;
}

export type Phase = "idle" | "asking" | "recording" | "paused" | "writing" | "failed";

export class Dictation {
  phase: Phase = "idle";
  /** Why it failed. */
  message = "";
  level: number | null = null;
  #recorder: Recorder | null = null;
  #recording: Blob | null = null;
  #job: AbortController | null = null;
  /** Seconds recorded before the present stretch, and when that began. */
  #before = 0;
  #since: number | null = null;
  #loudest: number | null = null;
  #told = new Set<number>();
  /** Counts what was begun: an answer to something older comes too late. */
  #turn = 0;

  constructor(private readonly around: Surroundings) {}

  /** What was recorded can be sent once more. */
  get kept(): boolean {
    return this.#recording !== null;
  }

  /** Seconds recorded so far. */
  get elapsed(): number {
    return Math.min(LONGEST, this.#before + (this.#since === null ? 0 : this.around.now() - this.#since));
  }

  /** Whole seconds until the end, once it is near. */
  get left(): number | null {
    const left = Math.ceil(LONGEST - this.elapsed);
    return left <= COUNTDOWN ? left : null;
  }

  async start(): Promise<void> {
    const turn = this.#begin();
    this.#to("asking");
    try {
      const recorder = await this.around.record(() => turn === this.#turn && void this.#lost());
      if (turn !== this.#turn) {
        recorder.release();
        return;
      }
      this.#recorder = recorder;
      this.#since = this.around.now();
      this.#to("recording", this.around.words().recording);
    } catch (error) {
      if (turn === this.#turn) this.#fail(this.#refusal(error));
    }
  }

  /** Looks how loud it is and how long it has been; to be called several times a second. */
  tick(): void {
    if (this.phase !== "recording" || !this.#recorder) return;
    this.level = this.#recorder.level();
    if (this.level !== null) this.#loudest = Math.max(this.#loudest ?? 0, this.level);
    const { left } = this;
    const due = TELL_AT.find((seconds) => left !== null && left <= seconds && !this.#told.has(seconds));
    if (due !== undefined && left) {
      for (const seconds of TELL_AT) if (seconds >= left) this.#told.add(seconds);
      this.around.announce(this.around.words().left(left));
    }
    if (this.elapsed >= LONGEST) void this.finish(this.around.words().longest);
    else this.around.changed();
  }

  pause(): void {
    if (this.phase !== "recording") return;
    this.#before = this.elapsed;
    this.#since = null;
    this.level = 0;
    this.#recorder?.pause();
    this.#to("paused", this.around.words().paused);
  }

  resume(): void {
    if (this.phase !== "paused") return;
    this.#recorder?.resume();
    this.#since = this.around.now();
    this.#to("recording", this.around.words().recording);
  }

  /** Ends the recording and has it written down. */
  async finish(said = ""): Promise<void> {
    if (this.phase !== "recording" && this.phase !== "paused") return;
    const words = this.around.words();
    const turn = this.#turn;
    const { elapsed } = this;
    const recording = await this.#stop();
    if (turn !== this.#turn) return;
    if (!recording?.size || elapsed < SHORTEST) return this.#fail(words.tooShort);
    if (this.#loudest !== null && this.#loudest < HEARD) return this.#fail(words.silence);
    this.#recording = recording;
    await this.#write(said);
  }

  /** Sends what was kept once more; where nothing was, records anew. */
  async retry(): Promise<void> {
    if (this.phase !== "failed") return;
    if (this.#recording) await this.#write();
    else await this.start();
  }

  /** Ends everything, and throws away what was recorded. */
  cancel(): void {
    if (this.phase === "idle") return;
    const dropped = this.phase !== "failed" || this.kept;
    this.#begin();
    this.#to("idle", dropped ? this.around.words().cancelled : "");
  }

  async #write(said = ""): Promise<void> {
    const recording = this.#recording;
    if (!recording) return;
    const turn = this.#turn;
    const words = this.around.words();
    const job = new AbortController();
    this.#job = job;
    this.#to("writing", said || words.writing);
    let text: string;
    try {
      text = await this.around.write(recording, job.signal);
    } catch (error) {
      if (turn === this.#turn) this.#fail(this.#fault(error as ApiError));
      return;
    }
    if (turn !== this.#turn) return;
    this.#recording = null;
    if (!text.trim()) return this.#fail(words.nothingSaid);
    this.around.insert(text.trim());
    this.#begin();
    this.#to("idle", words.written);
  }

  async #lost(): Promise<void> {
    const turn = this.#turn;
    const { elapsed } = this;
    const recording = await this.#stop();
    if (turn !== this.#turn) return;
    const { noMicrophone, unplugged } = this.around.words();
    const some = recording?.size && elapsed >= SHORTEST;
    this.#recording = some ? recording : null;
    this.#fail(some ? unplugged : noMicrophone);
  }

  /** What was recorded; the microphone is let go of. */
  async #stop(): Promise<Blob | null> {
    const recorder = this.#recorder;
    this.#before = this.elapsed;
    this.#since = null;
    this.#recorder = null;
    this.#to("writing");
    const recording = await recorder?.stop().catch(() => null);
    recorder?.release();
    return recording ?? null;
  }

  /** Begins something new, or nothing: what was there is over. */
  #begin(): number {
    this.#recorder?.release();
    this.#recorder = null;
    this.#job?.abort();
    this.#job = null;
    this.#recording = null;
    this.#before = 0;
    this.#since = null;
    this.#loudest = null;
    this.#told.clear();
    this.level = null;
    this.message = "";
    this.#turn += 1;
    return this.#turn;
  }

  #fail(message: string): void {
    this.message = message;
    this.#to("failed", message);
  }

  #to(phase: Phase, said = ""): void {
    this.phase = phase;
    if (phase !== "failed") this.message = "";
    if (said) this.around.announce(said);
    this.around.changed();
  }

  #refusal(error: unknown): string {
    const words = this.around.words();
    switch ((error as { name?: unknown } | null)?.name) {
      case "NotAllowedError":
      case "SecurityError":
        return words.refused;
      case "NotFoundError":
      case "OverconstrainedError":
        return words.noMicrophone;
      case "NotReadableError":
      case "AbortError":
        return words.busyMicrophone;
      default:
        return words.unsupported;
    }
  }

  /** The server's own sentence where it has one. A recording that it can't take would be refused again. */
  #fault({ code, status, userMessage }: ApiError): string {
    const words = this.around.words();
    if (status === 400 || status === 413 || status === 415) this.#recording = null;
    if (code === "network") return words.cut;
    return userMessage ?? words.failed;
  }
}
