// How many steps one run takes, and how an interrupt ends the wait for it. The engine computes in a thread of its own;
// between runs, others see what came of it.

const runTime = 90; // ms
/** Between two looks of others at the weights, in ms: after each run, if it took its time. */
const betweenLooks = 80;
const firstSteps = 4;

export interface ChunkSizes {
  /** Steps for the next run, 1 or more. */
  next(): number;
  /** Says how long the last run took. */
  took(steps: number, milliseconds: number): void;
}

export function chunkSizes(): ChunkSizes {
  let next = firstSteps;
  return {
    next: () => next,
    took(steps, milliseconds) {
      const fitting = Math.floor((steps * runTime) / Math.max(milliseconds, 0.01));
      next = Math.max(1, Math.min(fitting, 8 * next)); // the first run is slower and says little
    },
  };
}

/**
 * Lets others look at the weights every now and then: about every 100 ms, and at most a twentieth of the time goes there.
 * @param publish  brings the weights into the model's variables
 */
export function looks(publish: () => Promise<void>): () => Promise<void> {
  let next = performance.now() + betweenLooks;
  return async () => {
    const started = performance.now();
    if (started < next) return;
    await publish();
    next = started + Math.max(betweenLooks, 20 * (performance.now() - started));
  };
}

/**
 * Lets the event loop turn once. A signal ends the wait, too: the kernel cancels an interrupted cell's timers, and who
 * waited for one would never go on.
 */
export function eventLoopTurn(signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  return new Promise((resume) => {
    const end = (): void => {
      for (const signal of signals) signal?.removeEventListener("abort", end);
      resume();
    };
    for (const signal of signals) signal?.addEventListener("abort", end);
    setImmediate(end);
  });
}

/** The work's result, or `undefined` as soon as a signal is aborted, after which nobody waits for the work. */
export function unlessAborted<T>(
  signals: readonly (AbortSignal | undefined)[],
  work: () => Promise<T>,
): Promise<T | undefined> {
  if (signals.some((signal) => signal?.aborted)) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    const settle = (): void => {
      for (const signal of signals) signal?.removeEventListener("abort", stop);
    };
    for (const signal of signals) signal?.addEventListener("abort", stop, { once: true });
    work().then(resolve, reject).finally(settle);
  });
}
