// What a killed lab leaves behind: a half-written temporary file beside the one that was being saved. The next save
// of that file takes it away, once it is so old that nobody can still be writing it.
import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { temporaryPath } from "../../../core/atomic-write.js";

const abandonedAfter = 3600 * 1000;
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Removes old temporary files of `path`; what cannot be removed stays, as it harms nobody. */
export async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const start = basename(temporaryPath(path)).replace(uuid, "");
  const names = (await readdir(folder)).filter(
    (name) => name.startsWith(start) && uuid.test(name) && name.replace(uuid, "") === start,
  );
  for (const name of names) {
    const leftover = join(folder, name);
    try {
      if (Date.now() - (await stat(leftover)).mtimeMs > abandonedAfter) await rm(leftover, { force: true });
    } catch (error) {
      if (!["ENOENT", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
}
