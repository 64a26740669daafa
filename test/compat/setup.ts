// Installs the other kernels, once.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));

export default function setup(): void {
  if (existsSync(join(folder, "node_modules", "tslab"))) return;
  // No lock: not every registry has the packages of all systems that one would name. Versions are exact.
  // On Windows npm is a script, which only a shell runs.
  execFileSync("npm", ["install"], { cwd: folder, stdio: "inherit", shell: process.platform === "win32" });
}
