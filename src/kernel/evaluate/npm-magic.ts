// `%npm install NAME`: runs npm in the notebook's folder, shows what it says, and confirms what went where.
// npm installs into the nearest folder above that has a `package.json`, which may be somebody else's project;
// so the notebook's folder gets one of its own first.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MagicError } from "./magic-error.js";

/**
 * Runs npm.
 * @param parameters what stands behind `npm`
 * @param folder the notebook's folder
 * @param signal ends npm when the cell is interrupted
 * @throws MagicError if npm fails
 */
export async function runNpm(
  parameters: string[],
  { folder, signal }: { folder: string; signal: AbortSignal },
): Promise<void> {
  if (parameters.length === 0)
    throw new MagicError("%npm: expected what npm should do. Example: %npm install lodash");
  const file = join(folder, "package.json");
  const isNew = !existsSync(file);
  if (isNew) writeFileSync(file, `${JSON.stringify({ private: true }, undefined, 2)}\n`);
  const before = dependencies(file);
  await npm(parameters, folder, signal);
  const after = dependencies(file);
  const changed = Object.entries(after).filter(([name, range]) => before[name] !== range);
  for (const [name, range] of changed) console.log(`${name} ${range} is in ${file}${isNew ? " (new)" : ""}.`);
}

async function npm(parameters: string[], folder: string, signal: AbortSignal): Promise<void> {
  // On Windows npm is a script, which only a shell runs.
  const windows = process.platform === "win32";
  const child = spawn("npm", [...parameters, "--no-fund", "--no-audit", "--no-update-notifier"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
    shell: windows,
    signal,
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) {
    throw new MagicError(
      `%npm ${parameters.join(" ")}: npm ended with status ${code}. What it said stands above.`,
    );
  }
}

function dependencies(file: string): Record<string, string> {
  try {
    return (
      (JSON.parse(readFileSync(file, "utf8")) as { dependencies?: Record<string, string> }).dependencies ?? {}
    );
  } catch (error) {
    throw new MagicError(`%npm: ${file} cannot be read: ${(error as Error).message}. Mend or remove it.`);
  }
}
