// `latent-lab check`: how far a learner is, and what to do next; for a lecturer, a class's notebooks in one table.
import type { Command } from "commander";
import { UsageError } from "../core/errors.js";
import type { ClassOptions } from "./check-class.js";
import { seconds, wholeNumber } from "./option-values.js";

interface Options extends ClassOptions {
  folder?: string;
  class?: string;
}

export function addCheckCommand(program: Command): void {
  program
    .command("check")
    .description("show how far you are in the course; with --class, grade a folder of notebooks")
    .argument("[notebooks...]", "numbers of notebooks, e.g. 02 03; default all")
    .option("--folder <dir>", "folder of your notebooks; default your workspace")
    .option(
      "--class <dir>",
      "a class's notebooks, each learner's in a folder of their own: run every check again",
    )
    .option("--csv <file>", "with --class: write the table for a spreadsheet, too")
    .option("--cell-timeout <seconds>", "with --class: longest time for one cell", seconds, 60)
    .option("--timeout <seconds>", "with --class: longest time for one notebook", seconds, 300)
    .option("--memory <MB>", "with --class: most memory of one notebook", wholeNumber, 2048)
    .option(
      "--jobs <n>",
      "with --class: notebooks graded at the same time; default half the processors",
      wholeNumber,
    )
    .addHelpText(
      "after",
      "\nWithout --class nothing is run: progress is what your notebooks were saved with. With --class, the code of others" +
        "\nruns on this machine, with your rights; docs/teaching.md says how to put it into a container.",
    )
    .action(async (numbers: string[], options: Options, command: Command) => {
      refuseMixture(numbers, options, command);
      if (options.class !== undefined) {
        const { checkClass } = await import("./check-class.js");
        if (!(await checkClass(options.class, options))) process.exitCode = 1;
      } else {
        const { showProgress } = await import("./show-progress.js");
        await showProgress(numbers, options.folder);
      }
    });
}

/** Options of the one way to check would do nothing in the other. @throws UsageError naming them */
function refuseMixture(numbers: readonly string[], options: Options, command: Command): void {
  const given = command.options.filter(
    (option) => command.getOptionValueSource(option.attributeName()) === "cli" && option.long !== "--class",
  );
  const ofLearner = given.filter(({ long }) => long === "--folder").map(({ long }) => `${long}`);
  const ofClass = given.filter(({ long }) => long !== "--folder").map(({ long }) => `${long}`);
  const isClass = options.class !== undefined;
  const idle = isClass ? [...numbers, ...ofLearner] : ofClass;
  if (idle.length === 0) return;
  throw new UsageError(
    isClass
      ? `check: expected --class without numbers of notebooks and --folder; got ${idle.join(", ")}. Leave it out: all notebooks of the class are graded.`
      : `check: expected ${idle.join(", ")} with --class only; got no --class. Name the class's folder, or leave it out.`,
  );
}
