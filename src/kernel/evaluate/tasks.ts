// Work that is no cell's own course: callbacks of widgets, handlers of comms, code whose output is captured.
// Each run has an id like a cell's, by which its output is routed and which an interrupt can stop.
import type { CapturedOutput } from "../../core/notebook.js";
import type { CellId, Report, ToProtocol } from "../threads/messages.js";
import type { CellSchedulers } from "./schedulers.js";

type Sink = (output: CapturedOutput) => void;

interface Route {
  /** The cell or task that the output belongs to … */
  to: CellId;
  /** … unless this takes it. */
  sink?: Sink;
}

interface Parts {
  schedulers: CellSchedulers;
  /** Stops timers and awaits of a task. */
  stop: (task: CellId) => void;
  /** Forgets what is kept for a task. */
  ended: (task: CellId) => void;
}

/** Timers of a task may print after its end; routes are kept for that many tasks. */
const keptRoutes = 10_000;

export class CellTasks {
  readonly #parts: Parts;
  readonly #routes = new Map<CellId, Route>();
  readonly #active = new Map<CellId, () => void>();
  #last: CellId = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A report that knows of tasks: their output goes on to the cell, or into the sink. */
  routed(report: Report): Report {
    return (message, moved) => {
      if (!("cell" in message)) return report(message, moved);
      let { cell } = message;
      for (let route = this.#routes.get(cell); route; route = this.#routes.get(cell)) {
        const { to, sink } = route;
        const captured = sink && capturable(message);
        // What the sink shows is no part of what it captures.
        if (sink && captured) return this.#parts.schedulers.within(to, () => sink(captured));
        cell = to;
      }
      report(cell === message.cell ? message : { ...message, cell }, moved);
    };
  }

  /** An id for a task whose output goes where `route` says. */
  create({ to, sink }: Route): CellId {
    const task = --this.#last;
    let end = to;
    for (let next = this.#routes.get(end); next && !next.sink; next = this.#routes.get(end)) end = next.to;
    this.#routes.set(task, sink ? { to: end, sink } : { to: end });
    if (this.#routes.size > keptRoutes) this.#routes.delete(task + keptRoutes);
    return task;
  }

  /**
   * Calls `body` as `task`. Gives a promise if the body does, which also resolves when the task is stopped.
   * @param failed is told of what the body throws
   */
  run(task: CellId, body: () => unknown, failed: (thrown: unknown) => void): Promise<void> | undefined {
    const { schedulers, ended } = this.#parts;
    let result: unknown;
    // An interrupt takes this frame along, and no `finally` runs: what must end is noted before.
    this.#active.set(task, () => {});
    try {
      result = schedulers.within(task, body);
    } catch (thrown) {
      schedulers.within(task, () => failed(thrown));
    }
    this.#active.delete(task);
    if (!isPromise(result)) {
      ended(task);
      return undefined;
    }
    const release = schedulers.claim(task);
    return new Promise((resolve) => {
      const end = (): void => {
        if (!this.#active.delete(task)) return;
        release();
        ended(task);
        resolve();
      };
      this.#active.set(task, end);
      const fail = (thrown: unknown): void => {
        if (this.#active.has(task)) schedulers.within(task, () => failed(thrown));
        end();
      };
      Promise.resolve(result).then(end, fail);
    });
  }

  /** Calls `body` with its output going into `sink`; what it throws is the caller's. */
  capture<T>(sink: Sink, body: () => T): T | Promise<Awaited<T>> {
    const { schedulers } = this.#parts;
    const caller = schedulers.current;
    const task = this.create({ to: caller, sink });
    const result = schedulers.within(task, body);
    if (!isPromise(result)) return result;
    const release = schedulers.claim(task);
    return Promise.resolve(result).finally(() => {
      release();
      schedulers.resume(caller); // what follows is the caller's again
    });
  }

  /** Ends all that runs: timers and awaits of the tasks do not come back. */
  stopAll(): void {
    this.#parts.schedulers.dropClaims();
    for (const [task, end] of [...this.#active]) {
      this.#parts.stop(task);
      end();
      this.#active.delete(task);
    }
  }
}

function capturable(message: ToProtocol): CapturedOutput | undefined {
  switch (message.type) {
    case "stream":
      return { type: "stream", name: message.name, text: message.text };
    case "display": {
      const { displayId, update, data, metadata } = message;
      return { type: "display", displayId, update, data, metadata };
    }
    case "clear":
      return { type: "clear", wait: message.wait };
    case "stray-error":
      return { type: "error", error: message.error };
    default:
      return undefined;
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
