// How many steps one run takes: as many as fit into about 100 ms, since the engine blocks the thread meanwhile.
// Between runs, at most as often, the weights are published and the event loop turns.

const millisecondsBetween = 100;
const firstSteps = 4;

export interface Pacing {
  /** Steps for the next run, 1 or more. */
  steps(): number;
  /** Says how long the last run took; lets the event loop turn when it is time. */
  took(steps: number, milliseconds: number): Promise<void>;
  interrupted(): boolean;
}

/** @param publish called before each turn of the event loop, so that others see the weights */
export function pacing(publish: () => void, signals: readonly (AbortSignal | undefined)[]): Pacing {
  let next = firstSteps;
  let last = performance.now();
  return {
    steps: () => next,
    async took(steps, milliseconds) {
      const fitting = Math.floor((steps * millisecondsBetween) / Math.max(milliseconds, 0.01));
      next = Math.max(1, Math.min(fitting, 8 * next)); // the first run is slower and says little
      if (performance.now() - last < millisecondsBetween / 2) return;
      publish();
      await new Promise<void>((resolve) => setImmediate(resolve));
      last = performance.now();
    },
    interrupted: () => signals.some((signal) => signal?.aborted === true),
  };
}
