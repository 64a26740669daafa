// The kernel's main thread: user code, and nothing else that could block or be blocked. The protocol thread
// is a worker, so heartbeats, interrupts and completions are answered while a cell computes.
import type { MessagePort, Worker } from "node:worker_threads";
import { denoJupyter } from "../compat/deno.js";
import { DebugTarget } from "../debug/target.js";
import { CellRunner } from "../evaluate/cell-runner.js";
import { captureChildren } from "../evaluate/child-output.js";
import { CleanUps } from "../evaluate/clean-ups.js";
import { KernelComms } from "../evaluate/comms.js";
import { defineHidden } from "../evaluate/define-hidden.js";
import { reportError } from "../evaluate/error-report.js";
import { CellSignals, installHost } from "../evaluate/host.js";
import { recoverImmediates } from "../evaluate/immediates.js";
import { CellInput } from "../evaluate/input.js";
import { interactiveHost } from "../evaluate/interactive-host.js";
import { NotebookModules } from "../evaluate/modules.js";
import { captureStreams } from "../evaluate/output.js";
import { CellSchedulers, nativeSchedulers } from "../evaluate/schedulers.js";
import { CellTasks } from "../evaluate/tasks.js";
import type { Backlog } from "./backlog.js";
import { fileRequestsGoOn, leavesFileRequests } from "./file-requests.js";
import type { CellId, Report, ToMain } from "./messages.js";

export interface MainThreadParts {
  protocol: Worker;
  /** Where answers to a sleeping main thread arrive … */
  answers: MessagePort;
  /** … and what is counted up to wake it. */
  signal: Int32Array;
  backlog: Backlog;
}

const loaderDelay = 150; // ms

/** Makes this thread ready for cells, and says so to the protocol thread. */
export function runMainThread({ protocol, answers, signal, backlog }: MainThreadParts): void {
  const schedulers = new CellSchedulers();
  const signals = new CellSignals();
  const cleanUps = new CleanUps();
  const modules = new NotebookModules(process.cwd(), (load, ended) =>
    report({ type: "loading", load, ended }),
  );
  const stop = (task: CellId): void => runner.stop(task);
  const tasks = new CellTasks({ schedulers, stop, ended: (task) => signals.forget(task) });
  const report = tasks.routed((message, moved = []) => {
    backlog.add(message);
    protocol.postMessage(message, moved);
  });
  const currentCell = (): number => schedulers.current;
  const deno = denoJupyter(report, currentCell);
  const beforeRun = (script: string, declared: string[]): Promise<void> => target.beforeRun(script, declared);
  const runner = new CellRunner({ report, schedulers, signals, modules, deno, beforeRun });
  const target = new DebugTarget({ report, sources: runner.sources });
  const input = new CellInput({ report, currentCell, answers, signal });
  const showError = strayErrors(report, currentCell, runner);
  const comms = new KernelComms({ report, schedulers, tasks, failed: showError });
  const interactive = interactiveHost({ comms, tasks, currentCell, sources: runner.sources, showError });
  const parts = { runner, schedulers, signals, cleanUps, report, input, tasks, comms, modules };

  protocol.on("message", (message: ToMain) => handle(message, parts));
  // The thread's own failure is the kernel's: say it where the server logs it, and end.
  protocol.on("error", (error) => fail(`the protocol thread failed: ${error.stack ?? error}`));
  protocol.on("exit", (code) => exit(code));

  runner.sources.install();
  target.install();
  schedulers.install();
  captureStreams(report, currentCell);
  captureChildren(schedulers);
  installHost({ report, schedulers, signals, cleanUps, interactive });
  input.install();
  catchStrayErrors(showError);
  askBeforeExit(report, currentCell);
  modules.install();
  report({ type: "ready" });
  // Node's loader takes a while to start where it has a thread: not before the client has its first answer.
  nativeSchedulers.setTimeout(() => modules.startLoader(), loaderDelay);
}

