// What a notebook's interrupt leaves of a training. The kernel ends the cell's JavaScript, by force if it computes, and what
// awaits something of the cell's, as a callback that sleeps, never goes on: a training may not come to its own end. So the
// signal itself begins what has to be done there, which is done once whoever comes first.
import { setTimeout as delay } from "node:timers/promises";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { repairEngine } from "../core/engine-repair.js";
import { notebookHost } from "../core/notebook.js";

/** Work that is done once: later calls get the first one's promise. */
export function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

const endings = new WeakMap<LayersModel, Promise<void>>();

/**
 * Ends a training when its signal is aborted.
 * @param signal  the notebook's, which is aborted when nothing of the cell's runs any more
 * @param end  must not wait for code of the cell's
 * @returns stops listening
 */
export function endAtInterrupt(
  model: LayersModel,
  signal: AbortSignal | undefined,
  end: () => Promise<void>,
): () => void {
  const begin = (): void => {
    repairEngine(); // an operation may have been ended half-way
    const ending = end();
    endings.set(model, ending);
    notebookHost()?.cleanUp?.(ending);
  };
  signal?.addEventListener("abort", begin, { once: true });
  return () => signal?.removeEventListener("abort", begin);
}

const longest = 2_000; // ms; a second interrupt may have ended it

/** Resolves when the model has what its interrupted training leaves: the weights of the last finished steps. */
export async function afterInterrupt(model: LayersModel): Promise<void> {
  const ending = endings.get(model);
  if (!ending) return;
  await Promise.race([ending, delay(longest, undefined, { ref: false })]);
  endings.delete(model);
}
