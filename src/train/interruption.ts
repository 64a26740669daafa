// What a notebook's interrupt leaves of a training. The kernel ends the cell's JavaScript, by force if it computes, and what
// awaits something of the cell's, as a callback that sleeps, never goes on: a training may not come to its own end. So the
// kernel is told what has to be done there, which is done once, whoever comes first.
import { setTimeout as delay } from "node:timers/promises";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { repairEngine } from "../core/engine-repair.js";
import { notebookHost } from "../core/notebook.js";

/** Work that is done once. */
export interface Once {
  /** Later calls get the first one's promise. */
  (): Promise<void>;
  /** Does it again, as it may have been ended half-way. */
  again(): Promise<void>;
}

export function once(work: () => Promise<void>): Once {
  let done: Promise<void> | undefined;
  const again = (): Promise<void> => {
    done = work();
    return done;
  };
  return Object.assign(() => done ?? again(), { again });
}

const endings = new WeakMap<LayersModel, Promise<void>>();

/**
 * Ends a training when the user interrupts.
 * @param end  must not wait for code of the cell's; `again` if it may have been ended half-way
 * @returns forgets it
 */
export function endAtInterrupt(model: LayersModel, end: (again: boolean) => Promise<void>): () => void {
  let begun = false;
  const begin = (): Promise<void> => {
    repairEngine(); // an operation may have been ended half-way
    const ending = end(begun);
    begun = true;
    endings.set(model, ending);
    return ending;
  };
  return notebookHost()?.atInterrupt?.(begin) ?? ((): void => undefined);
}

const longest = 2_000; // ms; a second interrupt may have ended it

/** Resolves when the model has what its interrupted training leaves: the weights of the last finished steps. */
export async function afterInterrupt(model: LayersModel): Promise<void> {
  const ending = endings.get(model);
  if (!ending) return;
  const over = ending.catch(() => undefined); // its error was that training's
  await Promise.race([over, delay(longest, undefined, { ref: false })]);
  endings.delete(model);
}
