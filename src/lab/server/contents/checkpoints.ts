// Checkpoints: one copy of each file, in `.ipynb_checkpoints` beside it, where Jupyter keeps them too.
import { mkdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { atomicWrite } from "../../../core/atomic-write.js";
import { HttpError } from "../http-error.js";
import type { ContentRoot } from "./content-root.js";

export const checkpointFolderName = ".ipynb_checkpoints";

export interface CheckpointModel {
  id: "checkpoint";
  last_modified: string;
}

/** Where the checkpoint of a file is or would be. @throws HttpError 403 if a link leads out of the root */
export async function checkpointOf(root: ContentRoot, realFile: string): Promise<string> {
  const extension = extname(realFile);
  const name = `${basename(realFile, extension)}-checkpoint${extension}`;
  const folder = join(dirname(realFile), checkpointFolderName);
  try {
    if (!root.holds(await realpath(folder))) {
      throw new HttpError(403, "The checkpoints' folder lies outside the lab's folder.");
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return join(folder, name);
}

export async function listCheckpoints(root: ContentRoot, apiPath: string): Promise<CheckpointModel[]> {
  const { real } = await root.existing(apiPath);
  try {
    return [await describe(await checkpointOf(root, real))];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

export async function createCheckpoint(root: ContentRoot, apiPath: string): Promise<CheckpointModel> {
  const { real } = await root.existing(apiPath);
  const checkpoint = await checkpointOf(root, real);
  await mkdir(dirname(checkpoint), { recursive: true });
  await atomicWrite(checkpoint, await readFile(real));
  return describe(checkpoint);
}

export async function restoreCheckpoint(root: ContentRoot, apiPath: string): Promise<void> {
  const { real } = await root.existing(apiPath);
  await atomicWrite(real, await readFile(await checkpointOf(root, real)));
}

export async function deleteCheckpoint(root: ContentRoot, apiPath: string): Promise<void> {
  const { real } = await root.existing(apiPath);
  await rm(await checkpointOf(root, real), { force: true });
}

async function describe(checkpoint: string): Promise<CheckpointModel> {
  return { id: "checkpoint", last_modified: (await stat(checkpoint)).mtime.toISOString() };
}
