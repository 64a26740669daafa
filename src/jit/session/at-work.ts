// Native code that returns into JavaScript that is being ended takes the whole process with it, and its exit status: so the
// process ends when the engine's threads have finished what they compute, or after a while.

/** Shared with a thread. */
export type AtWork = Int32Array;
const [computing, ending] = [0, 1];
const longest = 2000; // ms; a run takes 90, a single large step may take longer
const threads = new Set<AtWork>();

/** For a new thread. */
export function atWork(): AtWork {
  if (threads.size === 0) process.on("exit", letFinish);
  const own = new Int32Array(new SharedArrayBuffer(8));
  threads.add(own);
  return own;
}

/** The thread has ended. */
export function forget(thread: AtWork): void {
  if (threads.delete(thread) && threads.size === 0) process.off("exit", letFinish);
}

/** In the thread: does nothing any more once the process ends. */
export async function whileAtWork(own: AtWork, work: () => Promise<void>): Promise<void> {
  Atomics.store(own, computing, 1);
  try {
    if (Atomics.load(own, ending) === 0) await work();
  } finally {
    Atomics.store(own, computing, 0);
    Atomics.notify(own, computing);
  }
}

function letFinish(): void {
  const until = performance.now() + longest;
  for (const thread of threads) Atomics.store(thread, ending, 1);
  for (const thread of threads) Atomics.wait(thread, computing, 1, Math.max(0, until - performance.now()));
}
