// Grades notebooks that others have written: each in a kernel of its own, in a copy of its folder, with limits of time and
// memory, its checks run again. A notebook that lies, loops, crashes or fills the memory costs its own grade, no other's.
// It is no sandbox: the code runs with the grader's rights (docs/teaching.md says how to put it into a container).
import { randomUUID } from "node:crypto";
import { cp, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageFolder } from "../../core/folders.js";
import type { Notebook } from "../../core/nbformat.js";
import { exerciseOf, verdictsOf } from "../progress/check-cell.js";
import { readNotebook } from "../runner/notebook-file.js";
import { runNotebook } from "../runner/run-notebook.js";
import { courseNotebooks } from "../workspace/workspace.js";
import { gradedNotebook } from "./graded-notebook.js";
import { plainLine } from "./plain-line.js";
import { findSubmissions, isNotebook, type Submission, type Unreadable } from "./submissions.js";

export interface GradeOptions {
  /** Longest time for one cell, in seconds. Default 60. */
  cellTimeout?: number;
  /** Longest time for one notebook, in seconds. Default 300. */
  timeout?: number;
  /** Most memory of one notebook's kernel, in MB. Default 2048. */
  memory?: number;
  /** Notebooks graded at the same time. Default: half the processors. */
  jobs?: number;
  onProgress?(done: number, total: number): void;
  /** Ends the kernels; no further notebook is begun. */
  signal?: AbortSignal;
}

/** One notebook's grade. */
export interface Grade {
  learner: string;
  lesson: string;
  path: string;
  passed: string[];
  total: number;
  /** What somebody should look at: sentences. */
  notes: string[];
}

/** Files beside a notebook that go with it, in bytes altogether. */
const mostBeside = 50 * 2 ** 20;
/** What one notebook may show, in bytes. */
const mostOutput = 64 * 2 ** 20;

/** A verdict counts only with the word that our own check says, so it is ours that gets the words, wherever a notebook lies. */
const courseAddress = pathToFileURL(join(packageFolder, "dist", "course", "exercises", "index.js")).href;

export interface ClassGrades {
  grades: Grade[];
  unreadable: Unreadable[];
  /** Notebooks that were not graded, since `signal` stopped it before. */
  left: number;
}

/**
 * Grades all notebooks of the course below a folder. Nothing in it is changed; whatever goes wrong with one notebook is a
 * note of its grade.
 * @throws UsageError if the folder cannot be read
 */
export async function gradeClass(folder: string, options: GradeOptions = {}): Promise<ClassGrades> {
  const shipped = await shippedNotebooks();
  const { submissions, unreadable } = await findSubmissions(folder, exercisesOf(shipped));
  const grades: Grade[] = [];
  const waiting = [...submissions];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (options.signal?.aborted) return;
      const grade = await gradeNotebook(next, shipped.get(next.lesson) as Notebook, options);
      if (options.signal?.aborted) return; // it may have been stopped half-way
      grades.push(grade);
      options.onProgress?.(grades.length, submissions.length);
    }
  };
  const { jobs = Math.max(1, Math.floor(availableParallelism() / 2)) } = options;
  await Promise.all(Array.from({ length: Math.min(jobs, submissions.length) }, worker));
  const key = ({ learner, lesson, path }: Grade): string => `${learner}\0${lesson}\0${path}`;
  grades.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return { grades, unreadable, left: submissions.length - grades.length };
}

/** The course's notebooks by their file names. */
async function shippedNotebooks(): Promise<Map<string, Notebook>> {
  const paths = await courseNotebooks();
  return new Map(
    await Promise.all(paths.map(async (path) => [basename(path), await readNotebook(path)] as const)),
  );
}

/** The course's notebooks by the exercises in them. */
function exercisesOf(shipped: ReadonlyMap<string, Notebook>): Map<string, string> {
  const lessons = new Map<string, string>();
  for (const [name, { cells }] of shipped) {
    for (const id of cells.map(exerciseOf)) if (id !== undefined) lessons.set(id, name);
  }
  return lessons;
}

