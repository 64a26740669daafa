// Grades notebooks that others have written: each in a kernel of its own, in a copy of its folder, with limits of time and
// memory, its checks run again. A notebook that lies, loops, crashes or fills the memory costs its own grade, no other's.
// It is no sandbox: the code runs with the grader's rights (docs/teaching.md says how to put it into a container).
import { randomUUID } from "node:crypto";
import { cp, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { exerciseOf, verdictsOf } from "../progress/check-cell.js";
import { readNotebook } from "../runner/notebook-file.js";
import { runNotebook } from "../runner/run-notebook.js";
import { courseNotebooks } from "../workspace/workspace.js";
import { gradedNotebook } from "./graded-notebook.js";
import { findSubmissions, type Submission, type Unreadable } from "./submissions.js";

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

/** Grades all notebooks of the course below a folder. Nothing in it is changed. @throws UsageError if it cannot be read */
export async function gradeClass(
  folder: string,
  options: GradeOptions = {},
): Promise<{ grades: Grade[]; unreadable: Unreadable[] }> {
  const shipped = await courseNotebooks();
  const lessons = await exercisesOf(shipped);
  const { submissions, unreadable } = await findSubmissions(folder, lessons);
  const grades: Grade[] = [];
  const waiting = [...submissions];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { lesson } = next;
      const original = shipped.find((path) => basename(path) === lesson) ?? "";
      grades.push(await gradeNotebook(next, original, options));
      options.onProgress?.(grades.length, submissions.length);
    }
  };
  const { jobs = Math.max(1, Math.floor(availableParallelism() / 2)) } = options;
  await Promise.all(Array.from({ length: Math.min(jobs, submissions.length) }, worker));
  const key = ({ learner, lesson, path }: Grade): string => `${learner}\0${lesson}\0${path}`;
  return { grades: grades.sort((a, b) => (key(a) < key(b) ? -1 : 1)), unreadable };
}

/** The course's notebooks by the exercises in them. */
async function exercisesOf(shipped: readonly string[]): Promise<Map<string, string>> {
  const lessons = new Map<string, string>();
  for (const path of shipped) {
    for (const cell of (await readNotebook(path)).cells) {
      const id = exerciseOf(cell);
      if (id !== undefined) lessons.set(id, basename(path));
    }
  }
  return lessons;
}

async function gradeNotebook(
  submission: Submission,
  original: string,
  options: GradeOptions,
): Promise<Grade> {
  const { cellTimeout = 60, timeout = 300, memory = 2048 } = options;
  const { notebook, checks } = gradedNotebook(submission.notebook, await readNotebook(original));
  const words = Object.fromEntries([...checks.keys()].map((id) => [id, randomUUID()]));
  const notes: string[] = [];
  const folder = await mkdtemp(join(tmpdir(), "latent-lab-grading-"));
  try {
    const besides = await copyBeside(submission.path, folder);
    if (!besides) notes.push("the files beside it are too large to be copied; it ran without them");
    const result = await runNotebook(notebook, {
      path: join(folder, basename(submission.path)),
      kernel: "latent-lab",
      env: kernelEnvironment(folder, memory),
      prelude: `import { beginGrading } from "latent-lab/course"; beginGrading(${JSON.stringify(words)});`,
      timeout: cellTimeout,
      keepGoing: true,
      memoryLimit: memory * 2 ** 20,
      signal: AbortSignal.timeout(timeout * 1000),
    });
    if (result.failure)
      notes.push(`cell ${result.failure.cell}: ${result.failure.ename}: ${firstLine(result.failure.evalue)}`);
    if (result.executed < result.total) notes.push(`ended after ${result.executed} of ${result.total} cells`);
  } catch (error) {
    const tooLong = (error as Error).name === "TimeoutError";
    notes.push(tooLong ? `stopped after ${timeout} s` : firstLine((error as Error).message));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  const passed = [...checks]
    .filter(([id, cell]) => verdictsOf(cell).some(({ proof }) => proof === words[id]))
    .map(([id]) => id);
  const claimed = claims(submission).filter((id) => checks.has(id) && !passed.includes(id));
  if (claimed.length > 0) notes.push(`its file says passed, the check does not: ${claimed.join(", ")}`);
  return {
    learner: submission.learner,
    lesson: submission.lesson,
    path: submission.path,
    passed,
    total: checks.size,
    notes,
  };
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

/** Copies what lies beside a notebook, other notebooks apart, unless it is too much. @returns whether it was copied */
async function copyBeside(path: string, folder: string): Promise<boolean> {
  const from = dirname(path);
  const entries = (await readdir(from, { withFileTypes: true })).filter(
    ({ name }) => !name.endsWith(".ipynb") && !name.startsWith(".") && name !== "node_modules",
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

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").slice(0, 200);
}
