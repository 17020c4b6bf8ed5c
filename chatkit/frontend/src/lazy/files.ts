/** What sending a file takes: whether it may be sent, how it travels, and how much of it has gone. */
import type { ChatKitOptions } from "@openai/chatkit";
import { saved } from "../saved";
import { localId } from "../state/ids";
import type { Upload, Uploads } from "../state/uploads";
import type { Strings } from "../translations/strings";
import { sentence } from "../views/sentence";
import { ApiError } from "../wire/api-error";
import type { Client, Init } from "../wire/client";
import type { WireAttachment } from "../wire/protocol";

interface Host {
  readonly client: Client;
  readonly options: ChatKitOptions;
  readonly strings: Strings;
}

const DEFAULT_MAX_SIZE = 100 * 1024 * 1024;
const DEFAULT_MAX_COUNT = 10;
/** More wait for their turn. */
const AT_ONCE = 3;

export class Sending {
  #jobs = new Map<string, AbortController>();
  /** The place in which each attachment was chosen: a small file may arrive before one that was chosen earlier. */
  #chosen = new Map<string, number>();
  #choices = 0;
  #running = 0;
  #waiting: (() => void)[] = [];

  constructor(private readonly uploads: Uploads) {}

  /** `writing` is what the composer had them chosen for. */
  async add(files: File[], writing: object): Promise<ApiError | null> {
    const { host, composer, files: there } = this.uploads;
    const { maxCount = DEFAULT_MAX_COUNT } = host.options.composer?.attachments ?? {};
    const room = Math.max(0, maxCount - composer.attachments.length - there.length);
    const reasons = files.map((file) => refusal(file, host));
    const fit = files.filter((_, index) => reasons[index] === null);
    const told = reasons.filter((reason) => reason !== null);
    if (fit.length > room) told.push(host.strings.tooMany(maxCount));
    const refused = told.length ? this.uploads.error(told.join(" "), "attachment_refused") : null;
    if (refused) this.uploads.failed(refused);
    // There is room for one notice: what fails on its way is said in it after what was said before.
    const failed = (error: ApiError, { name }: File) => {
      if (files.length === 1) return this.uploads.failed(error);
      told.push(`${sentence(error, host.strings)} (\u2068${name}\u2069)`);
      const all = told.join(" ");
      // Its code and its status stay: by them the page knows that a login has ended.
      this.uploads.failed(new ApiError(error.code, all, { ...error, userMessage: all, cause: error }));
    };
    const sent = fit.slice(0, room).map((file) => this.#upload(file, ++this.#choices, writing, failed));
    const failures = await Promise.all(sent);
    return refused ?? failures.find((failure) => failure !== null) ?? null;
  }

  end(id: string): void {
    this.#jobs.get(id)?.abort();
  }

  async #upload(
    file: File,
    place: number,
    writing: object,
    failed: (error: ApiError, file: File) => void,
  ): Promise<ApiError | null> {
    const { uploads } = this;
    const upload: Upload = { id: localId(), name: file.name, progress: null, writing };
    const { id } = upload;
    const job = new AbortController();
    this.#jobs.set(id, job);
    uploads.list(id, upload);
    try {
      const attachment = await this.#inTurn(file, job.signal, (share) => {
        upload.progress = share;
        uploads.host.changed();
      });
      job.signal.throwIfAborted();
      this.#chosen.set(attachment.id, place);
      const arrived = uploads.composer.arrange(writing, (attachments) => {
        const before = attachments.filter((other) => (this.#chosen.get(other.id) ?? 0) < place);
        const after = attachments.filter((other) => !before.includes(other));
        uploads.arrived(file, attachment);
        return [...before, attachment, ...after];
      });
      // It was chosen for a question asked anew, which was left.
      if (!arrived) uploads.discard(attachment);
      uploads.list(id);
      return null;
    } catch (thrown) {
      const error = uploads.error(thrown, job.signal.aborted ? "cancelled" : "unknown");
      if (job.signal.aborted) {
        uploads.list(id);
        return error;
      }
      failed(error, file);
      const again = () => {
        uploads.list(id);
        void this.#upload(file, place, writing, uploads.failed);
      };
      const passing = !error.status || error.status === 408 || error.status === 429 || error.status >= 500;
      upload.again = passing ? again : null;
      return error;
    } finally {
      this.#jobs.delete(id);
      uploads.host.changed();
    }
  }