/** Never rejects. */
async function gradeNotebook(
  submission: Submission,
  shipped: Notebook,
  options: GradeOptions,
): Promise<Grade> {
  const { notebook, checks } = gradedNotebook(submission.notebook, shipped);
  const words = Object.fromEntries([...checks.keys()].map((id) => [id, randomUUID()]));
  const notes: string[] = [];
  try {
    await inCopy(submission, notes, (folder) =>
      runIn(folder, { submission, notebook, words, notes, options }),
    );
  } catch (error) {
    notes.push(plainLine(String((error as Partial<Error> | undefined)?.message ?? error)));
  }
  const passed = [...checks]
    .filter(([id, cell]) => verdictsOf(cell).some(({ proof }) => proof === words[id]))
    .map(([id]) => id);
  const claimed = claims(submission).filter((id) => checks.has(id) && !passed.includes(id));
  if (claimed.length > 0) notes.push(`its file says passed, the check does not: ${claimed.join(", ")}`);
  const { learner, lesson, path } = submission;
  return { learner, lesson, path, passed, total: checks.size, notes };
}

/** A folder for one notebook while it runs, with a copy of what lies beside it. */
async function inCopy(
  submission: Submission,
  notes: string[],
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "latent-lab-grading-"));
  try {
    const copied = submission.folder === undefined || (await copyBeside(submission.folder, folder));
    if (!copied) notes.push("the files beside it are too large to be copied; it ran without them");
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(({ code }) => {
      notes.push(`its copy ${folder} cannot be removed (${code})`);
    });
  }
}

interface Grading {
  submission: Submission;
  notebook: Notebook;
  words: Readonly<Record<string, string>>;
  notes: string[];
  options: GradeOptions;
}

/** Runs a notebook in a folder; what went wrong goes into the notes. */
async function runIn(
  folder: string,
  { submission, notebook, words, notes, options }: Grading,
): Promise<void> {
  const { cellTimeout = 60, timeout = 300, memory = 2048 } = options;
  const limit = AbortSignal.timeout(timeout * 1000);
  try {
    const result = await runNotebook(notebook, {
      path: join(folder, basename(submission.path)),
      kernel: "latent-lab",
      env: kernelEnvironment(folder, memory),
      prelude: `(await import(${JSON.stringify(courseAddress)})).beginGrading(${JSON.stringify(words)});`,
      timeout: cellTimeout,
      keepGoing: true,
      memoryLimit: memory * 2 ** 20,
      outputLimit: mostOutput,
      signal: options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]),
    });
    if (result.failure) {
      const { cell, ename, evalue } = result.failure;
      notes.push(plainLine(`cell ${cell}: ${ename}: ${evalue}`));
    }
    if (result.executed < result.total) notes.push(`ended after ${result.executed} of ${result.total} cells`);
  } catch (error) {
    if (!limit.aborted) throw error;
    notes.push(`stopped after ${timeout} s`);
  }
}

/** The grader's environment without what a learner's code has no business with; settings and history go to the copy. */
function kernelEnvironment(folder: string, memory: number): NodeJS.ProcessEnv {
  const kept = ["PATH", "LANG", "LC_ALL", "TZ", "SystemRoot", "TEMP", "TMP", "TMPDIR", "JUPYTER_PATH"];
  const own = Object.fromEntries(
    kept.map((name) => [name, process.env[name]]).filter(([, value]) => value !== undefined),
  );
  return {
    ...own,
    HOME: folder,
    USERPROFILE: folder,
    LATENT_LAB_STATE: join(folder, ".latent-lab-state"),
    NODE_OPTIONS: `--max-old-space-size=${memory}`,
  };
}

/** Copies a folder's files, notebooks apart, unless it is too much. @returns whether they were copied */
async function copyBeside(from: string, folder: string): Promise<boolean> {
  const entries = (await readdir(from, { withFileTypes: true })).filter(
    ({ name }) => !isNotebook(name) && !name.startsWith(".") && name !== "node_modules",
  );
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ name }) => (await stat(join(from, name))).size));
  if (sizes.reduce((sum, size) => sum + size, 0) > mostBeside) return false;
  for (const { name } of files) await cp(join(from, name), join(folder, name));
  return true;
}

/** Exercises that the file, as it was handed in, says are passed. */
function claims({ notebook }: Submission): string[] {
  return notebook.cells.flatMap(verdictsOf).flatMap(({ id, passed }) => (passed ? [id] : []));
}
