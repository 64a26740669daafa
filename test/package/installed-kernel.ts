// Runs cells in the kernel of an installation, started through the kernelspec that its own command writes.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findKernelSpec, KernelProcess, type KernelSpec } from "../../src/kernel/manager/index.js";
import { execute } from "./installation.js";

export interface Cell {
  status: string;
  stdout: string;
  /** `text/plain` of the result. */
  result: string | undefined;
}

/** Installs the kernelspec with `node`, starts it in an empty folder elsewhere, and runs the cells. */
export async function runInInstalledKernel(folder: string, node: string, cells: string[]): Promise<Cell[]> {
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

async function runCells(spec: KernelSpec, base: string, cells: string[]): Promise<Cell[]> {
  const cwd = join(base, "no packages here");
  await mkdir(cwd);
  const kernel = await KernelProcess.start({ spec, cwd });
  try {
    const results: Cell[] = [];
    for (const code of cells) results.push(await runCell(kernel, code));
    return results;
  } finally {
    await kernel.shutdown();
  }
}

async function runCell(kernel: KernelProcess, code: string): Promise<Cell> {
  const cell: Cell = { status: "", stdout: "", result: undefined };
  const { content } = await kernel.request(
    "execute_request",
    { code, silent: false, store_history: true, allow_stdin: false },
    {
      onIopub: ({ header, content }) => {
        if (header.msg_type === "stream" && content.name === "stdout") cell.stdout += content.text;
        if (header.msg_type === "execute_result")
          cell.result = String((content.data as Record<string, unknown>)["text/plain"]);
      },
    },
  );
  return { ...cell, status: String(content.status) };
}
