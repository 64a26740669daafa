// `latent-lab run`: executes notebooks without a front end, some at a time, with progress and a summary.
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { UsageError } from "../core/errors.js";
import { type Progress, type RunResult, readNotebook, runNotebook, writeNotebook } from "../course/index.js";
import { ProgressLine } from "./progress-line.js";

interface Options {
  out?: string;
  inPlace?: true;
  kernel?: string;
  timeout: number;
  jobs: number;
}

export function addRunCommand(program: Command): void {
  program
    .command("run")
    .description("execute notebooks headless; the exit status is not 0 if a cell fails")
    .argument("<notebook...>", "notebooks (.ipynb)")
    .option("--out <dir>", "write the executed notebooks into this folder")
    .option("--in-place", "write the outputs into the notebooks themselves")
    .option("--kernel <name>", "kernelspec to use instead of the notebook's own")
    .option("--timeout <seconds>", "longest time for one cell", positive, 600)
    .option("--jobs <n>", "notebooks to run at the same time", positive, 1)
    .addHelpText(
      "after",
      "\nWithout --out and --in-place nothing is written; the summary tells what happened.",
    )
    .action(async (paths: string[], options: Options) => {
      if (options.out !== undefined && options.inPlace) {
        throw new UsageError("run: expected --out or --in-place; got both. Leave one out.");
      }
      if (options.out !== undefined) await mkdir(options.out, { recursive: true });
      if (!(await runAll(paths, options))) process.exitCode = 1;
    });
}

/** @returns whether all notebooks ran to their end */
async function runAll(paths: readonly string[], options: Options): Promise<boolean> {
  const progress = new ProgressLine(process.stderr);
  const stop = new AbortController();
  const onSignal = (): void =>
    stop.abort(new UsageError("run: stopped by a signal; nothing more is written."));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, onSignal);
  const waiting = [...paths];
  let allGood = true;
  const worker = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const result = await runOne(path, options, progress, stop.signal);
      if (result.status === "error") allGood = false;
      progress.print(summary(path, result));
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(options.jobs, paths.length) }, worker));
  } finally {
    progress.clear();
  }
  return allGood;
}

async function runOne(
  path: string,
  options: Options,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<RunResult> {
  const notebook = await readNotebook(path);
  const result = await runNotebook(notebook, {
    path,
    timeout: options.timeout,
    signal,
    onProgress: (state) => progress.set(path, progressText(path, state)),
    ...(options.kernel === undefined ? {} : { kernel: options.kernel }),
  });
  progress.remove(path);
  const target = options.inPlace ? path : options.out && join(options.out, basename(path));
  if (target) await writeNotebook(target, notebook);
  return result;
}

function progressText(path: string, { done, total, seconds }: Progress): string {
  const width = 20;
  const filled = total === 0 ? width : Math.round((width * done) / total);
  return `${basename(path)} ${"█".repeat(filled)}${"░".repeat(width - filled)} ${done}/${total} cells, ${seconds.toFixed(0)} s`;
}

function summary(path: string, { status, executed, total, seconds, failure }: RunResult): string {
  const head = `${status === "ok" ? "✓" : "✗"} ${path}: ${executed} of ${total} cells in ${seconds.toFixed(1)} s`;
  if (!failure) return head;
  const source = failure.source.split("\n").slice(0, 3).join("\n    ");
  return `${head}\n  cell ${failure.cell} failed:\n    ${source}\n${failure.traceback.join("\n")}`;
}

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError("Expected a number greater than 0.");
  return number;
}
