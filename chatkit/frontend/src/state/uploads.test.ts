import { beforeEach, describe, expect, test, vi } from "vitest";
import { FakeHost, json, refusal } from "../testing/fake-host";
import type { ApiError } from "../wire/api-error";
import type { ThreadItem, WireThread } from "../wire/protocol";
import { Composer } from "./composer";
import { Thread } from "./thread";
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
  uploads = new Uploads(
    host,
    composer,
    (error) => failures.push(error),
    () => import("../lazy/files"),
  );
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
    ["too large", { maxSize: 2 }, [file()]],
    ["too large for its type", { maxSize: { "text/*": 2, "*": 100 } }, [file()]],
    ["of a wrong type", { accept: { "image/*": [".png"] } }, [file()]],
  ])("%s", async (_, options, files) => {
    configure(options as Partial<Attachments>);
    await uploads.add(files);
    expect(failures).toMatchObject([{ code: "attachment_refused", userMessage: expect.stringMatching(/./) }]);
    expect(host.requests).toEqual([]);
  });

  test("is the wrong file of five alone", async () => {
    configure({ maxSize: 5, maxCount: 5 });
    host.on("POST https://shop.example/upload", ({ params }) => {
      const { name } = (params.body as FormData).get("file") as File;
      return json({ ...TEXT, id: name, name });
    });
    const sizes = [3, 4, 9, 5, 1];
    const refused = await uploads.add(sizes.map((size) => file(`${size}.txt`, "text/plain", size)));
    expect(refused).toMatchObject({ code: "attachment_refused", userMessage: "9.txt is too large." });
    expect(failures).toHaveLength(1);
    expect(composer.attachments.map(({ name }) => name)).toEqual(["3.txt", "4.txt", "5.txt", "1.txt"]);
  });

  test("is said with all that fails on its way, each with its name", async () => {
    configure({ maxCount: 3 });
    host.on("POST https://shop.example/upload", ({ params }) => {
      const { name } = (params.body as FormData).get("file") as File;
      return name.startsWith("bad") ? refusal(400, "empty") : json({ ...TEXT, id: name, name });
    });
    await uploads.add(["bad1.txt", "good.txt", "bad2.txt", "more.txt"].map((name) => file(name)));
    const last = failures.at(-1) as ApiError;
    expect(last).toMatchObject({ code: "empty", status: 400 });
    const [few = "", first = "", second = ""] = (last.userMessage ?? "").split(/(?<=\)|attached\.) /);
    expect(few).toBe("At most 3 files can be attached.");
    expect([first, second].toSorted()).toEqual(
      ["bad1.txt", "bad2.txt"].map((name) => `A sentence about empty. (\u2068${name}\u2069)`),
    );
    expect(composer.attachments.map(({ name }) => name)).toEqual(["good.txt"]);
  });

  test("is said as the server has it where it was the only one", async () => {
    host.on("POST https://shop.example/upload", () => refusal(400, "empty"));
    await uploads.add([file()]);
    expect(failures).toMatchObject([{ userMessage: "A sentence about empty." }]);
  });

  test("is what is too much", async () => {
    configure({ maxCount: 1 });
    host.on("POST https://shop.example/upload", () => json(TEXT));
    await uploads.add([file(), file("b.txt")]);
    expect(failures).toMatchObject([{ userMessage: "Only one file can be attached." }]);
    expect(composer.attachments).toEqual([TEXT]);
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

describe("a file that arrives while another question is being edited", () => {
  let arrive: () => void;

  beforeEach(() => {
    host.on("POST https://shop.example/upload", () => new Promise((go) => (arrive = () => go(json(TEXT)))));
  });

  test("is in the draft that it was chosen for", async () => {
    composer.setText("With a file.");
    const sent = uploads.add([file()]);
    await vi.waitFor(() => expect(host.requests).toHaveLength(1));
    composer.setAside();
    composer.clear();
    expect(uploads.files).toEqual([]);
    expect(uploads.pending).toBe(false);
    arrive();
    await sent;
    expect(composer.attachments).toEqual([]);
    composer.takeUp();
    expect(composer.attachments).toEqual([TEXT]);
    expect(composer.text).toBe("With a file.");
  });

  test("is in it also where that is being written again by then", async () => {
    const sent = uploads.add([file()]);
    await vi.waitFor(() => expect(host.requests).toHaveLength(1));
    composer.setAside();
    composer.clear();
    composer.takeUp(true);
    expect(uploads.files).toHaveLength(1);
    arrive();
    await sent;
    expect(composer.attachments).toEqual([TEXT]);
  });

  test("is nobody's where it was chosen for the question, which was left", async () => {
    composer.setAside();
    composer.clear();
    const sent = uploads.add([file()]);
    await vi.waitFor(() => expect(host.requests).toHaveLength(1));
    composer.takeUp();
    arrive();
    await sent;
    expect(composer.attachments).toEqual([]);
    await vi.waitFor(() => expect(host.sent("attachments.delete")).toEqual([{ attachment_id: "f1" }]));
  });
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

  test("that fails for its own sake is told and can be taken off", async () => {
    host.on("POST https://shop.example/upload", () => refusal(413, "too_large"));
    expect(await uploads.add([file()])).toMatchObject({ code: "too_large" });
    expect(failures).toMatchObject([{ code: "too_large" }]);
    expect(composer.attachments).toEqual([]);
    expect(uploads.files).toMatchObject([{ name: "a.txt", again: null }]);
    expect(uploads.pending).toBe(false);
    uploads.cancel(uploads.files[0]?.id ?? "");
    expect(uploads.files).toEqual([]);
  });

  test("that fails for the server's sake can be tried again", async () => {
    const answers = [refusal(503, "files_unavailable"), json(TEXT)];
    host.on("POST https://shop.example/upload", () => answers.shift() as Response);
    await uploads.add([file()]);
    expect(failures).toMatchObject([{ code: "files_unavailable" }]);
    uploads.files[0]?.again?.();
    await vi.waitFor(() => expect(composer.attachments).toEqual([TEXT]));
    expect(uploads.files).toEqual([]);
    expect(failures).toHaveLength(1);
  });

  test("begins when another of three has ended", async () => {
    let open = 0;
    let most = 0;
    host.on("POST https://shop.example/upload", async ({ params }) => {
      most = Math.max(most, ++open);
      await Promise.resolve();
      open--;
      const { name } = (params.body as FormData).get("file") as File;
      return json({ ...TEXT, id: name, name });
    });
    await uploads.add(["a", "b", "c", "d", "e"].map((name) => file(name)));
    expect(most).toBe(3);
    expect(composer.attachments).toHaveLength(5);
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

describe("a conversation that is left", () => {
  test("takes along no file that has not arrived", async () => {
    let arrive = (_: Response): void => {};
    const asked = vi.fn(() => new Promise<Response>((resolve) => (arrive = resolve)));
    host.on("POST https://shop.example/upload", asked);
    const added = uploads.add([file()]);
    await vi.waitFor(() => expect(asked).toHaveBeenCalled());
    uploads.leave();
    composer.switchTo("t2");
    arrive(json(TEXT));
    expect(await added).toMatchObject({ code: "cancelled" });
    expect([failures, composer.attachments, uploads.files]).toEqual([[], [], []]);
  });

  test("nor one that was chosen while the part was fetched that sends it", async () => {
    host.on("POST https://shop.example/upload", () => json(TEXT));
    const added = uploads.add([file()]);
    uploads.leave();
    expect(await added).toMatchObject({ code: "left" });
    expect([host.requests, composer.attachments]).toEqual([[], []]);
    expect(uploads.pending).toBe(false);
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

test("behind a client secret files go in two steps, as the server keeps them", async () => {
  configure({}, { type: "two_phase" });
  const descriptor = { url: "https://files.example/u1", method: "PUT", headers: {} };
  host.on("attachments.create", () => json({ ...TEXT, upload_descriptor: descriptor }));
  host.on("PUT https://files.example/u1", () => json({ ...TEXT, name: "a.png" }));
  await uploads.add([file()]);
  expect(composer.attachments).toEqual([{ ...TEXT, name: "a.png" }]);
  host.options = { ...host.options, api: { getClientSecret: async () => "ck_" } };
  expect(uploads.enabled).toBe(true);
});

test("what was announced and did not come is taken back", async () => {
  configure({}, { type: "two_phase" });
  const descriptor = { url: "https://files.example/u1", method: "PUT", headers: {} };
  host.on("attachments.create", () => json({ ...TEXT, upload_descriptor: descriptor }));
  host.on("PUT https://files.example/u1", () => refusal(503, "busy"));
  host.on("attachments.delete", () => json({}));
  await uploads.add([file()]);
  await vi.waitFor(() => expect(host.sent("attachments.delete")).toEqual([{ attachment_id: "f1" }]));
});

test("the camera is offered where pictures are taken", () => {
  expect(uploads.pictures).toBe(true);
  configure({ accept: { "text/plain": [".txt"] } });
  expect(uploads.pictures).toBe(false);
  configure({ accept: { "image/*": [] } });
  expect(uploads.pictures).toBe(true);
});

test("an attachment taken off is deleted on the server", async () => {
  composer.setAttachments([TEXT]);
  host.on("attachments.delete", () => json({}));
  uploads.remove(TEXT);
  expect(composer.attachments).toEqual([]);
  await vi.waitFor(() => expect(host.sent("attachments.delete")).toEqual([{ attachment_id: "f1" }]));
});

test("a file of a question that is edited stays on the server when it is taken off", async () => {
  const thread = new Thread();
  const sent = { type: "user_message", id: "q", created_at: "", content: [], attachments: [TEXT] } as const;
  thread.load({ id: "t1", created_at: "" } as WireThread, [sent as unknown as ThreadItem], null);
  composer = new Composer(host, () => "", { thread });
  uploads = new Uploads(host, composer, (error) => failures.push(error));
  configure({});
  host.on("attachments.delete", () => json({}));
  composer.setAttachments([TEXT, { ...TEXT, id: "f2" }]);
  for (const attachment of composer.attachments) uploads.remove(attachment);
  expect(composer.attachments).toEqual([]);
  await vi.waitFor(() => expect(host.sent("attachments.delete")).toEqual([{ attachment_id: "f2" }]));
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
    uploads = new Uploads(
      host,
      composer,
      (error) => failures.push(error),
      () => import("../lazy/files"),
    );
    expect(preview(`${SIGNED}3`)).toBe(`${SIGNED}3`);
    expect(preview("https://evil.example/a.png")).toBeNull();
  });

  test("is shown from where the page says that it is, and from the thread's domains", () => {
    expect(preview(SIGNED, ["store.example"])).toBe(SIGNED);
    uploads.trust([{ ...TEXT, type: "image", preview_url: SIGNED }]);
    expect(preview(SIGNED)).toBe(SIGNED);
  });
});
