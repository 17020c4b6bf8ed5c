import { beforeEach, describe, expect, test, vi } from "vitest";
import { FakeHost, json, refusal } from "../testing/fake-host";
import { Composer } from "./composer";
import { Uploads } from "./uploads";

const DIRECT = { type: "direct", uploadUrl: "https://shop.example/upload" } as const;
const TEXT = { id: "f1", type: "file", name: "a.txt", mime_type: "text/plain" } as const;

let host: FakeHost;
let composer: Composer;
let uploads: Uploads;
let failures: unknown[];
beforeEach(() => {
  host = new FakeHost();
  localStorage.clear();
  composer = new Composer(host, () => "");
  failures = [];
  uploads = new Uploads(host, composer, (error) => failures.push(error));
  configure({});
});

type Attachments = NonNullable<NonNullable<FakeHost["options"]["composer"]>["attachments"]>;

function configure(attachments: Partial<Attachments>, uploadStrategy: object = DIRECT): void {
  host.options = {
    ...host.options,
    api: { ...host.options.api, uploadStrategy } as FakeHost["options"]["api"],
    composer: { attachments: { enabled: true, ...attachments } },
  };
}

function file(name = "a.txt", type = "text/plain", size = 3): File {
  return new File(["x".repeat(size)], name, { type });
}

describe("what is refused", () => {
  test.each([
    ["too many", { maxCount: 1 }, [file(), file()]],
    ["too large", { maxSize: 2 }, [file()]],
    ["too large for its type", { maxSize: { "text/*": 2, "*": 100 } }, [file()]],
    ["of a wrong type", { accept: { "image/*": [".png"] } }, [file()]],
  ])("%s", async (_, options, files) => {
    configure(options as Partial<Attachments>);
    await uploads.add(files);
    expect(failures).toMatchObject([{ code: "attachment_refused", userMessage: expect.stringMatching(/./) }]);
    expect(host.requests).toEqual([]);
  });

  test("one file spoils its whole choice", async () => {
    configure({ maxSize: 5 });
    await uploads.add([file("small.txt"), file("large.txt", "text/plain", 9)]);
    expect(failures).toHaveLength(1);
    expect(host.requests).toEqual([]);
  });

  test.each([
    [{ accept: { "text/*": [] } }],
    [{ accept: { "application/pdf": [".TXT"] } }],
    [{ accept: { "*/*": [] } }],
    [{ accept: {} }],
    [{ maxSize: { "image/*": 1, "*": 100 } }],
  ])("not with %j", async (options) => {
    configure(options as Partial<Attachments>);
    host.on("POST https://shop.example/upload", () => json(TEXT));
    await uploads.add([file()]);
    expect(failures).toEqual([]);
    expect(composer.attachments).toHaveLength(1);
  });
});

test("the file dialogue offers the types and the endings", () => {
  expect(uploads.accept).toBeNull();
  configure({ accept: { "image/png": [".png"], "text/*": [] } });
  expect(uploads.accept).toBe("image/png,.png,text/*");
});

describe("a direct upload", () => {
  test("posts a form, shows the file while it travels and then attaches it", async () => {
    host.on("POST https://shop.example/upload", ({ params }) => {
      expect((params.body as FormData).get("file")).toMatchObject({ name: "a.txt", size: 3 });
      expect(uploads.files).toMatchObject([{ name: "a.txt" }]);
      expect(uploads.pending).toBe(true);
      return json(TEXT);
    });
    await uploads.add([file()]);
    expect(composer.attachments).toEqual([TEXT]);
    expect(uploads.pending).toBe(false);
  });

  test("that takes longer keeps the place in which its file was chosen", async () => {
    let arrive = (): void => {};
    const late = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    host.on("POST https://shop.example/upload", async ({ params }) => {
      const { name } = (params.body as FormData).get("file") as File;
      if (name === "first.txt") await late;
      return json({ ...TEXT, id: name, name });
    });
    const slow = uploads.add([file("first.txt")]);
    await uploads.add([file("second.txt")]);
    arrive();
    await slow;
    expect(composer.attachments.map(({ id }) => id)).toEqual(["first.txt", "second.txt"]);
  });

  test("of a picture shows the picture from here", async () => {
    vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:https://shop.example/1");
    host.on("POST https://shop.example/upload", () => json({ ...TEXT, type: "image" }));
    await uploads.add([file("a.png", "image/png")]);
    expect(composer.attachments.map((picture) => uploads.preview(picture, []))).toEqual([
      "blob:https://shop.example/1",
    ]);
  });

  test("that fails is told and leaves nothing behind", async () => {
    host.on("POST https://shop.example/upload", () => refusal(413, "too_large"));
    expect(await uploads.add([file()])).toMatchObject({ code: "too_large" });
    expect(failures).toMatchObject([{ code: "too_large" }]);
    expect([composer.attachments, uploads.files]).toEqual([[], []]);
  });

  test("that is cancelled is not told", async () => {
    host.on("POST https://shop.example/upload", ({ params }) => {
      uploads.cancel(uploads.files[0]?.id ?? "");
      (params.signal as AbortSignal).throwIfAborted();
      return json(TEXT);
    });
    await uploads.add([file()]);
    expect([failures, composer.attachments, uploads.files]).toEqual([[], [], []]);
  });
});

