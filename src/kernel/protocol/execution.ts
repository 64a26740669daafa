// The queue of cells. One runs at a time; this thread starts it, knows its parent message, and ends it: when
// the main thread reports its end, or when it was interrupted and no end will come.
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
  tell: (message: ToMain) => void;
  /** What the type checker holds against a cell, where such a cell must not run; else empty. */
  objections: (code: string, count: number) => Promise<string>;
}

interface Running {
  cell: CellId;
  request: Message;
  silent: boolean;
}

type Finished = Extract<ToProtocol, { type: "finished" }>;

export class Execution {
  readonly #parts: Parts;
  readonly #queue: Message[] = [];
  /** Parents of all cells, since timers of an old one may still print. */
  readonly #parents = new Map<CellId, Parent>();
  #running: Running | undefined;
  /** Reasons to start no cell just now; the first is that the main thread is not ready. */
  #holds = 1;
  #cells: CellId = 0;
  #latest: CellId = 0;
  readonly #adopted: CellId[] = [];
  #count = 0;
  #afterExit: (() => void) | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The cell that runs now. */
  get running(): CellId | undefined {
    return this.#running?.cell;
  }

  /** The request whose cell runs now. */
  get runningRequest(): Message | undefined {
    return this.#running?.request;
  }

  get executionCount(): number {
    return this.#count;
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

  /** Front ends take the latest status for the kernel's: after another message's it is still busy if a cell runs. */
  restateBusy(parent?: Parent): void {
    if (this.#running) this.#parts.publisher.status("busy", parent ?? this.#running.request.header);
  }

  enqueue(request: Message): void {
    this.#queue.push(request);
    this.#next();
  }

  /** Holds cells back until `resume()`. */
  pause(): void {
    this.#holds++;
  }

  /** Ends one `pause()`, or the wait for the main thread. */
  resume(): void {
    this.#holds--;
    this.#next();
  }

  /** Calls back instead of running another cell, once the present one has ended; it does not get long. */
  exitAfterThis(callback: () => void): void {
    this.#afterExit = callback;
    const running = this.#running;
    if (running === undefined) return callback();
    // The exit may have come from a timer, while the cell waits for something that never comes.
    setTimeout(() => {
      if (this.#running !== running) return;
      const evalue = "process.exit() was called while the cell was running.";
      this.#end({ ename: "ExitRequest", evalue, traceback: [`ExitRequest: ${evalue}`] }, {});
    }, exitTime);
  }

  finished({ cell, error, userExpressions }: Finished): void {
    if (this.#running?.cell === cell) this.#end(error, userExpressions);
  }

  /** Ends the running cell if it is still `cell`. */
  endInterrupted(cell: CellId): void {
    if (this.#running?.cell !== cell) return;
    this.#end(
      { ename: "Interrupted", evalue: interruptedText, traceback: [`Interrupted: ${interruptedText}`] },
      {},
    );
  }

  #next(): void {
    if (this.#running !== undefined || this.#holds > 0 || this.#afterExit) return;
    const request = this.#queue.shift();
    if (request === undefined) return;
    const { publisher, history } = this.#parts;
    const { code, silent, stores, userExpressions } = executeOptions(request);
    if (stores) {
      this.#count++;
      history.add(this.#count, code);
    }
    const cell = ++this.#cells;
    this.#latest = cell;
    this.#running = { cell, request, silent };
    this.#parents.set(cell, request.header);
    publisher.status("busy", request.header);
    if (!silent) publisher.publish("execute_input", { code, execution_count: this.#count }, request.header);
    void this.#start({ type: "run", cell, count: silent ? 0 : this.#count, code, silent, userExpressions });
  }

  async #start(run: Extract<ToMain, { type: "run" }>): Promise<void> {
    const objections = run.silent ? "" : await this.#parts.objections(run.code, run.count);
    if (objections === "") return this.#parts.tell(run);
    if (this.#running?.cell !== run.cell) return; // interrupted meanwhile
    const evalue = "the cell has type errors and was not run.";
    this.#end({ ename: "TypeCheckError", evalue, traceback: [`TypeCheckError: ${evalue}`, objections] }, {});
  }

  #end(error: ErrorReport | undefined, userExpressions: Record<string, UserExpression>): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    const { request, silent } = running;
    this.#parts.publisher.flush();
    if (error && !silent) this.#parts.publisher.publish("error", { ...error }, request.header);
    if (!error || request.content.stop_on_error === false) {
      this.#conclude(request, error, userExpressions);
      this.#next();
      return;
    }
    // What the client sent before it could know of the error is aborted. Some of it may still be on its way:
    // the client hears of the error only when it has had time to arrive.
    this.pause();
    setTimeout(() => {
      const aborted = this.#queue.splice(0);
      this.#conclude(request, error, userExpressions);
      for (const each of aborted) this.#abort(each);
      this.resume();
    }, arrivalTime);
  }

  #conclude(
    request: Message,
    error: ErrorReport | undefined,
    userExpressions: Record<string, UserExpression>,
  ): void {
    const outcome = error
      ? { status: "error", ...error }
      : { status: "ok", user_expressions: userExpressions, payload: [] };
    this.#parts.reply(request, "execute_reply", { ...outcome, execution_count: this.#count });
    this.#parts.publisher.status("idle", request.header);
    this.#afterExit?.();
  }

  #abort(request: Message): void {
    const { publisher, reply } = this.#parts;
    publisher.status("busy", request.header);
    reply(request, "execute_reply", { status: "aborted", execution_count: this.#count });
    publisher.status("idle", request.header);
  }
}

/** How many messages other than cells are remembered as parents. */
const keptMessages = 1000;

const arrivalTime = 20; // ms
const exitTime = 300; // ms

const interruptedText = "the cell was stopped. Variables keep the values they had.";

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
