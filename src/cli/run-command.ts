// `latent-lab run`: executes notebooks without a front end. What it needs is loaded when it runs.
import { type Command, InvalidArgumentError } from "commander";
import type { RunNotebooksOptions } from "./run-notebooks.js";

export function addRunCommand(program: Command): void {
  program
    .command("run")
    .description("execute notebooks headless; the exit status is not 0 if a cell fails")
    .argument("<notebook...>", "notebooks (.ipynb)")
    .option("--out <dir>", "write the executed notebooks into this folder")
    .option("--in-place", "write the outputs into the notebooks themselves")
    .option("--kernel <name>", "kernelspec to use instead of the notebook's own")
    .option("--timeout <seconds>", "longest time for one cell", seconds, 600)
    .option("--jobs <n>", "notebooks to run at the same time", wholeNumber, 1)
    .addHelpText(
      "after",
      "\nWithout --out and --in-place nothing is written; the summary tells what happened.",
    )
    .action(async (paths: string[], options: RunNotebooksOptions) => {
      const { runNotebooks } = await import("./run-notebooks.js");
      if (!(await runNotebooks(paths, options))) process.exitCode = 1;
    });
}

/** Node's timers go no further; beyond, they would fire at once. */
const longestTimer = 2_147_483;

function seconds(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number <= longestTimer)) {
    throw new InvalidArgumentError(`Expected seconds, more than 0 and at most ${longestTimer}.`);
  }
  return number;
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("Expected 1, 2, 3, …");
  return number;
}
