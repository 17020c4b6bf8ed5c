import type { ToolOption } from "@openai/chatkit";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { tab } from "../kept";
import { FakeHost } from "../testing/fake-host";
import { Composer, toContent } from "./composer";

const SEARCH: ToolOption = { id: "search", label: "Search", icon: "search" };
const PERSISTENT: ToolOption = { id: "deep", label: "Deep", icon: "globe", persistent: true };

let host: FakeHost;
let composer: Composer;
beforeEach(() => {
  sessionStorage.clear();
  host = new FakeHost();
  host.options.composer = {
    tools: [SEARCH, PERSISTENT],
    models: [
      { id: "off", label: "Off", disabled: true },
      { id: "small", label: "Small" },
      { id: "large", label: "Large", default: true },
    ],
  };
  composer = new Composer(host, () => "here");
});

describe("a message", () => {
  test("travels trimmed, with the chosen model and no empty fields", () => {
    composer.setText("  Hello  ");
    expect(composer.input()).toEqual({
      content: [{ type: "input_text", text: "Hello" }],
      attachments: [],
      inference_options: { model: "large" },
    });
  });

  test("carries the quote, the tool, the model and the attachments", () => {
    composer.setText("Hello");
    composer.setQuote("quoted");
    composer.setTool("search");
    composer.setModel("small");
    composer.setAttachments([{ type: "file", id: "f1", name: "a.txt", mime_type: "text/plain" }]);
    expect(composer.input()).toMatchObject({
      attachments: ["f1"],
      inference_options: { model: "small", tool_choice: { id: "search" } },
      quoted_text: "quoted",
    });
  });

  test("does not carry a tool that the page has taken away, and the page hears of that", () => {
    composer.setText("Hello");
    composer.setTool("search");
    host.options.composer = { tools: [PERSISTENT] };
    expect(composer.input().inference_options).toEqual({});
    composer.renew();
    expect(composer.toolId).toBeNull();
    expect(host.details("chatkit.tool.change")).toEqual([{ toolId: "search" }, { toolId: null }]);
    composer.setTool("deep");
    composer.renew();
    expect(composer.toolId).toBe("deep");
  });

  test("is empty without words and files", () => {
    composer.setText(" \n");
    expect(composer.empty).toBe(true);
    composer.setText(" \0"); // nothing is left of it in what is sent
    expect(composer.empty).toBe(true);
    composer.setAttachments([{ type: "file", id: "f1", name: "a.txt", mime_type: "text/plain" }]);
    expect(composer.empty).toBe(false);
  });
});

describe("a tag", () => {
  const content = [
    { type: "input_text", text: "Ask " },
    { type: "input_tag", id: "e1", text: "@Ann", group: "people", interactive: true, data: { a: "b" } },
    { type: "input_text", text: " or " },
    { type: "input_tag", id: "e2", text: "@Anna", data: {} },
  ] as const;

  function ids(): string[] {
    return composer.input().content.flatMap((part) => (part.type === "input_tag" ? part.id : []));
  }

  beforeEach(() => composer.setContent([...content]));

  test("travels at its place", () => {
    expect(composer.text).toBe("Ask @Ann or @Anna");
    expect(composer.input().content).toEqual([
      content[0],
      content[1],
      content[2],
      { ...content[3], group: undefined, interactive: false },
    ]);
  });

  test("stays one while its text is left as it is", () => {
    composer.setText("Please ask @Ann or @Anna", 7);
    expect(ids()).toEqual(["e1", "e2"]);
  });

  test.each([
    ["Ask @Anna", 4],
    ["Ask @Anna", 9],
    ["Ask @Anna", undefined],
  ])("is not taken for one that begins like it: %j with the caret at %j", (text, caret) => {
    composer.setText(text, caret);
    expect(composer.input().content).toEqual([content[0], expect.objectContaining({ id: "e2" })]);
  });

  test("is plain text once it was changed, and one again when that is undone", () => {
    composer.setText("Ask @An or @Anna", 7);
    expect(ids()).toEqual(["e2"]);
    composer.setText("Ask @Ann or @Anna", 8);
    expect(ids()).toEqual(["e1", "e2"]);
  });

  test("goes with its message", () => {
    composer.clear();
    composer.setText("@Ann");
    expect(ids()).toEqual([]);
  });

  test("given by the page always has data, which the server requires", () => {
    expect(toContent(undefined, [{ type: "input_tag", id: "e1", text: "@Ada" }])).toEqual([
      { type: "input_tag", id: "e1", text: "@Ada", data: {}, group: undefined, interactive: false },
    ]);
    expect(toContent("Hello")).toEqual([{ type: "input_text", text: "Hello" }]);
  });
});

