// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from "vitest";
import { claim, disownForNext, disownOthers, handOver } from "./memory";

const DRAFT = "chatkit:draft:w:";
const draft = () => sessionStorage.getItem(DRAFT);

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
});

function written(by: string): void {
  claim(by);
  sessionStorage.setItem(DRAFT, "Where is my order?");
}

describe("who has logged in", () => {
  test("has what the visitor has written who they were", () => {
    written("visitor");
    claim("ada", "visitor");
    expect(draft()).not.toBeNull();
    claim("ada"); // from then on it is theirs
    expect(draft()).not.toBeNull();
  });

  test("has nothing of another visitor, or of a user", () => {
    written("visitor");
    claim("ada", "another");
    expect(draft()).toBeNull();
    written("ada");
    claim("bob", "visitor");
    expect(draft()).toBeNull();
    written("visitor");
    claim("ada");
    expect(draft()).toBeNull();
  });

  test("has what was written without a login where they logged in meanwhile", () => {
    written("");
    handOver("");
    claim("ada");
    expect(draft()).not.toBeNull();
    written("");
    handOver("");
    claim("");
    expect(draft()).toBeNull();
  });

  test("has what was written without a login before, and no more of a former user's page", () => {
    written("");
    claim("ada");
    expect(draft()).not.toBeNull();
    claim("bob");
    expect(draft()).toBeNull();
    written("ada");
    disownForNext();
    sessionStorage.setItem(DRAFT, "Still typing");
    claim("bob");
    expect(draft()).toBeNull();
  });
});

describe("a launcher", () => {
  test("leaves to users what is theirs while nobody is logged in", () => {
    written("ada");
    localStorage.setItem("chatkit:answer:w", "{}");
    disownOthers("");
    expect(draft()).not.toBeNull();
    expect(localStorage.length).toBe(0);
    disownOthers("ada");
    expect(draft()).not.toBeNull();
    disownOthers("bob");
    expect(draft()).toBeNull();
  });

  test("leaves a visitor's to who they are by now", () => {
    written("visitor");
    disownOthers("ada", "visitor");
    expect(draft()).not.toBeNull();
    disownOthers("ada");
    expect(draft()).toBeNull();
  });
});
