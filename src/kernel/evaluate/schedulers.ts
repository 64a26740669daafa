// Knows which cell the running code belongs to, without async_hooks (Node 20 and 22 abort when code with
// async_hooks is interrupted): timers carry the cell that set them. The same book lets an interrupt cancel
// the timers of a cell, so that a loop of `await sleep()` does not come back to life.
import type { CellId } from "../threads/messages.js";

const native = {
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
  setImmediate: globalThis.setImmediate,
  clearTimeout: globalThis.clearTimeout,
  clearInterval: globalThis.clearInterval,
  clearImmediate: globalThis.clearImmediate,
};

export { native as nativeSchedulers };

type Timer = NodeJS.Timeout | NodeJS.Immediate;
type Callback = (...parameters: unknown[]) => void;

export class CellSchedulers {
  #running: CellId = 0;
  #current: CellId = 0;
  readonly #pending = new Map<Timer, CellId>();

  /** The cell that output and errors of the code that runs now belong to. */
  get current(): CellId {
    return this.#current;
  }

  /** A cell starts: what is not known to belong to an earlier one belongs to it. */
  enter(cell: CellId): void {
    this.#running = cell;
    this.#current = cell;
  }

  /** Forgets and stops all timers of a cell (of all cells without one). @returns how many there were */
  cancel(cell?: CellId): number {
    let cancelled = 0;
    for (const [timer, owner] of [...this.#pending]) {
      if (cell !== undefined && owner !== cell) continue;
      this.#pending.delete(timer);
      if ("refresh" in timer) native.clearTimeout(timer);
      else native.clearImmediate(timer);
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
      native.clearTimeout(timer as NodeJS.Timeout);
      if (typeof timer === "object" && !("refresh" in timer)) native.clearImmediate(timer);
    };
    const immediate = once((callback) => native.setImmediate(callback));
    Object.assign(globalThis, {
      // `util.promisify(setTimeout)` and its kin use what Node hung on its own functions.
      setTimeout: withSymbols(once(native.setTimeout), native.setTimeout),
      setInterval: withSymbols(setInterval, native.setInterval),
      setImmediate: withSymbols(
        (callback: Callback, ...parameters: unknown[]) => immediate(callback, undefined, ...parameters),
        native.setImmediate,
      ),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
    });
  }

  /** The code that runs now, to the end of its turn, is a part of `owner`. */
  resume(owner: CellId): void {
    if (this.#current === owner) return;
    this.#current = owner;
    native.setImmediate(() => {
      this.#current = this.#running;
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
