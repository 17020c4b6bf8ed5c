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
}

const DEFAULT_MAX_SIZE = 100 * 1024 * 1024;
const DEFAULT_MAX_COUNT = 10;

export class Uploads {
  files: Upload[] = [];
  #jobs = new Map<string, AbortController>();
  #pictures = new Map<string, string>();
  /** The place in which each attachment was chosen: a small file may arrive before one that was chosen earlier. */
  #chosen = new Map<string, number>();
  #choices = 0;
  /** Where the site's store has its pictures, as the page or an answer to an upload has told. */
  #stores = new Set(site.read<string[]>("stores"));

  constructor(
    private readonly host: Host,
    private readonly composer: Composer,
    private readonly failed: (error: unknown) => void,
  ) {}

  get enabled(): boolean {
    const { api, composer } = this.host.options;
    return composer?.attachments?.enabled === true && "uploadStrategy" in api && api.uploadStrategy !== undefined;
  }

  get pending(): boolean {
    return this.files.length > 0;
  }

  /** The `accept` of the file dialogue. */
  get accept(): string | null {
    const accepted = Object.entries(this.host.options.composer?.attachments?.accept ?? {});
    return accepted.length ? accepted.flatMap(([type, extensions]) => [type, ...extensions]).join(",") : null;
  }

  /** Null, or the first failure; each is shown. */
  async add(files: File[]): Promise<ApiError | null> {
    const { maxCount = DEFAULT_MAX_COUNT } = this.host.options.composer?.attachments ?? {};
    const room = maxCount - this.composer.attachments.length - this.files.length;
    const refusal =
      files.length > room
        ? this.host.strings.tooMany(maxCount)
        : files.map((file) => this.#refusal(file)).find((reason) => reason !== null);
    if (refusal) {
      const error = new ApiError("attachment_refused", refusal, { userMessage: refusal });
      this.failed(error);
      return error;
    }
    const failures = await Promise.all(files.map((file) => this.#upload(file)));
    return failures.find((failure) => failure !== null) ?? null;
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

  cancel(id: string): void {
    this.#jobs.get(id)?.abort();
  }

  /** Takes an attachment off the message and off the server. */
  remove(attachment: WireAttachment): void {
    this.composer.setAttachments(this.composer.attachments.filter(({ id }) => id !== attachment.id));
    if (!this.enabled) return;
    this.host.client.call("attachments.delete", { attachment_id: attachment.id }).catch(this.failed);
  }

  async #upload(file: File): Promise<ApiError | null> {
    const id = localId();
    const place = ++this.#choices;
    const job = new AbortController();
    this.#jobs.set(id, job);
    this.files = [...this.files, { id, name: file.name }];
    this.host.changed();
    try {
      const attachment = await this.#send(file, job.signal);
      if (attachment.type === "image") this.#pictures.set(attachment.id, URL.createObjectURL(file));
      this.trust([attachment]);
      this.#chosen.set(attachment.id, place);
      const { attachments } = this.composer;
      const before = attachments.filter((other) => (this.#chosen.get(other.id) ?? 0) < place);
      const after = attachments.filter((other) => !before.includes(other));
      this.composer.setAttachments([...before, attachment, ...after]);
      return null;
    } catch (error) {
      if (!job.signal.aborted) this.failed(error);
      return fromHost(error, job.signal.aborted ? "cancelled" : "unknown");
    } finally {
      this.#jobs.delete(id);
      this.files = this.files.filter((upload) => upload.id !== id);
      this.host.changed();
    }
  }

  async #send(file: File, signal: AbortSignal): Promise<WireAttachment> {
    const { client, options } = this.host;
    const strategy = "uploadStrategy" in options.api ? options.api.uploadStrategy : undefined;
    if (strategy?.type === "direct") {
      const response = await client.upload(strategy.uploadUrl, { method: "POST", body: multipart(file), signal });
      return (await response.json()) as WireAttachment;
    }
    const { value } = await client.call<WireAttachment>(
      "attachments.create",
      { name: file.name, size: file.size, mime_type: file.type || "application/octet-stream" },
      { signal },
    );
    const target = value.upload_descriptor;
    if (target) {
      // PUT takes the bytes as they are, POST the form that the SDK's guide describes.
      const body = target.method === "PUT" ? file : multipart(file);
      await client.upload(target.url, { method: target.method, headers: target.headers ?? {}, body, signal });
    }
    return value;
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
