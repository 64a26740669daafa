// TensorFlow.js computes on the calling thread. Between steps, training lets the event loop run, so that an
// interrupt, a display or a message of the notebook's waits no longer than this.

import { eventLoopTurn } from "../jit/index.js";

/**
 * Shorter than the 20 ms that the kernel waits for an answer before it ends the running JavaScript by force, which
 * would hit a step half-way; and long enough to cost nothing: an empty turn of the event loop takes microseconds.
 */
const millisecondsBetween = 10;

/** Lets the event loop run once if it has not for 10 ms. @returns whether it did */
export type Pause = () => Promise<boolean>;

/** @param signals  end a pause at once when aborted */
export function pauses(signals: readonly (AbortSignal | undefined)[] = []): Pause {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < millisecondsBetween) return false;
    await eventLoopTurn(signals);
    last = performance.now();
    return true;
  };
}
