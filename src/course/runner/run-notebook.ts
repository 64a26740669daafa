// Runs a notebook without a front end, through the kernel's own protocol: cell after cell, outputs kept in
// the notebook, the first unexpected error ends it.
import { dirname, resolve } from "node:path";
import { UsageError } from "../../core/errors.js";
import type { Notebook, NotebookCell, NotebookOutput } from "../../core/nbformat.js";
import { findKernelSpec, KernelProcess } from "../../kernel/manager/index.js";
import { CellOutputs } from "./cell-outputs.js";
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
  /** The first cell that failed, and how. */
  failure?: CellFailure;
}

export interface CellFailure {
  /** Place of the cell in the notebook, from 1, all kinds of cells counted. */
  cell: number;
  source: string;
  ename: string;
  evalue: string;
  traceback: string[];
}

/**
 * Executes all code cells in order and puts outputs and execution counts into `notebook`. Outputs of cells
 * after a failed one are removed. A cell tagged `raises-exception` may fail.
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
  const displays = new Map<string, NotebookOutput[]>();
  const widgets = new WidgetStates();
  const budget = new OutputBudget(options.outputLimit ?? Number.POSITIVE_INFINITY, () => [
    outputsOf(notebook),
    widgets.metadata,
  ]);
  let executed = 0;
  let failure: CellFailure | undefined;
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
      if ((failure && !keepGoing) || hasDied) continue;
      onProgress({ done: executed, total: cells.length, seconds: seconds() });
      const number = notebook.cells.indexOf(cell) + 1;
      const failed = await runCell(kernel, cell, { number, displays, widgets, budget, timeout, signal });
      if (failed?.ename === cellStopped && keepGoing && !hasDied)
        hasDied = budget.spent || !(await obeysInterrupt(kernel, signal));
      if (budget.spent) endKernel(kernel);
      failure ??= failed;
      executed++;
    }
    memory.read();
    onProgress({ done: executed, total: cells.length, seconds: seconds() });
  } finally {
    memory.stop();
    await kernel.shutdown();
  }
  if (widgets.metadata) notebook.metadata.widgets = widgets.metadata;
  else delete notebook.metadata.widgets;
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

/** The name of the error of a cell that did not end by itself. */
const cellStopped = "CellStopped";

interface CellContext {
  number: number;
  displays: Map<string, NotebookOutput[]>;
  widgets: WidgetStates;
  budget: OutputBudget;
  timeout: number;
  signal: AbortSignal | undefined;
}

async function runCell(
  kernel: KernelProcess,
  cell: NotebookCell,
  { number, displays, widgets, budget, timeout, signal }: CellContext,
): Promise<CellFailure | undefined> {
  const collected = new CellOutputs(displays);
  cell.outputs = collected.outputs;
  const limit = AbortSignal.timeout(timeout * 1000);
  const ended = new AbortController();
  const onDeath = (detail: string): void => ended.abort(new UsageError(detail));
  kernel.once("died", onDeath);
  try {
    const reply = await kernel.request(
      "execute_request",
      { code: cell.source, silent: false, store_history: true, allow_stdin: false, stop_on_error: true },
      {
        onIopub: (message) => {
          collected.take(message);
          widgets.take(message);
          budget.take(message);
          if (budget.spent) ended.abort(new UsageError("the notebook's outputs are too large."));
        },
        signal: AbortSignal.any([limit, ended.signal, ...(signal ? [signal] : [])]),
      },
    );
    const { content } = reply;
    cell.execution_count = Number(content.execution_count);
    if (content.status === "ok" || mayFail(cell)) return undefined;
    return { cell: number, source: cell.source, ...errorOf(content) };
  } catch (error) {
    if (signal?.aborted) throw error;
    const evalue = limit.aborted ? `the cell ran for more than ${timeout} s.` : (error as Error).message;
    return { cell: number, source: cell.source, ename: cellStopped, evalue, traceback: [evalue] };
  } finally {
    kernel.off("died", onDeath);
  }
}

function clear(cell: NotebookCell): void {
  cell.outputs = [];
  cell.execution_count = null;
}

function mayFail(cell: NotebookCell): boolean {
  const { tags } = cell.metadata;
  return Array.isArray(tags) && tags.includes("raises-exception");
}

function errorOf(content: Record<string, unknown>): Pick<CellFailure, "ename" | "evalue" | "traceback"> {
  const traceback = Array.isArray(content.traceback) ? content.traceback.map(String) : [];
  return { ename: String(content.ename), evalue: String(content.evalue), traceback };
}

function kernelOf({ metadata }: Notebook): string {
  const spec = metadata.kernelspec as { name?: unknown } | undefined;
  return typeof spec?.name === "string" ? spec.name : "latent-lab";
}
