// Knows which cell the running code belongs to, without async_hooks (Node 20 and 22 abort when code with
// async_hooks is interrupted): timers carry the cell that set them. The same book lets an interrupt cancel
// the timers of a cell, so that a loop of `await sleep()` does not come back to life, and break its endless
// chains of `process.nextTick`, which would let nothing else run.
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";
import type { CellId } from "../threads/messages.js";
import {
  dropImmediate,
  nodesSetImmediate,
  QueuedImmediate,
  queueImmediate,
  queueUrgent,
} from "./immediates.js";

const native = {
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
  setImmediate: queueUrgent,
  clearTimeout: globalThis.clearTimeout,
  clearInterval: globalThis.clearInterval,
  clearImmediate: dropImmediate,
  nextTick: process.nextTick,
  queueMicrotask: globalThis.queueMicrotask,
};

/** A stopped cell's chain of ticks that call for each other ends at this length; streams have shorter ones. */
const longestChain = 10_000;

export { native as nativeSchedulers };

type Timer = NodeJS.Timeout | QueuedImmediate;
type Callback = (...parameters: unknown[]) => void;

export class CellSchedulers {
  #running: CellId = 0;
  #current: CellId = 0;
  /** The cells that have started and not ended; the last is the one that unknown code belongs to. */
  #busy: CellId[] = [];
  /** Tasks that wait, the latest last. */
  #claims: CellId[] = [];
  readonly #pending = new Map<Timer, CellId>();
  readonly #stopped = new Set<CellId>();
  /** How many ticks, each called for by the one before, have led to the code that runs now. */
  #ticks = 0;

  /** The cell that output and errors of the code that runs now belong to. */
  get current(): CellId {
    return this.#current;
  }

  /** What code belongs to of which nothing is known: a library's, after it has waited. */
  get #default(): CellId {
    return this.#claims.at(-1) ?? this.#running;
  }

  /**
   * A cell starts: what is not known to belong to an earlier one belongs to it. That of a subshell leaves it to a cell
   * that runs already.
   */
  enter(cell: CellId, subshell = false): void {
    const beside = subshell && this.#busy.length > 0;
    // Not by `push` and the like, which a cell may have replaced.
    this.#busy = beside ? [cell, ...this.#busy] : [...this.#busy, cell];
    if (beside) return this.resume(cell);
    this.#running = cell;
    this.#current = cell;
    this.#claims = [];
  }

  /** The cell has ended, or was stopped. */
  leave(cell: CellId): void {
    const others: CellId[] = [];
    for (const each of this.#busy) if (each !== cell) others[others.length] = each;
    this.#busy = others;
    this.#running = others[others.length - 1] ?? this.#running;
  }

  /** Calls `body` as a part of `owner`, up to its first wait. */
  within<T>(owner: CellId, body: () => T): T {
    const before = this.#current;
    this.resume(owner);
    try {
      return body();
    } finally {
      this.#current = before;
    }
  }

  /**
   * While a task waits, code of which nothing is known belongs to it: if no cell runs, or if such code started it.
   * @returns what ends the claim
   */
  claim(task: CellId): () => void {
    if (this.#busy.length > 0 && this.#current !== this.#default) return () => {};
    this.#claims.push(task);
    // When the present turn has come to its end, with all that its promises do. An immediate would be too late for a file
    // that is read at once.
    native.queueMicrotask(() =>
      native.nextTick(() => {
        this.#current = this.#default;
      }),
    );
    return () => {
      this.#claims = this.#claims.filter((each) => each !== task);
    };
  }

  /** Ends all claims; an interrupted task does not do so itself. */
  dropClaims(): void {
    this.#claims = [];
  }

  /** Makes sure that nothing of a cell goes on by itself. */
  stop(cell: CellId): void {
    this.#stopped.add(cell);
    this.leave(cell);
    this.cancel(cell);
    this.#ticks = 0; // an interrupt may have ended the last one
  }

  isStopped(cell: CellId): boolean {
    return this.#stopped.has(cell);
  }

  /** Forgets and stops all timers of a cell (of all cells without one). @returns how many there were */
  cancel(cell?: CellId): number {
    let cancelled = 0;
    for (const [timer, owner] of [...this.#pending]) {
      if (cell !== undefined && owner !== cell) continue;
      this.#pending.delete(timer);
      if (timer instanceof QueuedImmediate) native.clearImmediate(timer);
      else native.clearTimeout(timer);
      cancelled++;
    }
    return cancelled;
  }

  /** Puts the wrapped functions in place of the global ones. */
  install(): void {
    const once =
      (schedule: (callback: Callback, delay?: number) => Timer) =>
      (callback: Callback, delay?: number, ...parameters: unknown[]): Timer => {
        const owner = this.#current;
        const timer = schedule(() => {
          this.#pending.delete(timer);
          this.#as(owner, callback, parameters);
        }, delay);
        this.#pending.set(timer, owner);
        return timer;
      };
    const setInterval = (callback: Callback, delay?: number, ...parameters: unknown[]): Timer => {
      const owner = this.#current;
      const timer = native.setInterval(() => this.#as(owner, callback, parameters), delay);
      this.#pending.set(timer, owner);
      return timer;
    };
    const clear = (timer: Timer | number | string | undefined): void => {
      if (typeof timer === "object") this.#pending.delete(timer);
      if (timer instanceof QueuedImmediate) native.clearImmediate(timer);
      else native.clearTimeout(timer);
    };
    const immediate = once(queueImmediate);
    process.nextTick = (callback: Callback, ...parameters: unknown[]): void => {
      if (typeof callback !== "function") return native.nextTick(callback); // Node's own complaint
      const [owner, ticks] = [this.#current, this.#ticks + 1];
      if (ticks > longestChain && this.#stopped.has(owner)) return;
      native.nextTick(() => {
        this.#ticks = ticks;
        try {
          callback(...parameters);
        } finally {
          this.#ticks = 0;
        }
      });
    };
    const wrapped = {
      // `util.promisify(setTimeout)` and its kin use what Node hung on its own functions.
      setTimeout: withSymbols(once(native.setTimeout), native.setTimeout),
      setInterval: withSymbols(setInterval, native.setInterval),
      setImmediate: withSymbols(
        (callback: Callback, ...parameters: unknown[]) => immediate(callback, undefined, ...parameters),
        nodesSetImmediate,
      ),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
    };
    Object.assign(globalThis, wrapped);
    Object.assign(timers, wrapped);
    syncBuiltinESMExports();
  }

  /** The code that runs now, to the end of its turn, is a part of `owner`. */
  resume(owner: CellId): void {
    if (this.#current === owner) return;
    this.#current = owner;
    native.setImmediate(() => {
      this.#current = this.#default;
    });
  }

  #as(owner: CellId, callback: Callback, parameters: unknown[]): void {
    this.resume(owner);
    callback(...parameters);
  }
}

function withSymbols<F extends object>(wrapped: F, original: object): F {
  for (const symbol of Object.getOwnPropertySymbols(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, symbol);
    if (descriptor) Object.defineProperty(wrapped, symbol, descriptor);
  }
  return wrapped;
}
