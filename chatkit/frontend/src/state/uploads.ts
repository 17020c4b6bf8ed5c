/** Files on their way to the server, by either of the two published strategies. */
import type { Attachment } from "@openai/chatkit";
import { site } from "../kept";
import { ownImage, safeGeneratedImage, safeLink, sameOrigin } from "../links";
import { ApiError, fromHost } from "../wire/api-error";
import type { WireAttachment } from "../wire/protocol";
import type { Composer } from "./composer";
import type { Host } from "./host";
import { localId } from "./ids";

interface Upload {
  id: string;
  name: string;
  /** How much has gone, from 0 to 1; null where the browser does not tell. */
  progress: number | null;
  /** Sends it again; null where that would not help. Set once it has failed. */
  again?: (() => void) | null;
}

/** More wait for their turn. */
const AT_ONCE = 3;

const DEFAULT_MAX_SIZE = 100 * 1024 * 1024;
const DEFAULT_MAX_COUNT = 10;

export class Uploads {
  files: Upload[] = [];
  #jobs = new Map<string, AbortController>();
  #pictures = new Map<string, string>();
  /** The place in which each attachment was chosen: a small file may arrive before one that was chosen earlier. */
  #chosen = new Map<string, number>();
  #choices = 0;
  #running = 0;
  #waiting: (() => void)[] = [];
  /** Where the site's store has its pictures, as the page or an answer to an upload has told. */
  #stores = new Set(site.read<string[]>("stores"));

  constructor(
    private readonly host: Host,
    private readonly composer: Composer,
    private readonly failed: (error: unknown) => void,
  ) {}

  get enabled(): boolean {
    const { api, composer } = this.host.options;
    // With a client secret the server is one of ours, which takes them in two steps.
    const known = "getClientSecret" in api || api.uploadStrategy !== undefined;
    return composer?.attachments?.enabled === true && known;
  }

  get pending(): boolean {
    return this.files.some((file) => file.again === undefined);
  }

  /** Whether a picture from the camera may be taken. */
  get pictures(): boolean {
    const accepted = Object.keys(this.host.options.composer?.attachments?.accept ?? {});
    return !accepted.length || accepted.some((type) => type.startsWith("image/") || type === "*/*");
  }

  /** The `accept` of the file dialogue. */
  get accept(): string | null {
    const accepted = Object.entries(this.host.options.composer?.attachments?.accept ?? {});
    return accepted.length ? accepted.flatMap(([type, extensions]) => [type, ...extensions]).join(",") : null;
  }

