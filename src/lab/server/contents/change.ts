// Making, copying, renaming and deleting. Nothing is overwritten: a new file gets a free name, and a rename
// onto something that exists is refused.
import { constants, copyFile, lstat, mkdir, open, readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { z } from "zod";
import { emptyNotebook, formatNotebook } from "../../../core/nbformat.js";
import { ownKernelSpec } from "../../../kernel/manager/index.js";
import type { LabContext } from "../context.js";
import { HttpError } from "../http-error.js";
import { checkpointFolderName, checkpointOf } from "./checkpoints.js";
import type { ContentRoot, Location } from "./content-root.js";
import { type ContentsModel, modelOf } from "./model.js";

/** Body of POST: a new thing, or a copy of a file. */
export const createBody = z.object({
  type: z.enum(["directory", "file", "notebook"]).default("file"),
  ext: z
    .string()
    .regex(/^\.[\w.-]{1,32}$/)
    .nullish(),
  copy_from: z.string().nullish(),
});

export const renameBody = z.object({ path: z.string().min(1) });

type Lab = Pick<LabContext, "root" | "trust">;

export async function createContents(
  lab: Lab,
  folderPath: string,
  body: z.infer<typeof createBody>,
): Promise<ContentsModel> {
  const folder = await lab.root.existing(folderPath);
  if (body.copy_from) return copyInto(lab.root, folder, body.copy_from);
  if (body.type === "directory") {
    return withFreeName(
      lab.root,
      folder,
      { stem: "Untitled Folder", extension: "", separator: " " },
      (path) => mkdir(path),
    );
  }
  if (body.type === "notebook") {
    // With our kernel in it, so that JupyterLab need not ask which one is meant.
    const { name, displayName: display_name, language } = ownKernelSpec();
    const metadata = { kernelspec: { name, display_name, language } };
    const text = formatNotebook(await lab.trust.signAndStrip({ ...emptyNotebook(), metadata }));
    return withFreeName(lab.root, folder, { stem: "Untitled", extension: ".ipynb" }, (path) =>
      writeNew(path, text),
    );
  }
  return withFreeName(lab.root, folder, { stem: "untitled", extension: body.ext ?? ".txt" }, (path) =>
    writeNew(path, ""),
  );
}

export async function renameContents({ root }: Lab, from: string, to: string): Promise<ContentsModel> {
  const source = await root.existing(from);
  const target = await root.target(to);
  if (source.path === root.folder) throw new HttpError(403, "The lab's own folder cannot be renamed.");
  // On a file system that ignores case, a change of case alone finds the file itself.
  if (await isThere(target.path)) {
    const sameFile = source.path.toLowerCase() === target.path.toLowerCase() && source.real === target.real;
    if (!sameFile) throw new HttpError(409, `There is already a file or folder named ${to}.`);
  }
  const landing = join(dirname(target.real), basename(target.path));
  await rename(source.path, landing);
  await moveCheckpoint(root, source, landing);
  return modelOf(root, { path: target.path, real: landing });
}

/** Deletes a file or an empty folder (one with nothing but checkpoints counts as empty). */
export async function deleteContents({ root }: Lab, apiPath: string): Promise<void> {
  const { path, real } = await root.existing(apiPath);
  if (path === root.folder) throw new HttpError(403, "The lab's own folder cannot be deleted.");
  const stats = await lstat(path);
  if (!stats.isDirectory()) {
    await rm(path); // a link goes, its target stays
    if (!stats.isSymbolicLink()) await rm(await checkpointOf(root, real), { force: true });
    return;
  }
  const left = (await readdir(real)).filter((name) => name !== checkpointFolderName);
  if (left.length > 0)
    throw new HttpError(400, `The folder ${apiPath} is not empty. Delete what is in it first.`);
  await rm(join(real, checkpointFolderName), { recursive: true, force: true });
  await rmdir(real);
}

/** A copy has its source's name where that is free, as in another folder; beside its source it is NAME-Copy1. */
async function copyInto(root: ContentRoot, folder: Location, from: string): Promise<ContentsModel> {
  const source = await root.existing(from);
  if ((await lstat(source.real)).isDirectory()) throw new HttpError(400, "A folder cannot be copied here.");
  const extension = extname(source.path);
  const stem = basename(source.path, extension).replace(/-Copy\d*$/, "");
  const elsewhere = dirname(source.real) !== folder.real;
  const naming = { stem: `${stem}-Copy`, extension, firstNumber: 1 };
  return withFreeName(
    root,
    folder,
    elsewhere ? { ...naming, before: basename(source.path) } : naming,
    (path: string) => copyFile(source.real, path, constants.COPYFILE_EXCL),
  );
}

interface Naming {
  /** Tried before all others. */
  before?: string;
  stem: string;
  extension: string;
  separator?: string;
  /** 0 stands for no number. */
  firstNumber?: number;
}

/** Tries name, name1, name2, … until `make`, which must refuse an existing one (EEXIST), succeeds. */
async function withFreeName(
  root: ContentRoot,
  folder: Location,
  { before, stem, extension, separator = "", firstNumber = 0 }: Naming,
  make: (path: string) => Promise<unknown>,
): Promise<ContentsModel> {
  const numbered = (number: number) => `${stem}${number === 0 ? "" : `${separator}${number}`}${extension}`;
  for (let number = before === undefined ? firstNumber : firstNumber - 1; ; number++) {
    const name = before !== undefined && number < firstNumber ? before : numbered(number);
    const real = join(folder.real, name);
    try {
      await make(real);
      return await modelOf(root, { path: join(folder.path, name), real });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function moveCheckpoint(root: ContentRoot, source: Location, landing: string): Promise<void> {
  const old = await checkpointOf(root, source.path);
  if (!(await isThere(old))) return;
  const next = await checkpointOf(root, landing);
  await mkdir(dirname(next), { recursive: true });
  await rename(old, next);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
