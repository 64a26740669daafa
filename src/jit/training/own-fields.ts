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
 * Says whether somebody's own optimizer reads `iterations`, which a compiled step would have as it was at the recording.
 * @returns asks, and ends the watch
 */
export function watchIterations(optimizer: tf.Optimizer | undefined): () => boolean {
  if (!optimizer || isOfLibrary(optimizer)) return () => false;
  const fields = optimizer as unknown as { iterations_?: number };
  const own = optimizer as unknown as Record<"iterations" | "incrementIterations", unknown>;
  let read = false;
  Object.defineProperties(optimizer, {
    iterations: {
      configurable: true,
      get() {
        read = true;
        return fields.iterations_ ?? 0;
      },
    },
    incrementIterations: {
      configurable: true,
      value: () => {
        fields.iterations_ = (fields.iterations_ ?? 0) + 1; // reads them in the library
      },
    },
  });
  return () => {
    delete own.iterations;
    delete own.incrementIterations;
    return read;
  };
}

/** The first field that has another value, as `Class.field`. */
export function changedCounter(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): string | undefined {
  const changed = [...after.keys()].find((key) => !Object.is(before.get(key), after.get(key)));
  return changed?.replace(/^\d+ /, "");
}

function isContainer(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || value instanceof Map || prototype === Object.prototype || prototype === null;
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
