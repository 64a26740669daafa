// The queues of cells: the main shell's, and one for each subshell (JEP 91). Of each, one cell runs at a time; a
// subshell's runs while the main shell's awaits. This thread starts a cell, knows its parent message, and ends it:
// when the main thread reports its end, or when it was interrupted and no end will come.
import { randomUUID } from "node:crypto";
import type { CellId, ErrorReport, ToMain, ToProtocol, UserExpression } from "../threads/messages.js";
import type { History } from "./history.js";
import type { OutputPublisher, Parent } from "./publisher.js";
import type { Message } from "./wire.js";

/** Sends the reply to a request, on the channel that it came on. */
export type Reply = (request: Message, type: string, content: Record<string, unknown>) => void;

interface Parts {
  publisher: OutputPublisher;
  history: History;
  reply: Reply;
  start: (run: Run) => void;
  /** What the type checker holds against a cell, where such a cell must not run; else empty. */
  objections: (code: string, count: number) => Promise<string>;
}

type Run = Extract<ToMain, { type: "run" }>;

interface Running {
  cell: CellId;
  request: Message;
  silent: boolean;
  /** The number in `[n]`. */
  count: number;
  /** When the main thread had its code ready, to run it from then on. */
  compiledAt: number | undefined;
}

interface Shell {
  readonly queue: Message[];
  running: Running | undefined;
}

type Finished = Extract<ToProtocol, { type: "finished" }>;

export class Execution {
  readonly #parts: Parts;
  readonly #main: Shell = { queue: [], running: undefined };
  readonly #subshells = new Map<string, Shell>();
  /** Parents of all cells, since timers of an old one may still print. */
  readonly #parents = new Map<CellId, Parent>();
  /** Reasons to start no cell just now; the first is that the main thread is not ready. */
  #holds = 1;
  #cells: CellId = 0;
  #latest: CellId = 0;
  readonly #adopted: CellId[] = [];
  #count = 0;
  /** Deleted subshells whose last cell runs. */
  readonly #ending = new Set<Shell>();
  #afterExit: (() => void) | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The cells that run now, that of the main shell first. */
  get running(): CellId[] {
    return this.#shells.flatMap(({ running }) => running?.cell ?? []);
  }

  /** Cells run, and none of them has come to its own code yet, or to the first module that it loads. */
  get onlyStarts(): boolean {
    const running = this.#shells.flatMap((shell) => shell.running ?? []);
    return running.length > 0 && running.every(starts);
  }

  get #shells(): Shell[] {
    return [this.#main, ...this.#subshells.values(), ...this.#ending];
  }

  /** The request of a running cell. */
  requestOf(cell: CellId): Message | undefined {
    return this.#shellOf(cell)?.running?.request;
  }

  /** Who is asked for input: the cell's client, or that of one that runs where `cell` is a handler's or a timer's. */
  askedFor(cell: CellId): Message | undefined {
    return this.requestOf(cell) ?? this.#shells.find(({ running }) => running)?.running?.request;
  }

  /** @returns the id by which a client names the new subshell */
  createSubshell(): string {
    const id = randomUUID();
    this.#subshells.set(id, { queue: [], running: undefined });
    return id;
  }

  /** Its waiting cells are aborted; the one that runs comes to its end. @returns false if there is none */
  deleteSubshell(id: string): boolean {
    const shell = this.#subshells.get(id);
    if (shell === undefined) return false;
    this.#subshells.delete(id);
    if (shell.running !== undefined) this.#ending.add(shell);
    for (const request of shell.queue.splice(0)) this.#decline(request, { status: "aborted" });
    return true;
  }

