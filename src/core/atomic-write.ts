// Writes a file so that at every moment the old or the new one is there, whole: a hidden temporary file in the
// same folder, written, flushed to the disk, and renamed. A failure leaves the old file as it was.
import { randomUUID } from "node:crypto";
import { access, constants, type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Replaces or makes a file. An existing file keeps its mode; without write permission it is left alone. */
export async function atomicWrite(path: string, data: string | Uint8Array, newMode = 0o666): Promise<void> {
  await replaceWith(path, newMode, (file) => file.writeFile(data));
}

/** As atomicWrite, with the content written by a function. */
export async function replaceWith(
  path: string,
  newMode: number,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const mode = await modeOfWritable(path);
  const temporary = temporaryPath(path);
  try {
    const file = await open(temporary, "wx", newMode);
    try {
      if (mode !== undefined) await file.chmod(mode);
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** A hidden name beside a file, which no listing shows. */
export function temporaryPath(path: string): string {
  // The name is cut so that a name of the greatest length still has a temporary one.
  return join(dirname(path), `.~${basename(path).slice(0, 50)}-${randomUUID()}`);
}

/** The mode of an existing file, which must be writable: a rename would not ask. */
async function modeOfWritable(path: string): Promise<number | undefined> {
  try {
    await access(path, constants.W_OK);
    return (await stat(path)).mode & 0o7777;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Makes the rename itself last through a power cut; Windows has no way to ask for it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
