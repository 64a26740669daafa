// A project with our package in its node_modules, as npm installs it, for kernels that are not ours.
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ownKernelSpec } from "../../src/kernel/manager/index.js";
import { NotebookClient } from "../kernel/notebook-client.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));

/** Makes the project anew. It stands in the repository, so that dependencies are found above it. */
export function makeProject(): string {
  const folder = join(here, ".cache", "project");
  const installed = join(folder, "node_modules", "latent-lab");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  for (const part of ["package.json", "datasets"])
    cpSync(join(repository, part), join(installed, part), { recursive: true });
  // The lab's front end is megabytes that no kernel needs.
  const frontEnd = join(repository, "dist", "lab");
  cpSync(join(repository, "dist"), join(installed, "dist"), {
    recursive: true,
    filter: (path) => !path.startsWith(frontEnd),
  });
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  return folder;
}

/** How often tslab's kernel is started until it answers. */
const attempts = 3;

/**
 * Starts tslab's kernel in a folder. tslab reads from a socket that it has not bound yet: now and then that fails
 * ("Socket is blocked by a bind or unbind operation"), and it never answers.
 */
export async function startTslab(folder: string, attempt = 1): Promise<NotebookClient> {
  const command = join(here, "node_modules", "tslab", "bin", "tslab");
  const argv = [process.execPath, command, "kernel", "--config-path", "{connection_file}"];
  try {
    return await NotebookClient.of(
      { ...ownKernelSpec(), name: "tslab", argv, interruptMode: "signal" },
      folder,
    );
  } catch (error) {
    if (attempt === attempts || !String(error).includes("bind or unbind operation")) throw error;
    return startTslab(folder, attempt + 1);
  }
}