  get subshells(): string[] {
    return [...this.#subshells.keys()];
  }

  /** The number in `[n]` of a cell that runs, else of the latest. */
  countOf(cell: CellId): number {
    return this.#shellOf(cell)?.running?.count ?? this.#count;
  }

  /** The message that a cell's output belongs to. */
  parentOf(cell: CellId): Parent {
    return this.#parents.get(cell) ?? this.#parents.get(this.#latest) ?? {};
  }

  /** An id for what a message other than a cell's causes; its output belongs to that message. */
  adopt(parent: Parent): CellId {
    const id = ++this.#cells;
    this.#parents.set(id, parent);
    this.#adopted.push(id);
    if (this.#adopted.length > keptMessages) this.#parents.delete(this.#adopted.shift() ?? 0);
    return id;
  }

  /**
   * A request is done with. Front ends take the latest status for the kernel's: it is still busy if a cell runs.
   * @param busyAs in whose name, if not the cell's
   */
  idle(parent: Parent, busyAs?: Parent): void {
    const { publisher } = this.#parts;
    publisher.status("idle", parent);
    const running = this.#shells.find((shell) => shell.running)?.running;
    if (running) publisher.status("busy", busyAs ?? running.request.header);
  }

  enqueue(request: Message): void {
    const id = request.header.subshell_id;
    const shell = id === undefined || id === null ? this.#main : this.#subshells.get(id);
    if (shell === undefined) {
      const evalue = `the kernel has no subshell ${id}. Create one with create_subshell_request.`;
      return this.#decline(request, { status: "error", ...errorReport("SubshellNotFound", evalue) });
    }
    shell.queue.push(request);
    this.#next(shell);
  }

  /** Holds cells back until `resume()`. */
  pause(): void {
    this.#holds++;
  }

  /** Ends one `pause()`, or the wait for the main thread. */
  resume(): void {
    this.#holds--;
    for (const shell of this.#shells) this.#next(shell);
  }

  /** Calls back instead of running another cell, once the present one has ended; it does not get long. */
  exitAfterThis(callback: () => void): void {
    this.#afterExit = once(callback); // cells of other shells may end later
    if (this.running.length === 0) return this.#afterExit();
    // The exit may have come from a timer, while the cell waits for something that never comes.
    setTimeout(() => {
      const error = errorReport("ExitRequest", "process.exit() was called while the cell was running.");
      for (const shell of this.#shells) this.#end(shell, error, {});
    }, exitTime);
  }

  /** The main thread has compiled a cell. */
  compiled(cell: CellId): void {
    const running = this.#shellOf(cell)?.running;
    if (running !== undefined) running.compiledAt = performance.now();
  }

  finished({ cell, error, userExpressions }: Finished): void {
    const shell = this.#shellOf(cell);
    if (shell !== undefined) this.#end(shell, error, userExpressions);
  }

  /** Ends a cell if it still runs. */
  endInterrupted(cell: CellId): void {
    this.#fail(cell, errorReport("Interrupted", "the cell was stopped. Variables keep the values they had."));
  }

  /** Ends a cell that reports no end itself. */
  #fail(cell: CellId, error: ErrorReport): void {
    this.finished({ type: "finished", cell, error, userExpressions: {} });
  }

  #shellOf(cell: CellId): Shell | undefined {
    return this.#shells.find(({ running }) => running?.cell === cell);
  }

  #next(shell: Shell): void {
    if (shell.running !== undefined || this.#holds > 0 || this.#afterExit) return;
    const request = shell.queue.shift();
    if (request === undefined) return;
    const { publisher, history } = this.#parts;
    const { code, silent, stores, userExpressions } = executeOptions(request);
    if (stores) {
      this.#count++;
      history.add(this.#count, code);
    }
    const cell = ++this.#cells;
    const count = this.#count;
    this.#latest = cell;
    shell.running = { cell, request, silent, count, compiledAt: undefined };
    this.#parents.set(cell, request.header);
    publisher.status("busy", request.header);
    if (!silent) publisher.publish("execute_input", { code, execution_count: count }, request.header);
    const subshell = shell !== this.#main;
    const run = { cell, count: silent ? 0 : count, code, silent, subshell, userExpressions };
    void this.#start({ type: "run", ...run });
  }

  async #start(run: Run): Promise<void> {
    const objections = run.silent ? "" : await this.#parts.objections(run.code, run.count);
    if (this.#shellOf(run.cell) === undefined) return; // interrupted meanwhile
    if (objections === "") return this.#parts.start(run);
    this.#fail(
      run.cell,
      errorReport("TypeCheckError", "the cell has type errors and was not run.", objections),
    );
  }

  #end(shell: Shell, error: ErrorReport | undefined, userExpressions: Record<string, UserExpression>): void {
    const { running } = shell;
    if (running === undefined) return;
    shell.running = undefined;
    this.#ending.delete(shell);
    const { request, silent } = running;
    this.#parts.publisher.flush();
    if (error && !silent) this.#parts.publisher.publish("error", { ...error }, request.header);
    if (!error || request.content.stop_on_error === false) {
      this.#conclude(running, error, userExpressions);
      this.#next(shell);
      return;
    }
    // What the client sent before it could know of the error is aborted. Some of it may still be on its way:
    // the client hears of the error only when it has had time to arrive.
    this.pause();
    setTimeout(() => {
      const aborted = shell.queue.splice(0);
      this.#conclude(running, error, userExpressions);
      for (const each of aborted) this.#decline(each, { status: "aborted" });
      this.resume();
    }, arrivalTime);
  }

  #conclude(
    { request, count }: Running,
    error: ErrorReport | undefined,
    userExpressions: Record<string, UserExpression>,
  ): void {
    const outcome = error
      ? { status: "error", ...error }
      : { status: "ok", user_expressions: userExpressions, payload: [] };
    this.#parts.reply(request, "execute_reply", { ...outcome, execution_count: count });
    this.idle(request.header);
    this.#afterExit?.();
  }

  /** Answers a request whose cell is not run. */
  #decline(request: Message, outcome: { status: "aborted" } | ({ status: "error" } & ErrorReport)): void {
    const { publisher, reply } = this.#parts;
    publisher.status("busy", request.header);
    if (outcome.status === "error") {
      const { ename, evalue, traceback } = outcome;
      publisher.publish("error", { ename, evalue, traceback }, request.header);
    }
    reply(request, "execute_reply", { ...outcome, execution_count: this.#count });
    this.idle(request.header);
  }
}

/** How many messages other than cells are remembered as parents. */
const keptMessages = 1000;

const arrivalTime = 20; // ms
const exitTime = 300; // ms
/** From its code to the first module that it loads; much longer than it takes on a machine that has time. */
const firstLoad = 250; // ms

function starts({ compiledAt, request }: Running): boolean {
  if (compiledAt === undefined) return true;
  return (
    performance.now() - compiledAt < firstLoad && /\b(import|require)\b/.test(String(request.content.code))
  );
}

/** An error of the kernel's, which has no stack. */
function errorReport(ename: string, evalue: string, ...rest: string[]): ErrorReport {
  return { ename, evalue, traceback: [`${ename}: ${evalue}`, ...rest] };
}

function once(callback: () => void): () => void {
  let called = false;
  return () => {
    if (!called) callback();
    called = true;
  };
}

function executeOptions({ content }: Message) {
  const silent = content.silent === true;
  const expressions = content.user_expressions;
  return {
    code: String(content.code ?? ""),
    silent,
    stores: !silent && content.store_history !== false,
    userExpressions: (typeof expressions === "object" && expressions !== null ? expressions : {}) as Record<
      string,
      string
    >,
  };
}
