// Runs a notebook without a front end, through the kernel's own protocol: cell after cell, outputs kept in
// the notebook, the first unexpected error ends it.
import { dirname, resolve } from "node:path";
import { UsageError } from "../../core/errors.js";
import type { Notebook, NotebookCell } from "../../core/nbformat.js";
import { findKernelSpec, KernelProcess } from "../../kernel/manager/index.js";
import { type CellFailure, cellStopped, errorOf, mayFail, stopped } from "./cell-failure.js";
import { CellMessages } from "./cell-messages.js";
import { endKernel, obeysInterrupt } from "./kernel-ends.js";
import { OutputBudget, outputsOf } from "./output-budget.js";
import { processMemory } from "./process-memory.js";
import { WidgetStates } from "./widget-states.js";

export interface RunOptions {
  /** File that the notebook was read from; the kernel starts in its folder. */
  path: string;
  /** Name of a kernelspec. Default: the notebook's own, else ours. */
  kernel?: string;
  /** Longest time for one cell, in seconds. Default 600. */
  timeout?: number;
  /** The kernel's environment. Default: this process's. */
  env?: NodeJS.ProcessEnv;
  /** Code that runs first, unseen: no output, no history, no cell. */
  prelude?: string;
  /** Go on after a cell that fails, or that is stopped because it ran too long. Default false. */
  keepGoing?: boolean;
  /** Most memory of the kernel, in bytes; beyond it is ended. Counted on Linux only. */
  memoryLimit?: number;
  /** Most that all outputs together may take, in bytes; beyond it is ended. Default: no limit. */
  outputLimit?: number;
  /** Called before each code cell, and once with `done === total` at the end. */
  onProgress?(progress: Progress): void;
  /** Stops the run: the kernel is shut down and the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

export interface Progress {
  /** Code cells that have run. */
  done: number;
  /** Code cells in all. */
  total: number;
  seconds: number;
}

export interface RunResult {
  status: "ok" | "error";
  /** Code cells that ran. */
  executed: number;
  total: number;
  seconds: number;
  /** Most memory that the kernel held, in bytes; `undefined` where the system does not say it. */
  peakMemory: number | undefined;
  /** The first failure, and whose: also a cell that has ended fails when it shows an error while later ones run. */
  failure?: CellFailure;
}

/**
 * Executes all code cells in order and puts outputs and execution counts into `notebook`. What a cell that has ended says
 * while later ones run (timers, promises, trainings) goes to its outputs, and an error among it is its failure; after the
 * last cell only what the kernel has already sent is waited for. After a failure no further cell is begun, and the outputs
 * of those that did not run are removed. A cell tagged `raises-exception` may fail.
 * @throws UsageError if no such kernel is installed; KernelStartError if it does not start
 */
export async function runNotebook(notebook: Notebook, options: RunOptions): Promise<RunResult> {
  const { path, timeout = 600, onProgress = () => {}, signal, env, keepGoing = false } = options;
  signal?.throwIfAborted();
  const spec = await findKernelSpec(options.kernel ?? kernelOf(notebook));
  const kernel = await KernelProcess.start({ spec, cwd: dirname(resolve(path)), ...(env ? { env } : {}) });
  // As front ends do: what is stored is what the kernel says, so that opening the notebook changes nothing.
  notebook.metadata.language_info = kernel.info.language_info;
  const started = Date.now();
  const cells = notebook.cells.filter((cell) => cell.cell_type === "code");
  const seconds = (): number => (Date.now() - started) / 1000;
  const widgets = new WidgetStates();
  const budget = new OutputBudget(options.outputLimit ?? Number.POSITIVE_INFINITY, () => [
    outputsOf(notebook),
    widgets.metadata,
  ]);
  let executed = 0;
  const messages = new CellMessages({ kernel, widgets, budget });
  let isBusy = false;
  let peakMemory: number | undefined;
  // It would be started again, without what the cells before have made.
  let hasDied = false;
  kernel.once("died", () => {
    hasDied = true;
  });
  const memory = watchMemory(kernel, options.memoryLimit, (peak) => {
    peakMemory = peak;
  });
  try {
    if (options.prelude !== undefined) await runPrelude(kernel, options.prelude, signal);
    for (const cell of cells) {
      clear(cell);
      if ((messages.failure && !keepGoing) || hasDied) continue;
      onProgress({ done: executed, total: cells.length, seconds: seconds() });
      const number = notebook.cells.indexOf(cell) + 1;
      const failed = await runCell(kernel, cell, { number, messages, timeout, signal });
      if (failed) messages.fail(failed);
      isBusy = failed?.ename === cellStopped;
      if (isBusy && keepGoing && !hasDied) {
        hasDied = budget.spent || !(await obeysInterrupt(kernel, signal));
        isBusy = hasDied;
      }
      if (budget.spent) endKernel(kernel);
      executed++;
    }
    memory.read();
    if (!isBusy && !hasDied) await takeRest(kernel, signal);
    onProgress({ done: executed, total: cells.length, seconds: seconds() });
  } finally {
    memory.stop();
    messages.close(); // what is stopped by the kernel's end is no failure
    await kernel.shutdown();
  }
  if (widgets.metadata) notebook.metadata.widgets = widgets.metadata;
  else delete notebook.metadata.widgets;
  const { failure } = messages;
  const counts = { executed, total: cells.length, seconds: seconds(), peakMemory };
  return failure ? { status: "error", ...counts, failure } : { status: "ok", ...counts };
}

