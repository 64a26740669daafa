// How many steps one run takes, and when others get their chance. The engine blocks the thread during a run, so a run
// is short; between runs the event loop turns, at times with the weights written back first.
import { notebookHost } from "../../core/notebook.js";

/** How often the weights are written back and, outside of notebooks, the event loop turns. */
const millisecondsBetween = 100;
/**
 * Of a run in a notebook: shorter than the 20 ms for which the kernel waits for an answer before it ends the running
 * JavaScript by force.
 */
const millisecondsInNotebook = 10;
const firstSteps = 4;

export interface Pacing {
  /** Steps for the next run, 1 or more. */
  steps(): number;
  /** Says how long the last run took; lets the event loop turn when it is time. */
  took(steps: number, milliseconds: number): Promise<void>;
  interrupted(): boolean;
  /** The work's result, or `undefined` as soon as there is an interrupt, after which the work may never end. */
  unlessInterrupted<T>(work: Promise<T>): Promise<T | undefined>;
}

/** @param publish called from time to time before the event loop turns, so that others see the weights */
export function pacing(publish: () => void, signals: readonly (AbortSignal | undefined)[]): Pacing {
  const runTime = notebookHost() ? millisecondsInNotebook : millisecondsBetween;
  let next = firstSteps;
  let [turned, published] = [performance.now(), performance.now()];
  const unlessInterrupted: Pacing["unlessInterrupted"] = (work) =>
    new Promise((resolve, reject) => {
      const stop = (): void => resolve(undefined);
      const settle = (): void => {
        for (const signal of signals) signal?.removeEventListener("abort", stop);
      };
      for (const signal of signals) signal?.addEventListener("abort", stop, { once: true });
      work.then(resolve, reject).finally(settle);
    });
  return {
    steps: () => next,
    async took(steps, milliseconds) {
      const fitting = Math.floor((steps * runTime) / Math.max(milliseconds, 0.01));
      next = Math.max(1, Math.min(fitting, 8 * next)); // the first run is slower and says little
      if (performance.now() - turned < runTime / 2) return;
      if (performance.now() - published >= millisecondsBetween / 2) {
        publish();
        published = performance.now();
      }
      await unlessInterrupted(new Promise<void>((resolve) => setImmediate(resolve)));
      turned = performance.now();
    },
    interrupted: () => signals.some((signal) => signal?.aborted === true),
    unlessInterrupted,
  };
}
