// What layers and optimizers keep in JavaScript, in fields of their own. A recording runs their code as a step does, but no
// step has been taken: if it fails, the fields are put back, so that TensorFlow.js can train as if nothing had been. And
// what counts or switches at each step is found, as a compiled step would not go on with it.
import * as tf from "@tensorflow/tfjs-core";
import { TraceBackend } from "../trace/backend.js";
import { alias, ownerOf } from "../trace/engine-access.js";
import { isOfLibrary, type Part } from "./parts.js";

export interface OwnFields {
  /** Puts back what was there; an optimizer's new slots and tables of constants stay. */
  restore(): void;
  /** Frees what `restore` would have needed. */
  release(): void;
}

/** Lists in objects in lists, as an optimizer's slots are. */
const levels = 3;
const mostEntries = 1000;

export function ownFields(parts: readonly Part[]): OwnFields {
  const before = new Map<object, ReadonlyMap<unknown, unknown>>();
  const copies = new Map<tf.Tensor, tf.Tensor>();
  const remember = (holder: object, level: number): void => {
    if (before.has(holder)) return;
    before.set(holder, new Map(entriesOf(holder)));
    for (const [, value] of entriesOf(holder))
      if (value instanceof tf.Tensor) {
        if (!(value instanceof tf.Variable) && isAlive(value)) copies.set(value, alias(value));
      } else if (isContainer(value) && level > 0) remember(value, level - 1);
  };
  for (const part of parts) remember(part, levels);
  /** A tensor that was disposed of meanwhile has a copy. */
  const restored = (value: unknown): unknown => {
    const copy = value instanceof tf.Tensor && value.isDisposed ? copies.get(value) : undefined;
    if (copy) copies.delete(value as tf.Tensor);
    return copy ?? value;
  };
  const release = (): void => {
    for (const copy of copies.values()) copy.dispose();
    copies.clear();
  };
  return {
    restore() {
      for (const [holder, was] of before) {
        const is = new Map(entriesOf(holder));
        const wrong = [...new Set([...was.keys(), ...is.keys()])].filter((key) =>
          was.get(key) === is.get(key) ? isDead(is.get(key)) : !mayStay(is.get(key)),
        );
        if (wrong.length === 0) continue;
        const symbols = wrong.flatMap((key) => tensorsIn(is.get(key), levels)).filter(isDead);
        if (Array.isArray(holder)) holder.splice(0, holder.length, ...[...was.values()].map(restored));
        else for (const key of wrong) put(holder, key, was.has(key), restored(was.get(key)));
        for (const symbol of symbols) symbol.dispose(); // those that were kept outlived the recording
      }
      release();
    },
    release,
  };
}

/**
 * The numbers, texts and switches of parts that are not TensorFlow.js's own, also in lists and objects, by the name of the
 * field.
 */
export function countersOf(parts: readonly Part[]): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const add = (holder: object, name: string, level: number): void => {
    for (const [key, value] of entriesOf(holder)) {
      if (isContainer(value) && level > 0) add(value, `${name}.${String(key)}`, level - 1);
      if (!["object", "function"].includes(typeof value) && key !== "iterations_")
        found.set(`${name}.${String(key)}`, value);
    }
  };
  const others = parts.filter((part) => !isOfLibrary(part));
  for (const [at, part] of others.entries()) add(part, `${at} ${part.constructor.name}`, levels);
  return found;
}

/**
 * Says whether somebody's own optimizer reads TensorFlow.js's `iterations`, which a compiled step would have as they were at
 * the recording. An `incrementIterations` of its own does, by calling the library's.
 * @returns asks, and ends the watch
 */
export function watchIterations(optimizer: tf.Optimizer | undefined): () => boolean {
  if (!optimizer || isOfLibrary(optimizer)) return () => false;
  const library = tf.Optimizer.prototype as unknown as Iterating;
  const own = optimizer as unknown as Partial<Iterating>;
  const getter = Object.getOwnPropertyDescriptor(library, "iterations")?.get;
  if (!getter || inherited(optimizer, "iterations")?.get !== getter) return () => false; // a field of its own is no secret
  let read = false;
  const watched = new Set<keyof Iterating>(["iterations"]);
  Object.defineProperty(optimizer, "iterations", {
    configurable: true,
    get() {
      read = true;
      return getter.call(optimizer);
    },
  });
  if (own.incrementIterations === library.incrementIterations) {
    watched.add("incrementIterations"); // as the library does it, without being seen to read
    const increment = (): unknown => Object.assign(optimizer, { iterations_: getter.call(optimizer) + 1 });
    Object.defineProperty(optimizer, "incrementIterations", { configurable: true, value: increment });
  }
  return () => {
    for (const name of watched) delete own[name];
    watched.clear();
    return read;
  };
}

/** The part of tfjs-core's Optimizer that its types do not show (4.22). */
interface Iterating {
  iterations: number;
  incrementIterations(): void;
}

/** How an object has a property, itself or by its class. */
function inherited(object: object, name: string): PropertyDescriptor | undefined {
  for (let holder: object | null = object; holder; holder = Object.getPrototypeOf(holder) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (descriptor) return descriptor;
  }
  return undefined;
}

/** The first field that has another value, as `Class.field`. */
export function changedCounter(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): string | undefined {
  const changed = [...after.keys()].find((key) => !Object.is(before.get(key), after.get(key)));
  return changed?.replace(/^\d+ /, "");
}

/** A list, map or object of at most a thousand entries: a larger one is a table, which takes long to look through. */
function isContainer(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.length <= mostEntries;
  if (value instanceof Map) return value.size <= mostEntries;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.keys(value).length <= mostEntries;
}

function entriesOf(holder: object): [unknown, unknown][] {
  return holder instanceof Map ? [...holder] : Object.entries(holder);
}

function put(holder: object, key: unknown, had: boolean, value: unknown): void {
  if (holder instanceof Map) {
    if (had) holder.set(key, value);
    else holder.delete(key);
  } else if (had) Reflect.set(holder, key as string, value);
  else Reflect.deleteProperty(holder, key as string);
}

/** Whether a new value is no trace of the recording: tensors that have numbers, or an object that nobody knows. */
function mayStay(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (!isContainer(value)) return !isDead(value);
  const tensors = tensorsIn(value, levels);
  return tensors.length > 0 && !tensors.some(isDead);
}

function tensorsIn(value: unknown, level: number): tf.Tensor[] {
  if (value instanceof tf.Tensor) return [value];
  if (!isContainer(value) || level === 0) return [];
  return entriesOf(value).flatMap(([, each]) => tensorsIn(each, level - 1));
}

function isDead(value: unknown): boolean {
  return value instanceof tf.Tensor && !isAlive(value);
}

function isAlive(tensor: tf.Tensor): boolean {
  const owner = ownerOf(tensor);
  return !tensor.isDisposed && owner !== undefined && !(owner instanceof TraceBackend);
}
