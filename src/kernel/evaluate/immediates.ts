// `setImmediate` with one callback in each turn of the event loop, and none waiting in Node while it runs. Node runs
// all that wait in one turn; where an interrupt ends one, it goes on with what waits before it hears of anything else,
// and if that was not the first of its turn, it fails ("reading '_idleNext'") and tries again for ever.
export const nodesSetImmediate = globalThis.setImmediate;
const nodesClearImmediate = globalThis.clearImmediate;

/** What `setImmediate` gives, as far as it can matter in a kernel, which does not end for lack of work. */
export class QueuedImmediate {
  #kept = true;
  dropped = false;
  /** What was queued after it. */
  next: QueuedImmediate | undefined;

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

  [Symbol.dispose](): void {
    globalThis.clearImmediate(this as unknown as NodeJS.Immediate); // the cells' own, which forgets whose it was
  }
}

/** A list by links, since a cell may have replaced the methods of arrays and sets. */
interface Queue {
  first: QueuedImmediate | undefined;
  last: QueuedImmediate | undefined;
}

/** The kernel's own go first, however many a cell has set. */
const urgent: Queue = { first: undefined, last: undefined };
const waiting: Queue = { first: undefined, last: undefined };
/** The turn that Node has been asked for. */
let scheduled: NodeJS.Immediate | undefined;
let running = false;
/** Since the last interrupt, none has run of those that waited then. */
let untried = false;

/** Calls back in a turn of the event loop of its own, in the order of the calls. */
export function queueImmediate(callback: () => void): QueuedImmediate {
  return add(waiting, callback);
}

/** As `queueImmediate`, before all that user code has queued. */
export function queueUrgent(callback: () => void): QueuedImmediate {
  return add(urgent, callback);
}

export function dropImmediate(immediate: QueuedImmediate): void {
  immediate.dropped = true;
}

/**
 * Goes on after an interrupt, which may have ended a callback with all that was to follow it, or a turn as it began.
 * @returns `ended`: whether a callback was ended; `settled`: whether none was, and one of those that waited behind the
 * last one ended has had its turn since, so that nothing more is to be expected
 */
export function recoverImmediates(): { ended: boolean; settled: boolean } {
  const ended = running;
  const settled = !ended && !untried;
  running = false;
  if (scheduled !== undefined) nodesClearImmediate(scheduled); // it waits still, or will never come
  scheduled = undefined;
  schedule();
  untried = waiting.first !== undefined;
  return { ended, settled };
}

function add(queue: Queue, callback: () => void): QueuedImmediate {
  const immediate = new QueuedImmediate(callback);
  if (queue.last === undefined) queue.first = immediate;
  else queue.last.next = immediate;
  queue.last = immediate;
  schedule();
  return immediate;
}

/** The first that was not dropped. */
function take(queue: Queue): QueuedImmediate | undefined {
  let { first } = queue;
  while (first?.dropped) first = first.next;
  queue.first = first?.next;
  if (queue.first === undefined) queue.last = undefined;
  return first;
}

function schedule(): void {
  if (scheduled !== undefined || running || (urgent.first ?? waiting.first) === undefined) return;
  scheduled = nodesSetImmediate(turn);
}

function turn(): void {
  scheduled = undefined;
  let next = take(urgent);
  if (next === undefined) {
    untried = false;
    next = take(waiting);
  }
  if (next === undefined) return;
  running = true;
  try {
    next.callback();
  } finally {
    running = false;
    schedule();
  }
}
