// What the kernel adds to global objects can be replaced by the user, and is not listed among their own names.

/** Defines a property that is writable, configurable and not enumerable. */
export function defineHidden(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}