describe("an upload in two steps", () => {
  test.each(["PUT", "POST"] as const)("announces the file, then sends it by %s", async (method) => {
    configure({}, { type: "two_phase" });
    const descriptor = { url: "https://files.example/u1", method, headers: { "x-key": "1" } };
    host.on("attachments.create", () => json({ ...TEXT, upload_descriptor: descriptor }));
    const sent = vi.fn(() => new Response());
    host.on(`${method} https://files.example/u1`, sent);
    await uploads.add([file()]);
    expect(host.sent("attachments.create")).toEqual([{ name: "a.txt", size: 3, mime_type: "text/plain" }]);
    expect(sent).toHaveBeenCalledTimes(1);
    const [params] = host.sent(`${method} https://files.example/u1`);
    expect(params?.body).toBeInstanceOf(method === "PUT" ? File : FormData);
    expect(new Headers(params?.headers as Headers).get("x-key")).toBe("1");
    expect(composer.attachments).toMatchObject([{ id: "f1" }]);
  });
});

test("an attachment taken off is deleted on the server", async () => {
  composer.setAttachments([TEXT]);
  host.on("attachments.delete", () => json({}));
  uploads.remove(TEXT);
  expect(composer.attachments).toEqual([]);
  await vi.waitFor(() => expect(host.sent("attachments.delete")).toEqual([{ attachment_id: "f1" }]));
});

describe("a picture that was sent", () => {
  const SIGNED = "https://store.example/a.png?X-Signature=1";

  function preview(preview_url: string, domains: string[] = []): string | null {
    return uploads.preview({ ...TEXT, type: "image", preview_url }, domains);
  }

  test.each(["data:image/png;base64,iVBORw0KGgo=", "https://shop.example/a.png", "blob:https://shop.example/1"])(
    "is shown from %s",
    (address) => {
      expect(preview(address)).toBe(address);
    },
  );

  test.each([
    SIGNED,
    "data:image/svg+xml,<svg/>",
    "data:text/html,x",
    "javascript:alert(1)",
    "blob:https://evil.example/1",
  ])("is not shown from %s, which nobody named", (address) => {
    expect(preview(address)).toBeNull();
  });

  test("is shown from the store that uploads went to, also after a reload", async () => {
    host.on("POST https://shop.example/upload", () => json({ ...TEXT, type: "image", preview_url: SIGNED }));
    await uploads.add([file("a.png", "image/png")]);
    expect(preview(`${SIGNED}2`)).toBe(`${SIGNED}2`);
    uploads = new Uploads(host, composer, (error) => failures.push(error));
    expect(preview(`${SIGNED}3`)).toBe(`${SIGNED}3`);
    expect(preview("https://evil.example/a.png")).toBeNull();
  });

  test("is shown from where the page says that it is, and from the thread's domains", () => {
    expect(preview(SIGNED, ["store.example"])).toBe(SIGNED);
    uploads.trust([{ ...TEXT, type: "image", preview_url: SIGNED }]);
    expect(preview(SIGNED)).toBe(SIGNED);
  });
});
