// `npm run check`: types, mistakes and formatting of our own sources, and of the scripts of the site and
// its tests where they are; `npm run format` (`node check.mjs --write`) mends what can be mended.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const others = ["../../static/mseller", "../../tests/browser"].filter((folder) => existsSync(path.join(here, folder)));
const write = process.argv.includes("--write");

/** Runs a command of node_modules; true when it found nothing. */
function run(command, ...options) {
  const done = spawnSync(process.execPath, [path.join("node_modules", command), ...options], {
    cwd: here,
    stdio: "inherit",
  });
  return done.status === 0;
}

const found = [
  run("@biomejs/biome/bin/biome", "check", "--error-on-warnings", ...(write ? ["--write"] : []), ".", ...others),
];
if (!write) {
  found.push(run("typescript/bin/tsc", "-p", "tsconfig.json"));
  if (others.length) found.push(run("typescript/bin/tsc", "-p", "tsconfig.site.json"));
}
process.exit(found.every(Boolean) ? 0 : 1);
