// Finds the kernels that this machine offers: our own, built in, and every kernelspec on the Jupyter path.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { NoSuchKernelError } from "./errors.js";
import { jupyterDataPaths } from "./jupyter-paths.js";
import { ownKernelSpec } from "./own-spec.js";
import type { KernelSpec } from "./types.js";

/** `kernel.json` as the specification has it; fields that we do not know are left out. */
const kernelJson = z.object({
  argv: z.array(z.string()).min(1),
  display_name: z.string(),
  language: z.string().default(""),
  interrupt_mode: z.enum(["signal", "message"]).default("signal"),
  env: z.record(z.string(), z.string()).default({}),
  metadata: z.record(z.string(), z.unknown()).default({}),
});

/** A spec that was found but cannot be used. */
export interface InvalidSpec {
  file: string;
  reason: string;
}

export interface KernelSpecs {
  specs: KernelSpec[];
  invalid: InvalidSpec[];
}

/**
 * All specs, ours first; of one name the first on the path wins, and the built-in one always does.
 * A spec that cannot be read is listed in `invalid` and hides nothing.
 */
export async function listKernelSpecs(paths: readonly string[] = jupyterDataPaths()): Promise<KernelSpecs> {
  const own = ownKernelSpec();
  const found = new Map<string, KernelSpec>([[own.name, own]]);
  const invalid: InvalidSpec[] = [];
  for (const path of paths) {
    for (const name of await specNames(join(path, "kernels"))) {
      if (found.has(name)) continue;
      const result = await readSpec(join(path, "kernels", name), name);
      if ("reason" in result) invalid.push(result);
      else found.set(name, result);
    }
  }
  return { specs: [...found.values()], invalid };
}

/** The spec of a name. @throws NoSuchKernelError with the names that there are */
export async function findKernelSpec(name: string, paths?: readonly string[]): Promise<KernelSpec> {
  const { specs } = await listKernelSpecs(paths);
  const spec = specs.find((candidate) => candidate.name === name);
  if (spec !== undefined) return spec;
  const names = specs.map((candidate) => candidate.name).join(", ");
  throw new NoSuchKernelError(
    `findKernelSpec: expected one of ${names}; got "${name}". Choose another kernel.`,
  );
}

/** Names as Jupyter allows them; they go into URLs. */
async function specNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder);
    return entries.filter((name) => /^[a-z0-9._-]+$/i.test(name)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function readSpec(resourceDir: string, folderName: string): Promise<KernelSpec | InvalidSpec> {
  const file = join(resourceDir, "kernel.json");
  try {
    const spec = kernelJson.parse(JSON.parse(await readFile(file, "utf8")));
    return {
      name: folderName.toLowerCase(),
      resourceDir,
      argv: spec.argv,
      displayName: spec.display_name,
      language: spec.language,
      interruptMode: spec.interrupt_mode,
      env: spec.env,
      metadata: spec.metadata,
    };
  } catch (error) {
    return { file, reason: error instanceof z.ZodError ? z.prettifyError(error) : String(error) };
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR" || code === "EACCES";
}
