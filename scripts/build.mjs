// Builds what `npm start` needs: `dist/` from TypeScript, and JupyterLab's front end where its inputs changed.
// Runs as `prepare`, so `npm ci` is enough. `--quiet` prints nothing when there is nothing to do.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const quiet = process.argv.includes("--quiet");

if (!existsSync(join(root, "src"))) process.exit(0); // an installed package carries its built files

/** Runs a script of ours or of a dependency with this Node, stopping the build if it fails. */
function run(title, args) {
  const started = Date.now();
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) {
    console.error(`build: ${title} failed. Its messages stand above.`);
    process.exit(status ?? 1);
  }
  if (!quiet) console.log(`build: ${title} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

const require = createRequire(import.meta.url);
run("TypeScript", [require.resolve("typescript/bin/tsc"), "-p", root]);
run("kernel", [join(root, "scripts", "build-kernel.mjs")]);
run("front end", [join(root, "scripts", "build-frontend.mjs")]);