/** Watches the kernel's memory and ends one that takes too much. */
function watchMemory(
  kernel: KernelProcess,
  limit: number | undefined,
  onPeak: (bytes: number) => void,
): { read(): void; stop(): void } {
  const read = (): void => {
    const memory = processMemory(kernel.pid);
    if (memory === undefined) return;
    onPeak(memory.peak);
    if (limit !== undefined && memory.now > limit) endKernel(kernel);
  };
  if (limit === undefined) return { read, stop: () => {} };
  const timer = setInterval(read, 200);
  return { read, stop: () => clearInterval(timer) };
}

/** Longest time for the prelude, in ms: it loads TensorFlow.js, perhaps on a busy machine. */
const preludeLimit = 120_000;

/** @throws Error if it fails, for the cells would run without what they count on */
async function runPrelude(
  kernel: KernelProcess,
  code: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const limit = AbortSignal.timeout(preludeLimit);
  const content = { code, silent: true, store_history: false, allow_stdin: false, stop_on_error: false };
  const reply = await kernel
    .request("execute_request", content, { signal: AbortSignal.any([limit, ...(signal ? [signal] : [])]) })
    .catch((error: unknown) => {
      if (!limit.aborted || signal?.aborted) throw error;
      throw new Error(`internal: the prelude ran for more than ${preludeLimit / 1000} s.`, { cause: error });
    });
  if (reply.content.status === "ok") return;
  const { ename, evalue } = errorOf(reply.content);
  throw new Error(`internal: the prelude failed with ${ename}: ${evalue}`);
}

/** Longest time that the kernel may take to say what it has to say at the end, in ms. */
const restLimit = 2000;

/** Waits for what the kernel has sent: iopub keeps its order, so all of it is here when one more request is answered. */
async function takeRest(kernel: KernelProcess, signal: AbortSignal | undefined): Promise<void> {
  const limit = AbortSignal.timeout(restLimit);
  const stop = AbortSignal.any([limit, ...(signal ? [signal] : [])]);
  // It may be gone, or busy with what its cells have left behind.
  await kernel.request("kernel_info_request", {}, { signal: stop }).catch(() => signal?.throwIfAborted());
}

interface CellContext {
  number: number;
  messages: CellMessages;
  timeout: number;
  signal: AbortSignal | undefined;
}

async function runCell(
  kernel: KernelProcess,
  cell: NotebookCell,
  { number, messages, timeout, signal }: CellContext,
): Promise<CellFailure | undefined> {
  const id = messages.begin(cell, number);
  const limit = AbortSignal.timeout(timeout * 1000);
  const ended = new AbortController();
  const onDeath = (detail: string): void => ended.abort(new UsageError(detail));
  kernel.once("died", onDeath);
  try {
    const reply = await kernel.request(
      "execute_request",
      { code: cell.source, silent: false, store_history: true, allow_stdin: false, stop_on_error: true },
      {
        id,
        signal: AbortSignal.any([limit, ended.signal, messages.spent, ...(signal ? [signal] : [])]),
      },
    );
    const { content } = reply;
    cell.execution_count = Number(content.execution_count);
    if (content.status === "ok" || mayFail(cell)) return undefined;
    return { cell: number, source: cell.source, ...errorOf(content) };
  } catch (error) {
    if (signal?.aborted) throw error;
    const evalue = limit.aborted ? `the cell ran for more than ${timeout} s.` : (error as Error).message;
    return stopped(number, cell, evalue);
  } finally {
    kernel.off("died", onDeath);
  }
}

function clear(cell: NotebookCell): void {
  cell.outputs = [];
  cell.execution_count = null;
}

function kernelOf({ metadata }: Notebook): string {
  const spec = metadata.kernelspec as { name?: unknown } | undefined;
  return typeof spec?.name === "string" ? spec.name : "latent-lab";
}
