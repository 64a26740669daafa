// TensorFlow.js computes on the calling thread. Between steps, training lets the event loop run, so that an
// interrupt, a display or a message of the notebook's waits no longer than this.
const millisecondsBetween = 50;

/** Lets the event loop run once if it has not for 50 ms. @returns whether it did */
export type Pause = () => Promise<boolean>;

export function pauses(): Pause {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < millisecondsBetween) return false;
    await new Promise<void>((resume) => setImmediate(resume));
    last = performance.now();
    return true;
  };
}
