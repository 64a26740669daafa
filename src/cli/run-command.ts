// `latent-lab run`: executes notebooks without a front end. What it needs is loaded when it runs.
import type { Command } from "commander";
import { seconds, wholeNumber } from "./option-values.js";
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