  async #inTurn(file: File, signal: AbortSignal, progress: (share: number) => void): Promise<WireAttachment> {
    if (this.#running >= AT_ONCE) await new Promise<void>((go) => this.#waiting.push(go));
    this.#running++;
    try {
      signal.throwIfAborted();
      return await send(file, this.uploads.host, signal, progress);
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }
}

/** Why a file is not sent, null where it is. */
function refusal(file: File, { options, strings }: Host): string | null {
  const { maxSize, accept } = options.composer?.attachments ?? {};
  if (file.size > limitFor(file, maxSize)) return strings.tooLarge(file.name);
  if (accept && Object.keys(accept).length && !accepted(file, accept)) return strings.wrongType(file.name);
  return null;
}

/** Sends a file by the strategy of the options, and tells how much has gone, from 0 to 1. */
async function send(
  file: File,
  { client, options }: Host,
  signal: AbortSignal,
  progress: (share: number) => void,
): Promise<WireAttachment> {
  const watched = (url: string, init: Init) => request(url, init, progress);
  const strategy = "uploadStrategy" in options.api ? options.api.uploadStrategy : undefined;
  if (strategy?.type === "direct") {
    const init = { method: "POST", body: multipart(file), signal };
    return (await (await client.upload(strategy.uploadUrl, init, watched)).json()) as WireAttachment;
  }
  const { value } = await client.call<WireAttachment>(
    "attachments.create",
    { name: file.name, size: file.size, mime_type: file.type || "application/octet-stream" },
    { signal },
  );
  const { upload_descriptor: target, ...told } = value;
  if (!target) return told;
  try {
    // PUT takes the bytes as they are, POST the form that the SDK's guide describes.
    const body = target.method === "PUT" ? file : multipart(file);
    const init = { method: target.method, headers: target.headers ?? {}, body, signal };
    const response = await client.upload(target.url, init, watched);
    const kept = (await response.json().catch(() => null)) as WireAttachment | null;
    return kept?.id === value.id ? kept : told;
  } catch (error) {
    // What was announced and has not come is nobody's.
    client.call("attachments.delete", { attachment_id: value.id }).catch(() => {});
    throw error;
  }
}

/** Saves a file that was sent with a message. */
export async function download(uploads: Uploads, { id, name }: WireAttachment): Promise<void> {
  const { client, strings } = uploads.host;
  try {
    saved(await client.file(id), name);
  } catch (thrown) {
    const gone = (thrown as ApiError).status === 404;
    uploads.failed(gone ? uploads.error(strings.fileGone(name), "attachment_gone") : thrown);
  }
}

/** Opens the camera of a phone; a device without one asks for a picture. */
export function photograph(take: (files: File[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/*";
  input.capture = "environment";
  input.addEventListener("change", () => take([...(input.files ?? [])]));
  input.click();
}

function limitFor(file: File, maxSize: number | Record<string, number> | undefined): number {
  if (maxSize === undefined) return DEFAULT_MAX_SIZE;
  if (typeof maxSize === "number") return maxSize;
  const match = Object.keys(maxSize).find(
    (pattern) => pattern !== "*" && pattern !== "" && matches(file.type, pattern),
  );
  return maxSize[match ?? "*"] ?? maxSize[""] ?? DEFAULT_MAX_SIZE;
}

function accepted(file: File, accept: Record<string, string[]>): boolean {
  const name = file.name.toLowerCase();
  return Object.entries(accept).some(
    ([type, extensions]) =>
      matches(file.type, type) || extensions.some((extension) => name.endsWith(extension.toLowerCase())),
  );
}

function matches(type: string, pattern: string): boolean {
  return pattern === "*/*" || (pattern.endsWith("/*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern);
}

function multipart(file: File): FormData {
  const form = new FormData();
  form.append("file", file, file.name);
  return form;
}

/** As `fetch`: rejects with a TypeError where the server can't be reached, and with the signal's reason. */
function request(url: string, init: Init, progress: (share: number) => void): Promise<Response> {
  const { signal } = init;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const xhr = new XMLHttpRequest();
    xhr.open(init.method ?? "POST", url);
    for (const [name, value] of Object.entries(init.headers ?? {})) xhr.setRequestHeader(name, value);
    xhr.responseType = "arraybuffer";
    xhr.upload.addEventListener("progress", ({ loaded, total }) => total && progress(loaded / total));
    xhr.addEventListener("load", () => resolve(answer(xhr)));
    xhr.addEventListener("error", () => reject(new TypeError("The server could not be reached.")));
    signal?.addEventListener("abort", () => {
      xhr.abort();
      reject(signal.reason);
    });
    xhr.send(init.body as XMLHttpRequestBodyInit);
  });
}

function answer(xhr: XMLHttpRequest): Response {
  const { status } = xhr;
  const headers = new Headers();
  for (const line of xhr.getAllResponseHeaders().trim().split(/\r?\n/)) {
    const [name = "", value = ""] = line.split(/:(.*)/s);
    if (name) headers.set(name, value.trim());
  }
  const empty = status === 204 || status === 205 || status === 304;
  return new Response(empty ? null : (xhr.response as ArrayBuffer), { status, headers });
}
