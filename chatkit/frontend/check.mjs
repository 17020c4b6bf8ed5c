// `npm run check`: types, mistakes and formatting of our own sources, and of the folders and projects of
// TypeScript that are named; `npm run format` (`node check.mjs --write`) mends what can be mended.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const write = process.argv.includes("--write");
const named = process.argv.slice(2).filter((argument) => argument !== "--write");
const isProject = (name) => name.endsWith(".json");
const folders = named.filter((name) => !isProject(name));

/** Runs a command of node_modules; true when it found nothing. */
function run(command, ...options) {
  const done = spawnSync(process.execPath, [path.join("node_modules", command), ...options], {
    cwd: here,
    stdio: "inherit",
  });
  return done.status === 0;
}

const found = [
  run("@biomejs/biome/bin/biome", "check", "--error-on-warnings", ...(write ? ["--write"] : []), ".", ...folders),
];
if (!write) {
  for (const project of ["tsconfig.json", ...named.filter(isProject)])
    found.push(run("typescript/bin/tsc", "-p", project));
}
process.exit(found.every(Boolean) ? 0 : 1);