describe("the tool", () => {
  test("is told to the page when it changes, and only then", () => {
    composer.setTool("search");
    composer.setTool("search");
    composer.setTool("unknown");
    expect(host.details("chatkit.tool.change")).toEqual([{ toolId: "search" }, { toolId: null }]);
  });

  test("goes with its message unless it is persistent", () => {
    composer.setTool("search");
    composer.clear();
    expect(composer.toolId).toBeNull();
    composer.setTool("deep");
    composer.clear();
    expect(composer.toolId).toBe("deep");
  });
});

test("the model is the chosen one, else the default, else the first that may be chosen", () => {
  expect(composer.model?.id).toBe("large");
  composer.setModel("small");
  expect(composer.model?.id).toBe("small");
  composer.setModel("off");
  expect(composer.model?.id).toBe("large");
  host.options.composer = {
    models: [
      { id: "off", label: "Off", disabled: true },
      { id: "small", label: "Small" },
    ],
  };
  expect(composer.model?.id).toBe("small");
});

describe("a draft", () => {
  test("is kept for each thread", () => {
    composer.setText("new");
    composer.switchTo("t1");
    expect(composer.text).toBe("");
    composer.setText("of t1");
    composer.switchTo(null);
    expect(composer.text).toBe("new");
    composer.switchTo("t1");
    expect(composer.text).toBe("of t1");
  });

  test("goes along to the thread that its conversation became", () => {
    composer.setText("next");
    composer.switchTo("t1", true);
    expect(composer.text).toBe("next");
    composer.switchTo(null);
    expect(composer.text).toBe("");
  });

  test("is not that of another element", () => {
    composer.setText("mine");
    const other = new Composer(host, () => "elsewhere");
    other.switchTo(null);
    expect(other.text).toBe("");
  });

  test("of a temporary conversation is kept in the page alone", () => {
    const thread = { temporary: false, holds: () => false };
    const kept = () => tab.names("draft:secret").map((name) => tab.get(name));
    const secret = new Composer(host, () => "secret", { thread });
    secret.setText("secretword");
    expect(kept()).toHaveLength(1);
    thread.temporary = true;
    secret.keep();
    secret.setText("secretword, and more");
    secret.setAttachments([{ type: "file", id: "a1", name: "secretword.txt", mime_type: "text/plain" }]);
    secret.switchTo("t1", true);
    expect(secret.text).toBe("secretword, and more");
    expect(kept()).toEqual([]);
  });

  test("lives on in the page where storage is refused", () => {
    vi.spyOn(sessionStorage, "setItem").mockImplementation(() => {
      throw new DOMException("refused", "SecurityError");
    });
    composer.setText("still here");
    expect(composer.text).toBe("still here");
  });
});

describe("a message that comes back", () => {
  const input = { ...new Composer(new FakeHost(), () => "").input(), quoted_text: "quoted" };
  input.content = [
    { type: "input_text", text: "Ask " },
    { type: "input_tag", id: "e1", text: "@Ada", data: {} },
  ];
  input.inference_options = { tool_choice: { id: "search" } };

  test("comes back as it was", () => {
    composer.restore(input, [{ type: "file", id: "f1", name: "a.txt", mime_type: "text/plain" }]);
    expect(composer).toMatchObject({ text: "Ask @Ada", quote: "quoted", toolId: "search" });
    expect(composer.input()).toMatchObject({ attachments: ["f1"], content: [{ text: "Ask " }, { id: "e1" }] });
  });

  test("does not take the place of what was written meanwhile", () => {
    composer.setText("newer");
    composer.restore(input, []);
    expect(composer.text).toBe("newer");
  });
});

