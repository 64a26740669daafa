// Ends of kernels that do not do what they are asked.
import type { KernelProcess } from "../../kernel/manager/index.js";

/** How long a kernel may take to answer that it has interrupted a cell, in ms. */
const interruptLimit = 10_000;

/**
 * Interrupts the running cell; a kernel that does not even answer that (its process is stopped, say) is ended.
 * @returns whether the kernel lives on
 * @throws the signal's reason when it aborts before
 */
export async function obeysInterrupt(
  kernel: KernelProcess,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const limit = AbortSignal.timeout(interruptLimit);
  const stop = AbortSignal.any([limit, ...(signal ? [signal] : [])]);
  const stopped = new Promise<boolean>((resolve) => {
    stop.addEventListener("abort", () => resolve(false), { once: true });
  });
  const obeyed = await Promise.race([kernel.interrupt().then(() => true), stopped]).catch(() => false); // it is gone
  signal?.throwIfAborted();
  if (!obeyed) endKernel(kernel);
  return obeyed;
}

/** Ends a kernel's process at once, with what it has started. It may have ended before. */
export function endKernel({ pid }: KernelProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL"); // kernels lead a group of their own
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error; // macOS says the latter of a group that has ended
  }
}
