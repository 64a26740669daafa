// `npm start`: builds what is missing or out of date, then opens the lab. Arguments go to `latent-lab lab`.
import { spawn, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const build = spawnSync(process.execPath, [join(root, "scripts", "build.mjs"), "--quiet"], {
  stdio: "inherit",
});
if (build.status !== 0) process.exit(build.status ?? 1);

const lab = spawn(process.execPath, [join(root, "dist", "cli", "main.js"), "lab", ...process.argv.slice(2)], {
  stdio: "inherit",
});
// The lab shuts its kernels down itself on a signal; this process only waits for it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => lab.kill(signal));
lab.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
