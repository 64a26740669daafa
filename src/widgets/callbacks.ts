// Callbacks of widgets. In a notebook their output and errors go below the cell that registered them; where values
// come faster than a callback ends, it gets the latest, and always the last.
import { notebookHost } from "../core/notebook.js";

/** Gives a promise if it has not ended yet. */
export type Callback<A extends unknown[]> = (...values: A) => Promise<void> | undefined;

/** A callback that belongs to the cell that runs now; in plain Node, just the callback. */
export function attached<A extends unknown[]>(callback: (...values: A) => unknown): Callback<A> {
  const host = notebookHost()?.interactive;
  if (host) return host.attach(callback);
  return (...values) => {
    const result = callback(...values);
    return result instanceof Promise ? result.then(() => undefined) : undefined;
  };
}

/** Calls `callback` at once, or, while it has not ended, once more afterwards with the latest values. */
export function latestWins<A extends unknown[]>(callback: Callback<A>): (...values: A) => void {
  let running = false;
  let next: A | undefined;
  const start = (...values: A): void => {
    if (running) {
      next = values;
      return;
    }
    const ends = callback(...values);
    // Set only now: an interrupt may end the callback without a return.
    if (ends === undefined) return;
    running = true;
    void ends.finally(() => {
      running = false;
      const latest = next;
      next = undefined;
      if (latest) start(...latest);
    });
  };
  return start;
}
