// The learner's own progress as a table, offline and without running anything.
import { UsageError } from "../core/errors.js";
import { courseNotebooks, courseProgress, type NotebookProgress, workspaceFolder } from "../course/index.js";

/** @throws UsageError if a number names no notebook of the course */
export async function showProgress(numbers: readonly string[], folder = workspaceFolder()): Promise<void> {
  const all = await courseProgress(folder, await courseNotebooks());
  const chosen = numbers.length === 0 ? all : numbers.map((number) => oneOf(all, number));
  const width = Math.max(...chosen.map(({ title }) => title.length));
  for (const { title, state, exercises } of chosen) {
    const { passed, total } = exercises;
    const bar =
      total === 0
        ? ""
        : `${"●".repeat(passed)}${"○".repeat(total - passed)}  ${passed} of ${total} exercises`;
    console.log(`${title.padEnd(width)}  ${state.padEnd(11)}  ${bar}`.trimEnd());
  }
  console.log(`\n${advice(chosen, folder)}`);
}

function oneOf(all: readonly NotebookProgress[], number: string): NotebookProgress {
  const found = all.find(({ name }) => name.startsWith(number.padStart(2, "0")));
  if (found !== undefined) return found;
  const numbers = all.map(({ name }) => name.slice(0, 2)).join(", ");
  throw new UsageError(
    `check: expected the number of a notebook (${numbers}); got ${number}. Leave it out for all of them.`,
  );
}

function advice(notebooks: readonly NotebookProgress[], folder: string): string {
  if (notebooks.every(({ state }) => state === "missing"))
    return `There are no notebooks of the course in ${folder}. \`latent-lab\` puts them there and opens them.`;
  const next =
    notebooks.find(({ state }) => state === "in progress") ??
    notebooks.find(({ state }) => state === "not started");
  if (next === undefined) return "All exercises are passed.";
  const [exercise] = next.open;
  const first =
    exercise === undefined ? "" : `, exercise ${exercise.id}${exercise.title && `: ${exercise.title}`}`;
  return `Next: ${next.name}${first}.`;
}
