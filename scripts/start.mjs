// `npm start`: builds what is missing or out of date, then opens the lab. Arguments go to `latent-lab lab`.
// The lab runs in this very process, so that Ctrl-C reaches it once and not again from a parent.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const build = spawnSync(process.execPath, [join(root, "scripts", "build.mjs"), "--quiet"], {
  stdio: "inherit",
});
if (build.status !== 0) process.exit(build.status ?? 1);

const command = join(root, "dist", "cli", "main.js");
process.argv = [process.execPath, command, "lab", ...process.argv.slice(2)];
await import(pathToFileURL(command).href);
