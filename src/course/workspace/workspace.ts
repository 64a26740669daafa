// The learner's workspace: copies of the course's notebooks that are theirs to change. Each notebook is
// copied once; what a learner changed, renamed or deleted is never put back or overwritten by itself.
import { constants, copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { z } from "zod";
import { atomicWrite } from "../../core/atomic-write.js";
import { UsageError } from "../../core/errors.js";
import { isClone, packageFolder } from "../../core/folders.js";

export interface Workspace {
  folder: string;
  /** Notebooks copied just now; all of them at the first start. */
  added: string[];
  /** Whether this is the first start. */
  isNew: boolean;
}

const record = z.object({ copied: z.array(z.string()) });
const recordFolder = ".latent-lab";

/** `workspace/` in a clone, `latent-lab` in the home folder from an installed package. */
export function workspaceFolder(): string {
  return isClone() ? join(packageFolder, "workspace") : join(homedir(), "latent-lab");
}

/** Paths of the course's notebooks as shipped, in order. */
export async function courseNotebooks(folder = join(packageFolder, "notebooks")): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => /^\d\d-.*\.ipynb$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/**
 * Makes the workspace if it is missing and copies the notebooks that it never had.
 * @throws UsageError if the folder cannot be written
 */
export async function openWorkspace(
  folder = workspaceFolder(),
  notebooks?: readonly string[],
): Promise<Workspace> {
  try {
    const workspace = await fill(folder, notebooks ?? (await courseNotebooks()));
    if (notebooks === undefined)
      for (const path of await companions()) await copyOnce(path, join(folder, basename(path)));
    return workspace;
  } catch (error) {
    throw new UsageError(
      `workspace: cannot write ${folder}: ${(error as Error).message}. Name a folder of yours: latent-lab lab FOLDER.`,
      { cause: error },
    );
  }
}

/** What the notebooks link to beside them: the glossary, measured results. */
async function companions(folder = join(packageFolder, "notebooks")): Promise<string[]> {
  return (await readdir(folder))
    .filter((name) => /\.(md|json)$/.test(name))
    .map((name) => join(folder, name));
}

async function fill(folder: string, notebooks: readonly string[]): Promise<Workspace> {
  await mkdir(join(folder, recordFolder), { recursive: true });
  const file = join(folder, recordFolder, "course.json");
  const before = await readRecord(file);
  const added: string[] = [];
  for (const path of notebooks) {
    const name = basename(path);
    if (before.includes(name)) continue;
    if (await copyOnce(path, join(folder, name))) added.push(name);
  }
  const copied = [...new Set([...before, ...notebooks.map((path) => basename(path))])];
  if (copied.length > before.length) await atomicWrite(file, `${JSON.stringify({ copied }, undefined, 1)}\n`);
  return { folder, added, isNew: before.length === 0 };
}

/** @returns false if there is a file of that name already, which then stays */
async function copyOnce(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function readRecord(file: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return record.parse(JSON.parse(text)).copied;
}
