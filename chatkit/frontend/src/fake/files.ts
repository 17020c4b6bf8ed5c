/** The files that the fake backend takes, or refuses. */
import type { WireAttachment } from "../wire/protocol";
import type { Ids } from "./ids";
import { NotFound } from "./threads";

export interface KeptFile {
  id: string;
  name: string;
  mime_type: string;
  uploaded: boolean;
}

export class Files {
  readonly all: KeptFile[] = [];

  constructor(private readonly ids: Ids) {}

  /** What is announced, and where it is to be sent. */
  announce(params: Record<string, unknown>, url: string): WireAttachment {
    const file = this.#add(String(params.name), String(params.mime_type), false);
    const target = new URL(url);
    target.pathname += `/upload/${file.id}`;
    return { ...wire(file), upload_descriptor: { url: target.href, method: "PUT" } };
  }

  /** The bytes of what was announced, or a form with a file in it. */
  upload(id: string | null, body: unknown): WireAttachment {
    if (id !== null) {
      const file = this.all.find((one) => one.id === id);
      if (!file) throw new NotFound();
      file.uploaded = true;
      return wire(file);
    }
    const sent = body instanceof FormData ? [...body.values()].find((value) => value instanceof Blob) : null;
    const named = sent as File | null | undefined;
    return wire(this.#add(named?.name ?? "file", named?.type || "application/octet-stream", true));
  }

  delete(id: unknown): void {
    const at = this.all.findIndex((file) => file.id === id);
    if (at >= 0) this.all.splice(at, 1);
  }

  /** Those that a message names. */
  named(ids: unknown): WireAttachment[] {
    return (Array.isArray(ids) ? ids : []).map((id) => {
      const file = this.all.find((one) => one.id === id);
      if (!file) throw new NotFound();
      return wire(file);
    });
  }

  #add(name: string, mime_type: string, uploaded: boolean): KeptFile {
    const file = { id: this.ids.next("atc"), name, mime_type, uploaded };
    this.all.push(file);
    return file;
  }
}

function wire({ id, name, mime_type }: KeptFile): WireAttachment {
  return { id, name, mime_type, type: mime_type.startsWith("image/") ? "image" : "file" };
}
