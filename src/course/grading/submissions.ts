// A class's folder: whose notebooks lie where. Each learner has a folder, in which notebooks may lie deeper (as nbgrader
// collects them, `submitted/ANNA/course/02-k-means.ipynb`); a notebook that lies in the class's folder itself is named
// after its learner.
import { readdir } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { UsageError } from "../../core/errors.js";
import type { Notebook } from "../../core/nbformat.js";
import { exerciseOf } from "../progress/check-cell.js";
import { readNotebook } from "../runner/notebook-file.js";

export interface Submission {
  learner: string;
  path: string;
  /** The course's notebook that it is a copy of: `"02-k-means.ipynb"`. */
  lesson: string;
  notebook: Notebook;
}

/** What lies in the folder but is no notebook of the course, with the reason. */
export interface Unreadable {
  learner: string;
  path: string;
  reason: string;
}

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
  const unreadable: Unreadable[] = [];
  for (const path of await notebooksBelow(folder)) {
    const parts = relative(folder, path).split(sep);
    const learner = parts.length > 1 ? (parts[0] ?? "") : basename(path, ".ipynb");
    try {
      const notebook = await readNotebook(path);
      // Without any check of ours, the file's name must say it.
      const lesson =
        lessonOf(notebook, lessons) ?? [...lessons.values()].find((name) => name === basename(path));
      if (lesson === undefined) unreadable.push({ learner, path, reason: "has no exercise of the course" });
      else submissions.push({ learner, path, lesson, notebook });
    } catch (error) {
      unreadable.push({ learner, path, reason: (error as Error).message });
    }
  }
  return { submissions, unreadable };
}

async function notebooksBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ipynb"))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/[\\/](\.|node_modules[\\/])/.test(path.slice(folder.length)))
      .sort();
  } catch (error) {
    throw new UsageError(
      `check: expected a folder of notebooks; got ${folder} (${(error as Error).message}).`,
      {
        cause: error,
      },
    );
  }
}

/** The lesson to which most of the notebook's exercises belong. */
function lessonOf({ cells }: Notebook, lessons: ReadonlyMap<string, string>): string | undefined {
  const found = cells.map((cell) => lessons.get(exerciseOf(cell) ?? "")).filter((each) => each !== undefined);
  const counts = new Map<string, number>();
  for (const each of found) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
