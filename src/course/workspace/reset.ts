// A notebook of the workspace put back to its original; the learner's version stays beside it under another name.
import { constants, copyFile, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { atomicWrite } from "../../core/atomic-write.js";

/**
 * Puts the course's notebook back into `folder`.
 * @returns the name of the file with the learner's version, or `undefined` if there was none to keep
 */
export async function resetNotebook(folder: string, shipped: string): Promise<string | undefined> {
  const name = basename(shipped);
  const original = await readFile(shipped);
  const path = join(folder, name);
  const kept = await keepCopy(folder, name, original);
  await atomicWrite(path, original);
  return kept;
}

async function keepCopy(folder: string, name: string, original: Buffer): Promise<string | undefined> {
  const path = join(folder, name);
  for (let number = 1; ; number++) {
    const copy = name.replace(/\.ipynb$/, `-mine${number === 1 ? "" : number}.ipynb`);
    try {
      await copyFile(path, join(folder, copy), constants.COPYFILE_EXCL);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") continue;
      if (code === "ENOENT") return undefined;
      throw error;
    }
    if (!original.equals(await readFile(join(folder, copy)))) return copy;
    await rm(join(folder, copy)); // nothing of the learner's is in it
    return undefined;
  }
}
