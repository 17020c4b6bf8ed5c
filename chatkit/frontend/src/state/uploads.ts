/** Files of the message that is being written. How they travel is in the part `files`, which the first one loads. */
import type { Attachment } from "@openai/chatkit";
import { site } from "../kept";
import type * as Files from "../lazy/files";
import { lazy } from "../lazy-import";
import { ownImage, safeGeneratedImage, safeLink, sameOrigin } from "../links";
import { ApiError, fromHost, left } from "../wire/api-error";
import type { WireAttachment } from "../wire/protocol";
import type { Composer } from "./composer";
import type { Host } from "./host";

/** A file on its way, or one that did not arrive. */
export interface Upload {
  id: string;
  name: string;
  /** How much has gone, from 0 to 1; null where the browser does not tell. */
  progress: number | null;
  /** What it was chosen for: `writing` of the composer. */
  writing: object;
  /** Sends it again; null where that would not help. Set once it has failed. */
  again?: (() => void) | null;
}

export class Uploads {
  /** Also those of what was set aside meanwhile. */
  #all: Upload[] = [];
  #sending: Files.Sending | null = null;
  /** Files were chosen, and the part that sends them is not there yet. */
  #loading = false;
  /** Goes up with every conversation that is left. */
  #left = 0;
  #pictures = new Map<string, string>();
  /** Where the site's store has its pictures, as the page or an answer to an upload has told. */
  #stores = new Set(site.read<string[]>("stores"));

  constructor(
    readonly host: Host,
    readonly composer: Composer,
    readonly failed: (error: unknown) => void,
    private readonly part = (): Promise<typeof Files> => lazy("files"),
  ) {}

  /** Those of what is being written. */
  get files(): Upload[] {
    return this.#all.filter(({ writing }) => writing === this.composer.writing);
  }

  get enabled(): boolean {
    const { api, composer } = this.host.options;
    // With a client secret the server is one of ours, which takes them in two steps.
    const known = "getClientSecret" in api || api.uploadStrategy !== undefined;
    return composer?.attachments?.enabled === true && known;
  }

  get pending(): boolean {
    return this.#loading || this.files.some((file) => file.again === undefined);
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
    const before = this.#left;
    const { writing } = this.composer;
    try {
      this.#loading = !this.#sending;
      const { Sending } = await this.part();
      this.#loading = false;
      if (before !== this.#left) return left();
      this.#sending ??= new Sending(this);
      return await this.#sending.add(files, writing);
    } catch (thrown) {
      this.#loading = false;
      const error = fromHost(thrown, "network");
      this.failed(error);
      return error;
    }
  }

  /** What was thrown as an error of ours; the sentence of a refusal as one. */
  error(thrown: unknown, code: string): ApiError {
    return typeof thrown === "string" ? new ApiError(code, thrown, { userMessage: thrown }) : fromHost(thrown, code);
  }

  /** A file has arrived. */
  arrived(file: File, attachment: WireAttachment): void {
    if (attachment.type === "image") this.#pictures.set(attachment.id, URL.createObjectURL(file));
    this.trust([attachment]);
    this.host.announce(this.host.strings.attached(attachment.name));
  }

  /** Puts this one on the list, in place of the one with its id, or takes one off. */
  list(id: string, upload?: Upload): void {
    const others = this.#all.filter((other) => other.id !== id);
    this.#all = upload ? [...others, upload] : others;
    this.host.changed();
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

  /** Has the camera of a phone take a picture; a device without one asks for a file. */
  photograph(): void {
    void this.part().then(({ photograph }) => photograph((files) => void this.add(files)), this.failed);
  }

  /** Gives a sent file to its person, by the browser's own downloads. */
  download(attachment: WireAttachment): void {
    void this.part().then(({ download }) => download(this, attachment), this.failed);
  }

  /** Ends an upload, or takes one off that has failed. */
  cancel(id: string): void {
    this.#sending?.end(id);
    this.list(id);
  }

  /** Another conversation is opened: what has not arrived is not for that one. */
  leave(): void {
    this.#left++;
    for (const { id } of this.#all) this.cancel(id);
  }

  /** Takes an attachment off the message, and off the server unless a message that was sent has it. */
  remove(attachment: WireAttachment): void {
    if (this.composer.takeOff(attachment.id)) this.discard(attachment);
  }

  /** Takes a file off the server that no message has. */
  discard(attachment: WireAttachment): void {
    if (!this.enabled) return;
    this.host.client.call("attachments.delete", { attachment_id: attachment.id }).catch(this.failed);
  }
}

function hostOf(address: unknown): string | null {
  const link = safeLink(address);
  return link && /^https?:/.test(link) && !sameOrigin(link) ? new URL(link).hostname : null;
}
