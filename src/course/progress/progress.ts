// How far a learner is: each notebook's state, from the notebook file alone, so that it is right wherever it was run.
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Notebook, parseNotebook } from "../../core/nbformat.js";
import { exerciseOf, verdictsOf } from "./check-cell.js";

export type NotebookState = "missing" | "not started" | "in progress" | "passed" | "unreadable";

export interface NotebookProgress {
  /** The file's name in the workspace. */
  name: string;
  /** From the first heading. */
  title: string;
  state: NotebookState;
  exercises: { passed: number; total: number };
  /** Exercises that are not passed, in order, with their titles. */
  open: { id: string; title: string }[];
}

/** The state of each of the course's notebooks, in order, in a learner's folder. */
export function courseProgress(folder: string, shipped: readonly string[]): Promise<NotebookProgress[]> {
  return Promise.all(shipped.map((path) => progressOf(folder, path)));
}

async function progressOf(folder: string, shippedPath: string): Promise<NotebookProgress> {
  const name = basename(shippedPath);
  const shipped = parseNotebook(await readFile(shippedPath, "utf8"), name);
  const total = checksOf(shipped).size;
  const untouched = {
    name,
    title: titleOf(shipped, name),
    exercises: { passed: 0, total },
    open: openOf(shipped, checksOf(shipped)),
  };
  let text: string;
  try {
    text = await readFile(join(folder, name), "utf8");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return { ...untouched, state: isMissing ? "missing" : "unreadable" };
  }
  let own: Notebook;
  try {
    own = parseNotebook(text, name);
  } catch {
    return { ...untouched, state: "unreadable" }; // the learner's file; opening it says what is wrong
  }
  const checks = checksOf(own);
  const passed = [...checks.values()].filter(Boolean).length;
  const exercises = { passed, total: Math.max(total, checks.size) };
  return { ...untouched, exercises, open: openOf(shipped, checks), state: stateOf(own, shipped, exercises) };
}

function stateOf(
  own: Notebook,
  shipped: Notebook,
  { passed, total }: NotebookProgress["exercises"],
): NotebookState {
  if (total > 0 && passed === total) return "passed";
  return workOf(own) === workOf(shipped) ? "not started" : "in progress";
}

/** What changes when somebody writes or runs: sources and counts of cells. Opening a notebook changes neither. */
function workOf({ cells }: Notebook): string {
  return JSON.stringify(cells.map(({ source, execution_count: count = null }) => [source, count]));
}

/** Each check, and whether it has passed. */
function checksOf({ cells }: Notebook): Map<string, boolean> {
  return new Map(
    cells.flatMap((cell) => {
      const id = exerciseOf(cell);
      const announced: [string, boolean][] = id === undefined ? [] : [[id, false]];
      const shown = verdictsOf(cell).map(({ id, passed }): [string, boolean] => [id, passed]);
      return [...announced, ...shown];
    }),
  );
}

/** The shipped notebook's exercises that the learner's has not passed. */
function openOf(shipped: Notebook, checks: ReadonlyMap<string, boolean>): { id: string; title: string }[] {
  const prose = shipped.cells.map(({ source }) => source).join("\n");
  return [...checksOf(shipped).keys()]
    .filter((id) => !checks.get(id))
    .map((id) => {
      const heading = new RegExp(`\\*\\*Exercise ${id.replace(".", "\\.")},? ?([^*]*?)\\.?\\*\\*`).exec(
        prose,
      );
      return { id, title: heading?.[1] ?? "" };
    });
}

function titleOf({ cells }: Notebook, name: string): string {
  const headings = cells.flatMap(({ cell_type, source }) =>
    cell_type === "markdown" ? [/^#\s+(.+)$/m.exec(source)?.[1]] : [],
  );
  return headings.find((heading) => heading !== undefined)?.trim() ?? name;
}
