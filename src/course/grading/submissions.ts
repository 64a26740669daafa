// A class's folder: whose notebooks lie where. Each learner has a folder, in which notebooks may lie deeper (as nbgrader
// collects them, `submitted/ANNA/course/02-k-means.ipynb`); a notebook that lies in the class's folder itself is named
// after its learner. Nobody vanishes: a learner without a notebook that can be graded is listed with the reason.
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { UsageError } from "../../core/errors.js";
import type { Notebook } from "../../core/nbformat.js";
import { exerciseOf } from "../progress/check-cell.js";
import { readNotebook } from "../runner/notebook-file.js";

export interface Submission {
  learner: string;
  path: string;
  /** The folder whose other files go with it; none if it lies among the notebooks of others. */
  folder?: string;
  /** The course's notebook that it is a copy of: `"02-k-means.ipynb"`. */
  lesson: string;
  notebook: Notebook;
}

/** What cannot be graded, with the reason. */
export interface Unreadable {
  learner: string;
  path: string;
  reason: string;
}

type Found = Pick<Submission, "learner" | "path" | "folder">;

/** Largest file that is read, in bytes. */
const largest = 100 * 2 ** 20;

/**
 * All notebooks below a folder that belong to the course.
 * @param lessons file names of the course's notebooks by the exercises in them
 * @throws UsageError if the folder cannot be read
 */
export async function findSubmissions(
  folder: string,
  lessons: ReadonlyMap<string, string>,
): Promise<{ submissions: Submission[]; unreadable: Unreadable[] }> {
  const submissions: Submission[] = [];
  const { found, unreadable } = await notebooksBelow(folder);
  for (const each of found) {
    const { learner, path } = each;
    try {
      if ((await stat(path)).size > largest) {
        unreadable.push({ learner, path, reason: `is larger than ${largest / 2 ** 20} MB` });
        continue;
      }
      const notebook = await readNotebook(path);
      // Without any check of ours, the file's name must say it.
      const lesson =
        lessonOf(notebook, lessons) ?? [...lessons.values()].find((name) => name === basename(path));
      if (lesson === undefined) unreadable.push({ learner, path, reason: "has no exercise of the course" });
      else submissions.push({ ...each, lesson, notebook });
    } catch (error) {
      unreadable.push({ learner, path, reason: (error as Error).message });
    }
  }
  return { submissions, unreadable };
}

interface Findings {
  found: Found[];
  unreadable: Unreadable[];
}

async function notebooksBelow(folder: string): Promise<Findings> {
  const found: Found[] = [];
  const unreadable: Unreadable[] = [];
  for (const entry of await entriesOfClass(folder)) {
    const path = join(folder, entry.name);
    const named = isNotebook(entry.name) || isArchive(entry.name);
    const learner = named ? basename(path, extname(path)) : entry.name;
    if (entry.isDirectory()) await walk(path, { learner: entry.name, found, unreadable });
    else if (entry.isSymbolicLink()) unreadable.push({ learner, path, reason: isLink });
    else if (isArchive(entry.name)) unreadable.push({ learner, path, reason: "is an archive. Unpack it" });
    else if (isNotebook(entry.name)) addFile(entry, { learner, path }, { found, unreadable });
  }
  return { found, unreadable };
}

/** @throws UsageError */
async function entriesOfClass(folder: string): Promise<Dirent[]> {
  try {
    return await visibleEntries(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `check: expected a folder of notebooks; got ${folder} (${code}). Name the class's folder.`,
      { cause: error },
    );
  }
}

/** One learner's folder, however deep. One that cannot be read is no reason to lose the others. */
async function walk(
  top: string,
  { learner, found, unreadable }: Findings & { learner: string },
): Promise<void> {
  const before = found.length + unreadable.length;
  const folders = [top];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    try {
      for (const entry of await visibleEntries(folder)) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) folders.push(path);
        else if (isNotebook(entry.name)) addFile(entry, { learner, path, folder }, { found, unreadable });
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      unreadable.push({ learner, path: folder, reason: `the folder cannot be read (${code})` });
    }
  }
  if (found.length + unreadable.length === before)
    unreadable.push({ learner, path: top, reason: "holds no notebook" });
}

function addFile(entry: Dirent, file: Found, { found, unreadable }: Findings): void {
  if (entry.isFile()) found.push(file);
  else
    unreadable.push({
      learner: file.learner,
      path: file.path,
      reason: entry.isSymbolicLink() ? isLink : "is no file",
    });
}

/** It may lead to anywhere, another learner's work included. */
const isLink = "is a link. Put a copy in its place";

/** By name; without hidden ones (JupyterLab's checkpoints) and installed packages. @throws what readdir throws */
async function visibleEntries(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter(({ name }) => !name.startsWith(".") && name !== "node_modules")
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Also as old programs of Windows write it: X.IPYNB. */
export function isNotebook(name: string): boolean {
  return name.toLowerCase().endsWith(".ipynb");
}

/** What learning platforms hand out where a learner gave in several files. */
function isArchive(name: string): boolean {
  return /\.(zip|7z|rar|tar|tgz|gz|xz)$/i.test(name);
}

/** The lesson to which most of the notebook's exercises belong. */
function lessonOf({ cells }: Notebook, lessons: ReadonlyMap<string, string>): string | undefined {
  const found = cells.map((cell) => lessons.get(exerciseOf(cell) ?? "")).filter((each) => each !== undefined);
  const counts = new Map<string, number>();
  for (const each of found) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
