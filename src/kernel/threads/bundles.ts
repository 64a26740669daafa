// Where the code of a started kernel's threads is: each is one file, as reading a hundred small ones would take half of
// the start. `scripts/build-kernel.mjs` makes them; CommonJS where a client waits for it, since Node starts it sooner.

export type Bundle = "main.cjs" | "main-thread.mjs" | "protocol-thread.cjs";

/** Address of a bundle, from `src/` as from `dist/`. */
export function bundleUrl(name: Bundle): URL {
  return new URL(`../../../dist/kernel/bundles/${name}`, import.meta.url);
}
