// The newest Node that people have, where that is not this one. As a program: runs the tests of what hangs on Node's own
// inside (the kernel, the lab, the engines' threads) with it: npm run test:newest-node
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const major = 26;

export async function newestNode(folder) {
  const windows = process.platform === "win32";
  const name = `node-${windows ? "win" : process.platform}-${process.arch}`;
  try {
    writeFileSync(join(folder, "package.json"), "{}");
    // npm is a script, which on Windows needs a shell. `npm run` tells it of another folder.
    const install = `npm install --prefix "${folder}" ${name}@${major}`;
    await promisify(execFile)(install, [], { cwd: folder, shell: true });
    const path = join(folder, "node_modules", name, "bin", windows ? "node.exe" : "node");
    const { stdout } = await promisify(execFile)(path, ["--version"]);
    return { path, version: stdout.trim() };
  } catch {
    return undefined;
  }
}

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), "newest-node-"));
  try {
    const node = await newestNode(folder);
    if (!node) {
      console.error(`npm has no Node ${major} for this system, or cannot be reached: nothing was tested.`);
      return 1;
    }
    console.log(`Node ${node.version}`);
    const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
    const { status } = spawnSync(
      node.path,
      [vitest, "run", "--config", "vitest.newest-node.config.ts", ...process.argv.slice(2)],
      {
        cwd: fileURLToPath(new URL("../", import.meta.url)),
        env: { ...process.env, PATH: `${dirname(node.path)}${delimiter}${process.env.PATH}` },
        stdio: "inherit",
      },
    );
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exitCode = await runTests();
