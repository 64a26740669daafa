// Notebooks on disk, for the runner: read whole, written in one step.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { atomicWrite } from "../../core/atomic-write.js";
import { UsageError } from "../../core/errors.js";
import { formatNotebook, type Notebook, parseNotebook } from "../../core/nbformat.js";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file. Check the path.",
  EISDIR: "is a folder. Name the notebooks in it.",
  EACCES: "may not be read. Change its permissions.",
};

/** @throws UsageError if the file cannot be read; NotebookFormatError if it is no notebook */
export async function readNotebook(path: string): Promise<Notebook> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new UsageError(`${path}: ${reasons[code] ?? `${message}.`}`, { cause: error });
  }
  return parseNotebook(text, path);
}

/** Replaces the file in one step; an interrupted write leaves the old one. */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  const cells = notebook.cells.map((cell) => ({ ...cell, id: cell.id ?? randomUUID().slice(0, 8) }));
  const nbformat_minor = Math.max(5, notebook.nbformat_minor); // cell ids came with 4.5
  await atomicWrite(path, formatNotebook({ ...notebook, nbformat_minor, cells }));
}
