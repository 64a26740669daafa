// Bytes in a widget's state travel beside the JSON: each is taken out, with the path to where it was.
// Specification: ipywidgets, packages/schema/messages.md 2.1.0, "buffer_paths".

export type State = Record<string, unknown>;
/** Keys and indices from the state to a value. */
export type Path = (string | number)[];

export interface SplitState {
  state: State;
  paths: Path[];
  buffers: (ArrayBuffer | ArrayBufferView)[];
}

/** The state without its bytes, and the bytes. What holds none is shared, not copied. */
export function splitBuffers(state: State): SplitState {
  const paths: Path[] = [];
  const buffers: (ArrayBuffer | ArrayBufferView)[] = [];
  const without = (value: unknown, path: Path): unknown => {
    if (isBytes(value)) {
      paths.push(path);
      buffers.push(value);
      return removed;
    }
    if (Array.isArray(value)) {
      const items = value.map((each, index) => without(each, [...path, index]));
      return items.map((each) => (each === removed ? null : each));
    }
    if (!isPlainObject(value)) return value;
    const entries = Object.entries(value).map(([key, each]) => [key, without(each, [...path, key])] as const);
    return Object.fromEntries(entries.filter(([, each]) => each !== removed));
  };
  return { state: without(state, []) as State, paths, buffers };
}

/** Puts bytes where the paths say, in place; paths that lead nowhere are ignored. */
export function putBuffers(state: State, paths: readonly Path[], buffers: readonly Uint8Array[]): State {
  for (const [index, path] of paths.entries()) {
    let holder: unknown = state;
    for (const key of path.slice(0, -1))
      holder = isContainer(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined;
    const key = path.at(-1);
    if (isContainer(holder) && key !== undefined && key !== "__proto__") holder[key] = buffers[index];
  }
  return state;
}

const removed = Symbol("removed");

function isBytes(value: unknown): value is ArrayBuffer | ArrayBufferView {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isContainer(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null;
}
