// @ts-nocheck: the types of Node are no part of this project.
/** The emitted code as a compiler sees it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { changed, site } from "../testing/playground";
import { react, script } from "./code";

test("OpenAI's types accept JavaScript and React", { timeout: 30_000 }, () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const folder = mkdtempSync(path.join(tmpdir(), "playground-"));
  try {
    const modules = path.join(root, "node_modules");
    writeFileSync(path.join(folder, "chat.js"), script(site, changed()));
    writeFileSync(path.join(folder, "Chat.jsx"), react(site, changed()));
    const compilerOptions = {
      ...{ target: "ES2022", module: "ESNext", moduleResolution: "bundler", lib: ["ES2022", "DOM"], jsx: "preserve" },
      ...{ allowJs: true, checkJs: true, noEmit: true, skipLibCheck: true, strict: false, types: [] },
      paths: { "@openai/*": [path.join(modules, "@openai/*")] },
    };
    const files = ["chat.js", "Chat.jsx", "element.d.ts"];
    writeFileSync(
      path.join(folder, "element.d.ts"),
      'interface HTMLElementTagNameMap { "openai-chatkit": import("@openai/chatkit").OpenAIChatKit }',
    );
    writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    const tsc = path.join(modules, "typescript/bin/tsc");
    const done = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    const wrong = done.stdout.split("\n").filter((line) => /^\S*chat\.jsx?\(/i.test(line));
    // React's own types are no part of this project.
    expect(wrong.filter((line) => !/JSX|react\/jsx|TS7016/.test(line))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
