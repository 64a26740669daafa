// The public door to the backend's choice. TensorFlow.js loads when one of these is called, not when this file is
// imported: the kernel imports `core` too, and starts without waiting for TensorFlow.js.
import type { BackendReport } from "./tensorflow.js";

export type { BackendName, BackendReport } from "./tensorflow.js";

/**
 * Waits until a TensorFlow.js backend runs, and names it: `"tensorflow"` (native, where installed), `"wasm"` or
 * `"cpu"`. Notebooks of our kernel and the library's asynchronous functions have waited already; until then plain
 * JavaScript computes.
 */
export async function readyBackend(): Promise<string> {
  return (await import("./tensorflow.js")).readyBackend();
}

/** Which backend runs, with SIMD and threads, and why a faster one does not. */
export async function backendReport(): Promise<BackendReport> {
  return (await import("./tensorflow.js")).backendReport();
}
