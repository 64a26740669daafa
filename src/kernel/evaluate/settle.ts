// What the kernel itself waits with. A cell may replace `Promise.prototype.then` or `Promise`; its end must be noticed
// all the same.
const { then } = Promise.prototype;
const { apply } = Reflect;
const NativePromise = Promise;
const resolved = Promise.resolve.bind(Promise);

/** Calls one of two functions when `promise`, a native one, has settled. */
export function settle<T>(
  promise: Promise<T>,
  fulfilled: (value: T) => void,
  rejected: (reason: unknown) => void,
): void {
  apply(then, promise, [fulfilled, rejected]);
}

/** A native promise of any value, as `await` makes one. */
export function promiseOf(value: unknown): Promise<unknown> {
  return resolved(value);
}

/** `new Promise`. */
export function newPromise<T>(
  start: (resolve: (value: T) => void, reject: (reason: unknown) => void) => void,
): Promise<T> {
  return new NativePromise<T>(start);
}
