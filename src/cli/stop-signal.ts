// Ctrl+C and its like while notebooks run: their kernels are in process groups of their own and must be ended by us.
import { UsageError } from "../core/errors.js";

/** Aborts on the first signal to end; a second one ends this process at once, and with it the kernels. */
export function stopSignal(message: string): { signal: AbortSignal; release(): void } {
  const stop = new AbortController();
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(1);
    stop.abort(new UsageError(message));
  };
  for (const name of names) process.on(name, onSignal);
  const release = (): void => {
    for (const name of names) process.off(name, onSignal);
  };
  return { signal: stop.signal, release };
}