  /** Null, or the first failure; each is shown. Those that are not taken keep no other from being taken. */
  async add(files: File[]): Promise<ApiError | null> {
    const { maxCount = DEFAULT_MAX_COUNT } = this.host.options.composer?.attachments ?? {};
    const room = Math.max(0, maxCount - this.composer.attachments.length - this.files.length);
    const reasons = files.map((file) => this.#refusal(file));
    const fit = files.filter((_, index) => reasons[index] === null);
    const told = reasons.filter((reason) => reason !== null);
    if (fit.length > room) told.push(this.host.strings.tooMany(maxCount));
    const refusal = told.join(" ");
    const refused = refusal ? new ApiError("attachment_refused", refusal, { userMessage: refusal }) : null;
    if (refused) this.failed(refused);
    const failures = await Promise.all(fit.slice(0, room).map((file) => this.#upload(file, ++this.#choices)));
    return refused ?? failures.find((failure) => failure !== null) ?? null;
  }

  /**
   * The address of a picture: of the one that the person chose, as long as the page lives, else of the one that the
   * server keeps. Null for what may not be shown, as an address of a host that nobody has named.
   */
  preview({ id, preview_url }: WireAttachment, domains: readonly string[]): string | null {
    const own = this.#pictures.get(id) ?? preview_url;
    if (own?.startsWith(`blob:${location.origin}/`)) return own;
    const { api } = this.host.options;
    const server = "url" in api ? hostOf(api.url) : null;
    const hosts = [...this.#stores, ...domains, ...(server ? [server] : [])];
    return ownImage(preview_url) ?? safeGeneratedImage(preview_url, hosts);
  }

  /** Attachments that the page gives, or the server for an upload, come from the site's own store. */
  trust(attachments: readonly (Attachment | WireAttachment)[]): void {
    for (const attachment of attachments) {
      const host = "preview_url" in attachment && hostOf(attachment.preview_url);
      if (!host || this.#stores.has(host)) continue;
      this.#stores.add(host);
      site.write("stores", [...this.#stores]);
    }
  }

  /** Ends an upload, or takes one off that has failed. */
  cancel(id: string): void {
    this.#jobs.get(id)?.abort();
    this.#forget(id);
  }

  /** Takes an attachment off the message and off the server. */
  remove(attachment: WireAttachment): void {
    this.composer.setAttachments(this.composer.attachments.filter(({ id }) => id !== attachment.id));
    if (!this.enabled) return;
    this.host.client.call("attachments.delete", { attachment_id: attachment.id }).catch(this.failed);
  }

  async #upload(file: File, place: number): Promise<ApiError | null> {
    const upload: Upload = { id: localId(), name: file.name, progress: null };
    const { id } = upload;
    const job = new AbortController();
    this.#jobs.set(id, job);
    this.files = [...this.files, upload];
    this.host.changed();
    try {
      await this.#turn(job.signal);
      let attachment: WireAttachment;
      try {
        attachment = await this.#send(file, job.signal, (share) => {
          upload.progress = share;
          this.host.changed();
        });
      } finally {
        this.#running--;
        this.#waiting.shift()?.();
      }
      if (attachment.type === "image") this.#pictures.set(attachment.id, URL.createObjectURL(file));
      this.trust([attachment]);
      this.#chosen.set(attachment.id, place);
      const { attachments } = this.composer;
      const before = attachments.filter((other) => (this.#chosen.get(other.id) ?? 0) < place);
      const after = attachments.filter((other) => !before.includes(other));
      this.composer.setAttachments([...before, attachment, ...after]);
      this.host.announce(this.host.strings.attached(attachment.name));
      this.#forget(id);
      return null;
    } catch (error) {
      const failure = fromHost(error, job.signal.aborted ? "cancelled" : "unknown");
      if (job.signal.aborted) {
        this.#forget(id);
        return failure;
      }
      this.failed(error);
      const passing = !failure.status || failure.status === 408 || failure.status === 429 || failure.status >= 500;
      upload.again = passing
        ? () => {
            this.#forget(id);
            void this.#upload(file, place);
          }
        : null;
      return failure;
    } finally {
      this.#jobs.delete(id);
      this.host.changed();
    }
  }

  /** Takes an upload off the list. */
  #forget(id: string): void {
    this.files = this.files.filter((upload) => upload.id !== id);
    this.host.changed();
  }

  /** Resolves when another upload may begin; rejects when this one was cancelled meanwhile. */
  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#running >= AT_ONCE) await new Promise<void>((go) => this.#waiting.push(go));
    this.#running++;
    if (!signal.aborted) return;
    this.#running--;
    this.#waiting.shift()?.();
    signal.throwIfAborted();
  }

  async #send(file: File, signal: AbortSignal, progress: (share: number) => void): Promise<WireAttachment> {
    const { client, options } = this.host;
    const strategy = "uploadStrategy" in options.api ? options.api.uploadStrategy : undefined;
    if (strategy?.type === "direct") {
      const init = { method: "POST", body: multipart(file), signal };
      return (await (await client.upload(strategy.uploadUrl, init, progress)).json()) as WireAttachment;
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
      const response = await client.upload(target.url, init, progress);
      const kept = (await response.json().catch(() => null)) as WireAttachment | null;
      return kept?.id === value.id ? kept : told;
    } catch (error) {
      // What was announced and has not come is nobody's.
      client.call("attachments.delete", { attachment_id: value.id }).catch(() => {});
      throw error;
    }
  }

  #refusal(file: File): string | null {
    const { strings } = this.host;
    const { maxSize, accept } = this.host.options.composer?.attachments ?? {};
    if (file.size > limitFor(file, maxSize)) return strings.tooLarge(file.name);
    if (accept && Object.keys(accept).length && !accepted(file, accept)) return strings.wrongType(file.name);
    return null;
  }
}

function hostOf(address: unknown): string | null {
  const link = safeLink(address);
  return link && /^https?:/.test(link) && !sameOrigin(link) ? new URL(link).hostname : null;
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
