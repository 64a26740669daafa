// `jit(grad(f))`, as one writes it who comes from JAX: a compiled function that is compiled once more. What is compiled is
// the plain function behind it, as the compiled one gives promises.
import type { Compiled, JitOptions } from "./jit.js";

/** What a compiled function was made of. */
export interface Original<A extends unknown[], R> {
  readonly fn: (...values: A) => R;
  readonly options: JitOptions;
}

const originals = new WeakMap<object, Original<never[], unknown>>();

/** Notes what a compiled function was made of. */
export function keepOriginal<A extends unknown[], R>(
  compiled: Compiled<A, R>,
  original: Original<A, R>,
): void {
  originals.set(compiled, original);
}

/** The plain function behind a compiled one, with its options where `options` has none of its own; others as they are. */
export function originalOf<A extends unknown[], R>(
  fn: ((...values: A) => R) | Compiled<A, R>,
  options: JitOptions,
): Original<A, R> {
  const original = originals.get(fn) as Original<A, R> | undefined;
  return original
    ? { fn: original.fn, options: { ...original.options, ...options } }
    : { fn: fn as (...values: A) => R, options };
}
