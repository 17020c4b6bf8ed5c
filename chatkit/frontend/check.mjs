// `npm run check`: the types of our own sources, and of the site's plain scripts where there are any.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const site = path.join(here, "../../static/mseller");
const projects = ["tsconfig.json"];
if (existsSync(site) && readdirSync(site).some((name) => name.endsWith(".js"))) {
  projects.push("tsconfig.site.json");
}
let failed = false;
for (const project of projects) {
  const run = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", project], {
    cwd: here,
    stdio: "inherit",
  });
  failed ||= run.status !== 0;
}
process.exit(failed ? 1 : 0);