interface Parts {
  runner: CellRunner;
  schedulers: CellSchedulers;
  signals: CellSignals;
  cleanUps: CleanUps;
  report: Report;
  input: CellInput;
  tasks: CellTasks;
  comms: KernelComms;
  modules: NotebookModules;
}

function handle(message: ToMain, parts: Parts): void {
  const { runner, report, input, comms } = parts;
  switch (message.type) {
    case "run":
      return runner.start(message);
    case "interrupt": {
      const over = interrupt(message, parts);
      const cleansUp = parts.cleanUps.going;
      const settled = over && !cleansUp && !fileRequestsGoOn();
      const { question } = message;
      return report({ type: "interrupted", question, settled, cleansUp });
    }
    case "input-answer":
      return input.answered(message.id, message.answer);
    case "comm":
      return comms.received(message);
    case "nothing":
      return;
    case "exit":
      return exit(0);
    default:
      message satisfies never;
  }
}

/** The last interrupt that was carried out: a question that is asked again must not stop what has started since. */
let interrupted = 0;

type Interrupt = Extract<ToMain, { type: "interrupt" }>;

/** @returns whether nothing is to be expected in the place of what was ended */
function interrupt({ token, cells, byForce, terminations }: Interrupt, parts: Parts): boolean {
  const { runner, schedulers, signals, cleanUps, tasks, comms, report, modules } = parts;
  const { ended, settled } = recoverImmediates();
  modules.interrupted(byForce);
  const asksAgain = token <= interrupted;
  if (asksAgain) cleanUps.begin(terminations);
  if (asksAgain && !ended) return settled; // nothing has started since
  if (!asksAgain) {
    leavesFileRequests();
    report({ type: "interrupting", token });
    for (const cell of cells) runner.stop(cell);
    if (cells.length === 0) schedulers.cancel();
    signals.abortAll();
    cleanUps.want();
    cleanUps.begin(terminations);
  }
  tasks.stopAll();
  comms.interrupted();
  interrupted = token; // last, since a termination may end this at any point
  return settled;
}

const exit = process.exit.bind(process);
const writeError = process.stderr.write.bind(process.stderr);

function fail(problem: string): void {
  writeError(`latent-lab kernel: ${problem}\n`, () => exit(1));
}

type ShowError = (thrown: unknown) => void;

/** Shows an error in the cell that caused it. */
function strayErrors(report: Report, currentCell: () => CellId, runner: CellRunner): ShowError {
  return (thrown) =>
    report({ type: "stray-error", cell: currentCell(), error: reportError(thrown, runner.sources) });
}

/** Errors that no cell awaits are shown in the cell that caused them, and never end the kernel. */
function catchStrayErrors(show: ShowError): void {
  const listeners = {
    uncaughtException: show,
    unhandledRejection: show,
    // Ctrl+C in a terminal reaches the whole group; the server decides what ends, with a message.
    SIGINT: () => {},
    // Node would open its inspector to the network, and the kernel's own sessions would lose their way.
    SIGUSR1: () => {},
  };
  const listen = (): void => {
    for (const [event, listener] of Object.entries(listeners))
      if (!process.listeners(event as "SIGINT").includes(listener)) process.on(event, listener);
  };
  listen();
  // A cell that removes all listeners means its own.
  const removeAll = process.removeAllListeners.bind(process);
  defineHidden(process, "removeAllListeners", (...event: [string?]) => {
    removeAll(...event);
    listen();
    return process;
  });
}

/** Thrown by `process.exit()` in a cell, so that nothing after it runs. */
class ExitRequest extends Error {
  override name = "ExitRequest";
}

/** `process.exit()` becomes a request: outputs and the cell's reply are sent first. */
function askBeforeExit(report: Report, currentCell: () => number): void {
  const ask = (code?: number | string | null): never => {
    report({ type: "exit-requested", cell: currentCell(), code: Number(code ?? process.exitCode ?? 0) });
    throw new ExitRequest("process.exit() was called: the kernel shuts down.");
  };
  process.exit = ask;
}
