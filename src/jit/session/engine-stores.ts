// What the stores of tensors in an engine (rows of trainings, variables that do not change) have in common: there is one for
// each engine, and what nobody has wanted for a while is given back.
import type { Engine } from "./engine.js";

const idleTime = 10_000; // ms

/** @param make  called once for each engine */
export function perEngine<T>(make: (engine: Engine) => T): (engine: Engine) => T {
  const made = new WeakMap<Engine, T>();
  return (engine) => {
    const store = made.get(engine) ?? make(engine);
    made.set(engine, store);
    return store;
  };
}

export interface IdleTimer {
  /** From now on it is idle: what is to be given back is, unless the timer is started again or stopped before. */
  start(): void;
  stop(): void;
}

/** A timer that keeps no process alive. */
export function idleTimer(giveBack: () => void): IdleTimer {
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      clearTimeout(timer);
      timer = setTimeout(giveBack, idleTime);
      timer.unref();
    },
    stop: () => clearTimeout(timer),
  };
}
