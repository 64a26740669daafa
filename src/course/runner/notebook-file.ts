// Notebooks on disk, for the runner: read whole, written in one step.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { atomicWrite } from "../../core/atomic-write.js";
import { UsageError } from "../../core/errors.js";
import { formatNotebook, type Notebook, parseNotebook } from "../../core/nbformat.js";

/** @throws UsageError if the file cannot be read; NotebookFormatError if it is no notebook */
export async function readNotebook(path: string): Promise<Notebook> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UsageError(`${path}: ${missing ? "there is no such file" : (error as Error).message}.`, {
      cause: error,
    });
  }
  return parseNotebook(text, path);
}

/** Replaces the file in one step; an interrupted write leaves the old one. */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  const cells = notebook.cells.map((cell) => ({ ...cell, id: cell.id ?? randomUUID().slice(0, 8) }));
  const nbformat_minor = Math.max(5, notebook.nbformat_minor); // cell ids came with 4.5
  await atomicWrite(path, formatNotebook({ ...notebook, nbformat_minor, cells }));
}