describe("what a question that is asked anew sets aside", () => {
  test("is there again as it was, once that is sent", () => {
    composer.setText("To {{name}} ");
    composer.fillIn("{{name}}");
    composer.setQuote("quoted");
    composer.setTool("search");
    composer.setAside();
    composer.clear();
    composer.setText("Old");
    composer.clear();
    composer.takeUp(true);
    expect(composer).toMatchObject({ text: "To {{name}} ", quote: "quoted", toolId: "search", fields: ["{{name}}"] });
    composer.setText("more");
    expect(tab.read("draft:here:")).toMatchObject({ content: [{ text: "more" }] });
  });

  test("is nothing where nothing was written: a persistent tool stays chosen", () => {
    composer.setAside();
    composer.setText("Old");
    composer.setTool("deep");
    composer.clear();
    composer.takeUp(true);
    expect(composer).toMatchObject({ text: "", toolId: "deep" });
    expect(tab.read("draft:here:")).toMatchObject({ tool: "deep" });
  });
});

describe("the fields of a template", () => {
  test("are told once, and kept with the draft", () => {
    composer.setText("To {{name}}, {{own}}");
    composer.fillIn("{{name}}");
    expect(composer.fields).toEqual(["{{name}}"]);
    const again = new Composer(host, () => "here");
    again.switchTo(null);
    expect(again.fields).toEqual(["{{name}}"]);
    expect([again.unfinished, again.unfinished]).toEqual([true, false]);
    again.setText("To {{name}}, now");
    expect(again.unfinished).toBe(true);
    again.setText("To Ann");
    expect([again.unfinished, again.fields]).toEqual([false, []]);
  });
});

test("a tag is put over its own text alone, and takes the place of another there", () => {
  const tag = (id: string, text: string) => ({ type: "input_tag" as const, id, text, data: {} });
  composer.setText("Ask Ada Lovelace");
  composer.place(tag("1", "Bo"), 4);
  expect(composer.tags).toEqual([]);
  composer.place(tag("2", "Ada"), 4);
  composer.place(tag("3", "Ada Lovelace"), 4);
  expect(composer.input().content).toEqual([{ type: "input_text", text: "Ask " }, tag("3", "Ada Lovelace")]);
  expect(composer.between(0, 6)).toEqual([{ type: "input_text", text: "Ask Ad" }]);
});

describe("the chosen tool and model", () => {
  test("belong to their conversation, and are there again after a reload", () => {
    composer.switchTo("t1");
    composer.setModel("small");
    composer.setTool("deep");
    composer.switchTo("t2");
    expect([composer.model?.id, composer.toolId]).toEqual(["large", null]);
    const reloaded = new Composer(host, () => "here");
    reloaded.switchTo("t1");
    expect([reloaded.model?.id, reloaded.toolId]).toEqual(["small", "deep"]);
  });

  test("go along when a new conversation gets its id", () => {
    composer.setModel("small");
    composer.setText("Hello");
    composer.clear();
    composer.switchTo("t1", true);
    composer.switchTo(null);
    expect(composer.model?.id).toBe("large");
    composer.switchTo("t1");
    expect(composer.model?.id).toBe("small");
  });

  test("are passed over where the page no longer offers them", () => {
    composer.switchTo("t1");
    composer.setModel("small");
    composer.setTool("search");
    composer.switchTo("t2");
    host.options.composer = { models: [{ id: "new", label: "New" }] };
    composer.switchTo("t1");
    expect([composer.model?.id, composer.toolId]).toEqual(["new", null]);
  });
});
