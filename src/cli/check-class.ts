// A class's grades as a table on the screen, and as CSV. Names, notes and reasons are learners' texts: a terminal would
// obey escape sequences in them, a spreadsheet formulas.
import Papa from "papaparse";
import { type Grade, gradeClass, plainLine } from "../course/index.js";
import { checkOutputFolder, writeOutputFile } from "./output-file.js";
import { ProgressLine } from "./progress-line.js";
import { stopSignal } from "./stop-signal.js";

export interface ClassOptions {
  csv?: string;
  cellTimeout: number;
  timeout: number;
  memory: number;
  jobs?: number;
}

/** What could not be graded, as it is shown. */
interface Ungraded {
  learner: string;
  path: string;
  reason: string;
}

/**
 * @returns whether all was graded; a signal stops it, and what is graded by then is shown and written
 * @throws UsageError if the folder cannot be read, or the table not be written
 */
export async function checkClass(folder: string, { csv, ...options }: ClassOptions): Promise<boolean> {
  if (csv !== undefined) await checkOutputFolder(csv, "check --csv"); // not after an hour of grading
  const progress = new ProgressLine(process.stderr);
  const { signal, release } = stopSignal("check: stopped by a signal.");
  const result = await gradeClass(folder, {
    ...options,
    signal,
    onProgress: (done, total) => progress.set("class", `${done} of ${total} notebooks`),
  }).finally(() => {
    progress.clear();
    release();
  });
  const grades = result.grades.map(shown);
  const ungraded = result.unreadable.map(({ learner, path, reason }) => ({
    learner: plainLine(learner),
    path: plainLine(path),
    reason: plainLine(reason.startsWith(path) ? reason.slice(path.length).replace(/^[: ]+/, "") : reason),
  }));
  console.log(table(grades, ungraded));
  for (const { learner, lesson, notes } of grades)
    for (const note of notes) console.log(`! ${learner}, ${lesson}: ${note}`);
  for (const { path, reason } of ungraded) console.log(`! ${path}: ${reason}`);
  if (result.left > 0)
    console.log(
      `! Stopped by a signal: ${result.left} of ${result.left + grades.length} notebooks are not graded.`,
    );
  if (csv !== undefined) {
    await writeOutputFile(csv, csvOf(grades, ungraded), "check --csv");
    console.log(csv);
  }
  return result.left === 0;
}

function shown(grade: Grade): Grade {
  return { ...grade, learner: plainLine(grade.learner), notes: grade.notes.map(plainLine) };
}

/** Learners in rows, notebooks in columns: exercises passed of all. */
function table(grades: readonly Grade[], ungraded: readonly Ungraded[]): string {
  const lessons = [...new Set(grades.map(({ lesson }) => lesson))].sort();
  const learners = [...new Set([...grades, ...ungraded].map(({ learner }) => learner))].sort();
  const rows = learners.map((learner) => [
    learner,
    ...lessons.map((lesson) => cell(grades, learner, lesson)),
  ]);
  const head = ["learner", ...lessons.map((lesson) => lesson.slice(0, 2))];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Of several copies of a notebook the best counts. */
function cell(grades: readonly Grade[], learner: string, lesson: string): string {
  const own = grades.filter((grade) => grade.learner === learner && grade.lesson === lesson);
  const best = own.sort((a, b) => b.passed.length - a.passed.length)[0];
  return best === undefined ? "-" : `${best.passed.length}/${best.total}`;
}

/** A cell that a spreadsheet would take for a formula, behind blanks too. */
const formula = /^\s*[=+\-@]/;

/** One row for each notebook, and for what could not be graded. Each cell is in quotes: some spreadsheets split at `;`. */
function csvOf(grades: readonly Grade[], ungraded: readonly Ungraded[]): string {
  const graded = grades.map(({ learner, lesson, passed, total, notes }) => ({
    ...{ learner, notebook: lesson, passed: passed.length, exercises: total },
    passed_exercises: passed.join(" "),
    notes: notes.join("; "),
  }));
  const others = ungraded.map(({ learner, path, reason }) => ({
    ...{ learner, notebook: path, passed: "", exercises: "", passed_exercises: "", notes: reason },
  }));
  return `${Papa.unparse([...graded, ...others], { escapeFormulae: formula, quotes: true, newline: "\n" })}\n`;
}
