// Builds everything the browser loads: `node build.mjs [--out DIR]`.
//
// chatkit.js is a classic script (`<script src async>`), so its lazy parts cannot be code-split by the
// bundler: they are built first, with the content hash in their name, and their names are compiled into
// chatkit.js: see src/lazy-import.ts. Everything here runs as a classic script, which a page may have from
// another origin without that origin's consent; the parts run as modules too.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { compactLucide, iconFiles } from "./lucide.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const argument = process.argv.indexOf("--out");
const out = argument > 0 ? path.resolve(process.argv[argument + 1]) : path.join(here, "../static/chatkit");
const siteFonts = path.join(here, "../../static/build");
// Of the optional apps; their scripts are no part of what the chat loads.
const consoleStatic = path.join(here, "../contrib/console/static/chatkit_console");
const articlesStatic = path.join(here, "../contrib/articles/static/chatkit_articles");
const playgroundStatic = path.join(here, "../contrib/playground/static/chatkit_playground");
const LAZY = {
  files: "src/lazy/files.ts",
  highlight: "src/lazy/highlight.ts",
  maths: "src/lazy/maths.ts",
  icons: "src/lazy/icons.ts",
  list: "src/lazy/list.ts",
  lucide: "src/lazy/lucide.ts",
  panels: "src/lazy/panels.ts",
  shortcuts: "src/lazy/shortcuts.ts",
  turns: "src/lazy/turns.ts",
  suggest: "src/lazy/suggest.ts",
  voice: "src/lazy/voice.ts",
  widgets: "src/lazy/widgets.ts",
};
const NO_LANGUAGES = ["en.ts", "resolve.ts", "strings.ts"]; // English is inside chatkit.js
const MAX_GZIP = 75 * 1024;
const MAX_LAUNCHER = 8 * 1024; // gzipped: it is on each page of a site

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  charset: "utf8",
  target: ["es2022", "chrome111", "firefox113", "safari16.4"],
  legalComments: "inline",
  logLevel: "warning",
  write: false,
};

