// Nests: tensors in arrays and plain objects, as arguments and results of compiled functions. Flattened they are a
// list of tensors and a key that describes everything else.
import * as tf from "@tensorflow/tfjs-core";
import { TraceError } from "./errors.js";

/** What a compiled function returns. */
export type Nest = tf.Tensor | readonly Nest[] | { readonly [name: string]: Nest };

/** … unless it only assigns variables. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without `return` has this type
export type Result = Nest | void;

/** The same of types that have names, as interfaces do: `T` itself where it is a nest, `never` in the places that are none. */
export type NestIn<T> = T extends tf.Tensor
  ? T
  : T extends PromiseLike<unknown> | ((...values: never[]) => unknown)
    ? never
    : T extends object
      ? { [K in keyof T]: NestIn<T[K]> }
      : never;

export interface Flat<T> {
  readonly tensors: T[];
  /** Equal for nests of the same structure, shapes, dtypes and plain values. */
  readonly key: string;
  /** The same nest around other tensors. */
  rebuild(tensors: readonly tf.Tensor[]): unknown;
}

/** Flattens arguments: tensors, plain values (which become part of the program), arrays and objects of both. */
export function flattenArguments(values: readonly unknown[]): Flat<tf.Tensor> {
  const flat = flatten(values, (value) => {
    if (value === null || ["number", "string", "boolean", "undefined"].includes(typeof value))
      return Object.is(value, -0) ? "-0" : `${typeof value}:${String(value)}`;
    throw new TraceError(
      `jit: expected arguments of tensors, numbers, strings and booleans, in arrays and plain objects; got ${kindOf(value)}. Pass what it holds.`,
    );
  });
  const rebuild = (tensors: readonly tf.Tensor[]): unknown => {
    for (const [at, value] of flat.tensors.entries())
      if (value instanceof tf.Variable) Object.assign(tensors[at] as tf.Tensor, { assign: refuseAssignment });
    return flat.rebuild(tensors);
  };
  return { ...flat, rebuild };
}

/**
 * Calls a function with arguments that are copies of the caller's, so that what it does to them nobody would see.
 * @throws TraceError if it changes a list or an object among them
 */
export function readingOnly<A extends unknown[], R>(fn: (...values: A) => R, values: A): R {
  const before = flatten(values, describe);
  const result = fn(...values);
  const after = flatten(values, describe);
  const same = before.key === after.key && before.tensors.every((tensor, at) => tensor === after.tensors[at]);
  if (same) return result;
  throw new TraceError(
    "jit: expected arguments that are only read; got a function that changes a list or an object among them. Change a copy, and return it.",
  );
}

function describe(value: unknown): string {
  return typeof value === "object" && value !== null ? kindOf(value) : `${typeof value} ${String(value)}`;
}

/** What is an argument comes with its value; what is captured, with its name. */
function refuseAssignment(): never {
  throw new TraceError(
    "jit: expected arguments that are only read; got one that is assigned, a variable. Use it in the function without passing it.",
  );
}

/** Flattens a result, which may hold tensors only; `undefined` is none. */
export function flattenResult(value: unknown): Flat<tf.Tensor> {
  if (value === undefined) return { tensors: [], key: "", rebuild: () => undefined };
  return flatten(value, (leaf) => {
    let advice = "Return tensors.";
    if (leaf instanceof Promise) {
      advice =
        "Remove `async`, and what gives a promise: a compiled function only describes. Instead of model.trainOnBatch call trainStep(model) of latent-lab/train.";
      leaf.catch(() => undefined); // what it did after its first `await` is of no interest beside this error
    }
    throw new TraceError(
      `jit: expected a function that returns tensors, in arrays or plain objects; got ${kindOf(leaf)}. ${advice}`,
    );
  });
}

function flatten(nest: unknown, plain: (leaf: unknown) => string): Flat<tf.Tensor> {
  const tensors: tf.Tensor[] = [];
  const keys: string[] = [];
  const around = new Set<unknown>();
  const inside = <T>(value: object, body: () => T): T => {
    if (around.has(value))
      throw new TraceError(
        `jit: expected a nest that ends; got ${Array.isArray(value) ? "an array" : "an object"} that holds itself. Pass the tensors in it.`,
      );
    around.add(value);
    const result = body();
    around.delete(value);
    return result;
  };
  const visit = (value: unknown): ((given: readonly tf.Tensor[]) => unknown) => {
    if (value instanceof tf.Tensor) {
      const at = tensors.push(value) - 1;
      keys.push(`${value.dtype}[${value.shape}]`);
      return (given) => given[at];
    }
    if (Array.isArray(value)) {
      keys.push(`(${value.length}`);
      const parts = inside(value, () => value.map(visit));
      return (given) => parts.map((part) => part(given));
    }
    if (isPlainObject(value)) {
      keys.push(`{${Object.keys(value).map((name) => JSON.stringify(name))}`);
      const parts = inside(value, () =>
        Object.entries(value).map(([name, part]) => [name, visit(part)] as const),
      );
      return (given) => Object.fromEntries(parts.map(([name, part]) => [name, part(given)]));
    }
    keys.push(JSON.stringify(plain(value)));
    return () => value;
  };
  const rebuild = visit(nest);
  return { tensors, key: keys.join(";"), rebuild };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(value: unknown): string {
  if (typeof value === "function") return `the function ${value.name || "(without a name)"}`;
  if (typeof value !== "object" || value === null)
    return value == null ? String(value) : `${typeof value} ${String(value)}`;
  return `a ${value.constructor?.name || Object.prototype.toString.call(value).slice(8, -1)}`;
}
