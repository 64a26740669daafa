// Cleanups for when this process ends without having shut its kernels down. One listener serves all.

const cleanups = new Set<() => void>();

/** Runs `cleanup` (which must be synchronous) when the process exits; returns what takes it off again. */
export function atExit(cleanup: () => void): () => void {
  if (cleanups.size === 0) process.once("exit", runAll);
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
    if (cleanups.size === 0) process.removeListener("exit", runAll);
  };
}

function runAll(): void {
  for (const cleanup of cleanups) cleanup();
}
