// Executes notebooks, some at a time, with progress and a summary.
import { mkdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { LatentLabError, UsageError } from "../core/errors.js";
import { type Progress, type RunResult, readNotebook, runNotebook, writeNotebook } from "../course/index.js";
import { ProgressLine } from "./progress-line.js";
import { stopSignal } from "./stop-signal.js";

export interface RunNotebooksOptions {
  out?: string;
  inPlace?: true;
  kernel?: string;
  timeout: number;
  jobs: number;
}

/** @returns whether all notebooks ran to their end. @throws UsageError if `--out` cannot be used */
export async function runNotebooks(paths: string[], options: RunNotebooksOptions): Promise<boolean> {
  if (options.out !== undefined) await prepareOut(options.out, paths, options.inPlace);
  return runAll(paths, options);
}

/** Makes the folder of `--out`. @throws UsageError if what it is to hold would be lost or cannot be written */
async function prepareOut(out: string, paths: readonly string[], inPlace?: boolean): Promise<void> {
  if (inPlace) throw new UsageError("run: expected --out or --in-place; got both. Leave one out.");
  const names = paths.map((path) => basename(path));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new UsageError(
      `run: expected notebooks of different names for --out; got two of the same name, ${twice}. Run them one by one.`,
    );
  }
  const same = paths.find((path) => resolve(out, basename(path)) === resolve(path));
  if (same !== undefined)
    throw new UsageError(
      `run: expected another folder for --out than that of ${same}. Give one, or write --in-place.`,
    );
  try {
    await mkdir(out, { recursive: true });
  } catch (error) {
    const reason = (error as Error).message;
    throw new UsageError(`run: expected a folder for --out; got ${out} (${reason}). Give another one.`, {
      cause: error,
    });
  }
}

/** @returns whether all notebooks ran to their end */
async function runAll(paths: readonly string[], options: RunNotebooksOptions): Promise<boolean> {
  const progress = new ProgressLine(process.stderr);
  const { signal, release } = stopSignal("run: stopped by a signal; nothing more is written.");
  const waiting = [...paths];
  let allGood = true;
  const worker = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      try {
        const result = await runOne(path, options, progress, signal);
        if (result.status === "error") allGood = false;
        progress.print(summary(path, result));
      } catch (error) {
        signal.throwIfAborted();
        allGood = false;
        progress.print(`✗ ${reasonOf(error, path)}`);
      } finally {
        progress.remove(path);
      }
    }
  };
  try {
    // All of them, also when one fails: none may go on unseen.
    const workers = await Promise.allSettled(
      Array.from({ length: Math.min(options.jobs, paths.length) }, worker),
    );
    for (const result of workers) if (result.status === "rejected") throw result.reason;
  } finally {
    progress.clear();
    release();
  }
  return allGood;
}

/** Why a notebook could not be run or written, with its path. @throws what is a bug of ours */
function reasonOf(error: unknown, path: string): string {
  const ofSystem = error instanceof Error && "syscall" in error;
  if (!(error instanceof LatentLabError || ofSystem)) throw error;
  return error.message.startsWith(path) ? error.message : `${path}: ${error.message}`;
}

async function runOne(
  path: string,
  options: RunNotebooksOptions,
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
  const target = options.inPlace ? path : options.out && join(options.out, basename(path));
  if (target) await writeNotebook(target, notebook);
  return result;
}

function progressText(path: string, { done, total, seconds }: Progress): string {
  const width = 20;
  const filled = total === 0 ? width : Math.round((width * done) / total);
  return `${basename(path)} ${"█".repeat(filled)}${"░".repeat(width - filled)} ${done}/${total} cells, ${seconds.toFixed(0)} s`;
}

function summary(path: string, { status, executed, total, seconds, peakMemory, failure }: RunResult): string {
  const memory = peakMemory === undefined ? "" : `, at most ${(peakMemory / 2 ** 20).toFixed(0)} MB`;
  const head = `${status === "ok" ? "✓" : "✗"} ${path}: ${executed} of ${total} cells in ${seconds.toFixed(1)} s${memory}`;
  if (!failure) return head;
  const source = failure.source.split("\n").slice(0, 3).join("\n    ");
  return `${head}\n  cell ${failure.cell} failed:\n    ${source}\n${readable(failure.traceback.join("\n"))}`;
}

/** A kernel's traceback, without its colours where no terminal shows them. */
function readable(traceback: string): string {
  const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
  return coloured ? traceback : stripVTControlCharacters(traceback);
}
