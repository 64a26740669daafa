// Where the library says that it is still loading a TensorFlow.js backend, and whoever runs a notebook waits for it.
// A place on `globalThis`, since a notebook's own copy of the library need not be the kernel's.
const key = Symbol.for("latent-lab.backend-ready");
const holder = globalThis as { [key]?: Promise<unknown> };

/** Called once by the library. */
export function announceBackend(ready: Promise<unknown>): void {
  holder[key] = ready;
}

/** Resolves when the library, if it was imported, has its backend. @throws what kept the backend from starting */
export async function backendReady(): Promise<void> {
  await holder[key];
}
