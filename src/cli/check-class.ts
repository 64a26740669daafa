// A class's grades as a table on the screen, and as CSV.
import Papa from "papaparse";
import { type Grade, gradeClass } from "../course/index.js";
import { checkOutputFolder, writeOutputFile } from "./output-file.js";
import { ProgressLine } from "./progress-line.js";

export interface ClassOptions {
  csv?: string;
  cellTimeout: number;
  timeout: number;
  memory: number;
  jobs?: number;
}

/** @throws UsageError if the folder cannot be read, or the table not be written */
export async function checkClass(folder: string, { csv, ...options }: ClassOptions): Promise<void> {
  if (csv !== undefined) await checkOutputFolder(csv, "check --csv"); // not after an hour of grading
  const progress = new ProgressLine(process.stderr);
  const { grades, unreadable } = await gradeClass(folder, {
    ...options,
    onProgress: (done, total) => progress.set("class", `${done} of ${total} notebooks`),
  }).finally(() => progress.clear());
  console.log(table(grades));
  for (const { learner, lesson, notes } of grades)
    for (const note of notes) console.log(`! ${learner}, ${lesson}: ${note}`);
  for (const { path, reason } of unreadable)
    console.log(`! ${reason.startsWith(path) ? reason : `${path}: ${reason}`}`);
  if (csv !== undefined) {
    await writeOutputFile(csv, csvOf(grades), "check --csv");
    console.log(csv);
  }
}

/** Learners in rows, notebooks in columns: exercises passed of all. */
function table(grades: readonly Grade[]): string {
  const lessons = [...new Set(grades.map(({ lesson }) => lesson))].sort();
  const learners = [...new Set(grades.map(({ learner }) => learner))];
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

/** One row for each notebook. Names that a spreadsheet would take for formulas are kept as text. */
function csvOf(grades: readonly Grade[]): string {
  const rows = grades.map(({ learner, lesson, passed, total, notes }) => ({
    ...{ learner, notebook: lesson, passed: passed.length, exercises: total },
    passed_exercises: passed.join(" "),
    notes: notes.join("; "),
  }));
  return `${Papa.unparse(rows, { escapeFormulae: true, newline: "\n" })}\n`;
}