/** Style sheets are template literals, which the bundler leaves as they are. */
const smallerSheets = {
  name: "smaller-sheets",
  setup({ onLoad }) {
    onLoad(
      { filter: /src[\\/](?:styles[\\/]\w+|(?:launcher|shortcuts)[\\/]styles|widgets[\\/]sheet)\.ts$/ },
      ({ path: file }) => {
        const source = readFileSync(file, "utf8");
        const contents = source.replace(/css`[^`]*`/g, (sheet) =>
          sheet
            .replace(/\s+/g, " ")
            .replace(/ ?([{};,]) ?/g, "$1")
            .replace(/: /g, ":")
            .replace(/;}/g, "}"),
        );
        return { contents, loader: "ts" };
      },
    );
  },
};

/** Templates are, too: how far their lines are set in says nothing to a browser. */
const smallerTemplates = {
  name: "smaller-templates",
  setup({ onLoad }) {
    onLoad(
      { filter: /src[\\/](?:views[\\/][\w-]+|list[\\/]view|widgets[\\/][\w-]+|chatkit-element)\.ts$/ },
      ({ path: file }) => {
        const contents = readFileSync(file, "utf8").replace(/\n[ \t]+/g, "\n");
        return { contents, loader: "ts" };
      },
    );
  },
};

/** What `src/shared.ts` has, by the module it has it from: parts get it from chatkit.js. */
const shared = new Map(
  [
    ...readFileSync(path.join(here, "src/shared.ts"), "utf8").matchAll(/^export \{ (.+) \} from "(?:\.\/)?(.+)";$/gm),
  ].map(([, names, from]) => [from, names.split(", ")]),
);
const fromElement = {
  name: "from-element",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(lit\b|\.)/ }, ({ path: name, resolveDir }) => {
      const file = path.relative(path.join(here, "src"), path.resolve(resolveDir, name)).replaceAll(path.sep, "/");
      const from = name.startsWith(".") ? file : name;
      return shared.has(from) ? { path: from, namespace: "shared", sideEffects: false } : undefined;
    });
    onLoad({ filter: /./, namespace: "shared" }, ({ path: from }) => ({
      contents: shared
        .get(from)
        .map((name) => `export const ${name} = __SHARED__.${name};`)
        .join("\n"),
    }));
  },
};

const written = [];
function emit(name, contents, folder = out) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), contents);
  const bytes = Buffer.from(contents);
  written.push([name, bytes.length, gzipSync(bytes, { level: 9 }).length]);
}

async function bundle(entry, options) {
  const plugins = [...(options.plugins ?? []), compactLucide];
  const result = await build({ ...common, entryPoints: [entry], ...options, plugins });
  return result.outputFiles[0].contents;
}

/** A classic `<symbol>` sprite of the icons that templates use, by Lucide's names. */
async function sprite() {
  const { icons } = await import("lucide");
  const names = JSON.parse(readFileSync(path.join(here, "sprite-icons.json"), "utf8"));
  const pascal = (name) => name.replace(/(^|-)([a-z0-9])/g, (_, __, letter) => letter.toUpperCase());
  const symbols = [...new Set(names)].sort().map((name) => {
    const nodes = icons[pascal(name)];
    if (!nodes) throw new Error(`sprite-icons.json: Lucide has no icon "${name}"`);
    const shapes = nodes.map(([tag, attributes]) => {
      const written = Object.entries(attributes).filter(([key]) => key !== "key");
      return `<${tag} ${written.map(([key, value]) => `${key}="${value}"`).join(" ")}/>`;
    });
    return (
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ` +
      `stroke-linecap="round" stroke-linejoin="round">${shapes.join("")}</symbol>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
}

function removeStaleChunks() {
  if (!existsSync(out)) return;
  const current = new Set(written.map(([name]) => name));
  for (const name of readdirSync(out)) {
    if (/^chunk-.*\.js$/.test(name) && !current.has(name)) rmSync(path.join(out, name));
  }
}

/** Builds one lazy part; its file name. */
async function chunk(name, entry) {
  const [before, after] = around(name);
  const contents = await bundle(entry, {
    format: "cjs",
    define: { __ICON_FILES__: JSON.stringify(icons) },
    plugins: [smallerSheets, smallerTemplates, fromElement],
    banner: { js: before },
    footer: { js: after },
  });
  return hashed(name, contents);
}

/** What a part stands in: a function of what chatkit.js shares with it. */
function around(name) {
  const key = JSON.stringify(name);
  return [
    `(globalThis[Symbol.for("chatkit.parts")]??={})[${key}]=(__SHARED__,module)=>{`,
    ";return module.exports};\n",
  ];
}

function hashed(name, contents) {
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 10);
  const file = `chunk-${name}-${hash}.js`;
  emit(file, contents);
  return file;
}

const icons = {};
for (const [first, shapes] of iconFiles()) {
  const [before, after] = around(`icons-${first}`);
  icons[first] = hashed(`icons-${first}`, `${before}module.exports=${JSON.stringify(shapes)}${after}`);
}
const chunks = {};
for (const [name, entry] of Object.entries(LAZY)) chunks[name] = await chunk(name, entry);
const languages = {};
for (const file of readdirSync(path.join(here, "src/translations")).sort()) {
  if (NO_LANGUAGES.includes(file) || file.endsWith(".test.ts")) continue;
  const code = path.basename(file, ".ts");
  languages[code] = await chunk(code, `src/translations/${file}`);
}

emit(
  "chatkit.js",
  await bundle("src/define.ts", {
    format: "iife",
    define: { __CHUNKS__: JSON.stringify(chunks), __LANGUAGES__: JSON.stringify(languages) },
    plugins: [smallerSheets, smallerTemplates],
  }),
);
emit("page.js", await bundle("src/page/index.ts", { format: "iife" }));
emit("launcher.js", await bundle("src/launcher/index.ts", { format: "iife", plugins: [smallerSheets] }));
emit("chatkit.d.ts", readFileSync(path.join(here, "src/page/chatkit.d.ts")));
// For tests of front ends: a module of its own, which no page loads.
emit("chatkit-testing.js", await bundle("src/fake/index.ts", { format: "esm" }));
emit("chatkit-testing.d.ts", readFileSync(path.join(here, "src/fake/chatkit-testing.d.ts")));
emit("icons.svg", await sprite());
if (argument < 0) {
  emit("console.js", await bundle("src/console/index.ts", { format: "iife" }), consoleStatic);
  emit("charts.js", await bundle("src/console/charts.ts", { format: "iife" }), consoleStatic);
  emit("editor.js", await bundle("src/articles/editor.ts", { format: "iife" }), articlesStatic);
  emit("playground.js", await bundle("src/playground/index.ts", { format: "iife" }), playgroundStatic);
}
removeStaleChunks();

const fonts = path.join(here, "node_modules/@fontsource-variable/inter/files");
mkdirSync(siteFonts, { recursive: true });
for (const [from, to] of [
  ["inter-latin-wght-normal.woff2", "inter.woff2"],
  ["inter-latin-ext-wght-normal.woff2", "inter-ext.woff2"],
]) {
  copyFileSync(path.join(fonts, from), path.join(siteFonts, to));
}

for (const [name, raw, gzip] of written) {
  console.log(`${name.padEnd(32)} ${String(raw).padStart(8)} bytes ${String(gzip).padStart(8)} gzipped`);
}
for (const [script, limit] of Object.entries({ "chatkit.js": MAX_GZIP, "launcher.js": MAX_LAUNCHER })) {
  const [, , size] = written.find(([name]) => name === script);
  if (size <= limit) continue;
  console.error(`${script} is ${size} bytes gzipped; the limit is ${limit}.`);
  process.exitCode = 1;
}
