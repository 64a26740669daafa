// `setImmediate` with one callback in each turn of the event loop, and none waiting in Node while it runs. Node runs
// all that wait in one turn; where an interrupt ends one, it goes on with what waits before it hears of anything else,
// and if that was not the first of its turn, it fails ("reading '_idleNext'") and tries again for ever.
const nodesSetImmediate = globalThis.setImmediate;

/** What `setImmediate` gives, as far as it can matter in a kernel, which does not end for lack of work. */
export class QueuedImmediate {
  #kept = true;

  constructor(readonly callback: () => void) {}

  ref(): this {
    this.#kept = true;
    return this;
  }

  unref(): this {
    this.#kept = false;
    return this;
  }

  hasRef(): boolean {
    return this.#kept;
  }
}

const waiting = new Set<QueuedImmediate>();
let scheduled = false;
let running = false;

/** Calls back in a turn of the event loop of its own, in the order of the calls. */
export function queueImmediate(callback: () => void): QueuedImmediate {
  const immediate = new QueuedImmediate(callback);
  waiting.add(immediate);
  schedule();
  return immediate;
}

export function dropImmediate(immediate: QueuedImmediate): void {
  waiting.delete(immediate);
}

/** Goes on after an interrupt, which may have ended a callback with all that was to follow it. */
export function recoverImmediates(): void {
  running = false;
  schedule();
}

function schedule(): void {
  if (scheduled || running || waiting.size === 0) return;
  scheduled = true;
  nodesSetImmediate(turn);
}

function turn(): void {
  scheduled = false;
  const [next] = waiting;
  if (next === undefined) return;
  waiting.delete(next);
  running = true;
  try {
    next.callback();
  } finally {
    recoverImmediates();
  }
}
