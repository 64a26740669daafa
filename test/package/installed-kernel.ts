// Runs cells in the kernel of an installation, started through the kernelspec that its own command writes.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findKernelSpec, type KernelSpec } from "../../src/kernel/manager/index.js";
import { type CellResult, NotebookClient } from "../kernel/notebook-client.js";
import { execute } from "./installation.js";

/** Installs the kernelspec with `node`, starts it in an empty folder elsewhere, and runs the cells. */
export async function runInInstalledKernel(
  folder: string,
  node: string,
  cells: string[],
): Promise<CellResult[]> {
  const base = await mkdtemp(join(tmpdir(), "latent-lab-kernel-"));
  try {
    return await runCells(await installedSpec(base, folder, node), base, cells);
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

async function installedSpec(base: string, folder: string, node: string): Promise<KernelSpec> {
  const prefix = join(base, "a prefix");
  const main = join(folder, "node_modules", "latent-lab", "dist", "cli", "main.js");
  // Another name than the built-in kernel's, which would be found first.
  await execute(node, [main, "kernel", "install", "--prefix", prefix, "--name", "installed"], { cwd: base });
  return findKernelSpec("installed", [join(prefix, "share", "jupyter")]);
}

async function runCells(spec: KernelSpec, base: string, cells: string[]): Promise<CellResult[]> {
  const cwd = join(base, "no packages here");
  await mkdir(cwd);
  const client = await NotebookClient.of(spec, cwd);
  try {
    const results: CellResult[] = [];
    for (const code of cells) results.push(await client.run(code));
    return results;
  } finally {
    await client.stop();
  }
}
