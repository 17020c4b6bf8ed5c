import { describe, expect, test } from "vitest";
import { afterEdit, find, placed, type Tag, toParts } from "./tags";

function tag(id: string, text = `@${id}`): Tag {
  return { type: "input_tag", id, text, data: {} };
}

const ANN = tag("Ann");
const ANNA = tag("Anna");
const BOTH = placed([tag("Ann"), { type: "input_text", text: " " }, tag("Anna")]);

/** The ids of the tags, and the plain text between them, after an edit that ended at `|`. */
function edited(after: string, before = BOTH): string[] {
  const text = after.replace("|", "");
  const kept = afterEdit(before.tags, before.text, text, after.indexOf("|"));
  return toParts(text, kept).map((part) => (part.type === "input_tag" ? `#${part.id}` : part.text));
}

describe("an edit", () => {
  test.each([
    ["of the shorter tag, at the front", "|@Anna", ["#Anna"]],
    ["of the shorter tag, leaving the space", "| @Anna", ["#Anna"]],
    ["of the longer one", "@Ann |", ["#Ann"]],
    ["before them", "So |@Ann @Anna", ["So ", "#Ann", " ", "#Anna"]],
    ["between them", "@Ann or| @Anna", ["#Ann", " or ", "#Anna"]],
    ["behind them", "@Ann @Anna?|", ["#Ann", " ", "#Anna", "?"]],
    ["inside one", "@Ann @An|a", ["#Ann", " @Ana"]],
    ["that makes a longer word of one", "@Annb| @Anna", ["@Annb ", "#Anna"]],
    ["that joins both", "@Ann|@Anna", ["#Ann", "#Anna"]],
    ["of everything", "|", [""]],
  ])("%s", (_, after, parts) => {
    expect(edited(after)).toEqual(parts);
  });

  test("of one of two tags that read the same leaves the other", () => {
    const twins = placed([tag("1", "@Ann"), { type: "input_text", text: ", " }, tag("2", "@Ann")]);
    expect(edited("|@Ann", twins)).toEqual(["#2"]);
    expect(edited("@Ann|", twins)).toEqual(["#1"]);
  });

  test("whose caret says nothing is taken by what is equal at both ends", () => {
    expect(edited("@Ann, then @Anna|")).toEqual(["#Ann", ", then @Anna"]);
    const kept = afterEdit(BOTH.tags, BOTH.text, "So @Ann @Anna", 0);
    expect(kept.map(({ at }) => at)).toEqual([3, 8]);
  });
});

describe("finding", () => {
  test.each([
    ["@Anna", [["Anna", 0]]],
    [
      "@Anna @Ann",
      [
        ["Anna", 0],
        ["Ann", 6],
      ],
    ],
    ["@Annabel", []],
    ["@Ann @Ann", [["Ann", 0]]],
  ])("in %j", (text, expected) => {
    expect(find([ANN, ANNA], text).map(({ tag: { id }, at }) => [id, at])).toEqual(expected);
  });

  test.each([
    ["Mary Ann", ["Mary Ann"]],
    ["JoAnn", []],
    ["Annual, says Ann", ["Ann"]],
  ])("tags without a sign in %j", (text, expected) => {
    const tags = [tag("Ann", "Ann"), tag("Mary Ann", "Mary Ann")];
    expect(find(tags, text).map(({ tag: { id } }) => id)).toEqual(expected);
  });

  test("leaves the tags that are known where they are", () => {
    expect(find([ANN], "@Anna @Ann", [{ tag: ANNA, at: 0 }]).map(({ at }) => at)).toEqual([0, 6]);
  });
});

describe("a text that is sent", () => {
  test.each([
    ["  Hello  ", "Hello"],
    ["\n\n  def f():\n    return 1\n\n", "  def f():\n    return 1"],
    [" \n \tone\n\ttwo ", " \tone\n\ttwo"],
    ["\treturn 1", "\treturn 1"],
    ["    return 1", "    return 1"],
    [" \n", ""],
  ])("%j goes as %j", (text, sent) => {
    expect(toParts(text, [])).toEqual([{ type: "input_text", text: sent }]);
  });

  test("may begin and end with a tag", () => {
    const { text, tags } = placed([{ type: "input_text", text: "  " }, ANN, { type: "input_text", text: " \n" }]);
    expect(toParts(text, tags)).toEqual([ANN]);
  });
});
