// The variables that an optimizer or a layer holds besides the model's weights: in its fields, in lists, objects and maps
// there, and in optimizers and layers inside of it. Where they lie is written so that another model's object, in which they
// need not exist yet, can be given the same ones.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { UsageError } from "../core/errors.js";

/** A field, an index, a key; or one that belongs to a weight, whose name and number are another model's others. */
type Key = string | number | { readonly weight: number; readonly as: "name" | "id" | "variable" };
type Kind = "object" | "list" | "map";

interface Step {
  readonly key: Key;
  /** What has that key. */
  readonly of: Kind;
}

/** Where a variable lies, from its holder on. */
export interface Place {
  readonly path: readonly Step[];
  /** Of TensorFlow.js's slots, which carry it. */
  readonly originalName?: string;
}

export interface Held {
  readonly place: Place;
  readonly variable: tf.Variable;
}

/** @throws UsageError if a variable lies where nobody finds it again */
export function heldVariables(holder: object, model: LayersModel): Held[] {
  const weights = weightsOf(model);
  const found: Held[] = [];
  const seen = new Set<object>();
  const visit = (value: unknown, path: readonly Step[]): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    const add = (place: Place, variable: tf.Variable): void => {
      seen.add(variable);
      if (!variable.isDisposed && !weights.includes(variable)) found.push({ place, variable });
    };
    if (value instanceof tf.Variable) return add({ path }, value);
    const { originalName, variable } = value as { originalName?: unknown; variable?: unknown };
    if (typeof originalName === "string" && variable instanceof tf.Variable)
      return add({ path, originalName }, variable);
    const of = kindOf(value);
    if (!of) return;
    const entries = entriesOf(value, of);
    const byId =
      of !== "list" && entries.every(([key]) => weights.some(({ id }) => String(id) === String(key)));
    for (const [key, each] of entries) {
      const before = found.length;
      const known = of === "list" ? (key as number) : keyFor(key, weights, byId);
      visit(each, [...path, { key: known ?? "", of }]);
      if (known === undefined && found.length > before)
        throw new UsageError(
          "fit: expected variables by name, number or weight, to write a checkpoint; got a map that has others. Use the weights' names.",
        );
    }
  };
  visit(holder, []);
  return found;
}

/** Gives a holder a variable's value; what it has not made yet is made. @throws UsageError if that cannot be */
export function restoreVariable(
  holder: object,
  { path, originalName }: Place,
  { model, value }: { model: LayersModel; value: tf.Tensor },
): void {
  const weights = weightsOf(model);
  let container = holder;
  for (const [at, { key }] of path.entries()) {
    const own = ownKey(key, weights);
    const known = get(container, own);
    const inner = path[at + 1];
    if (inner) {
      const next = known ?? emptyOf(inner.of);
      if (typeof next !== "object" || next === null || kindOf(next) === undefined)
        throw new UsageError(
          `fit: expected to resume with ${String(own)} of the ${holder.constructor.name} as it was; got something else. Train with the code of that time.`,
        );
      if (next !== known) set(container, own, next);
      container = next;
      continue;
    }
    const variable =
      known instanceof tf.Variable ? known : (known as { variable?: unknown } | undefined)?.variable;
    if (variable instanceof tf.Variable) variable.assign(value);
    else {
      const made = tf.variable(value, false);
      set(container, own, originalName === undefined ? made : { originalName, variable: made });
    }
  }
}

/** TensorFlow.js's layers and optimizers, and what is plain; of other objects nobody knows how they are made. */
function kindOf(value: object): Kind | undefined {
  if (Array.isArray(value)) return "list";
  if (value instanceof Map) return "map";
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = prototype === Object.prototype || prototype === null;
  return plain || "getClassName" in value ? "object" : undefined;
}

function emptyOf(kind: Kind): object {
  return kind === "list" ? [] : kind === "map" ? new Map() : {};
}

function entriesOf(value: object, kind: Kind): [unknown, unknown][] {
  if (kind === "map") return [...(value as Map<unknown, unknown>)];
  if (kind === "list") return [...(value as unknown[]).entries()];
  return Object.entries(value);
}

/** Its own only: a file must not reach what all objects share. */
function get(container: object, key: unknown): unknown {
  if (container instanceof Map) return container.get(key);
  return Object.getOwnPropertyDescriptor(container, key as string)?.value;
}

function set(container: object, key: unknown, value: unknown): void {
  if (container instanceof Map) container.set(key, value);
  else
    Object.defineProperty(container, key as string, {
      ...{ value, writable: true, enumerable: true, configurable: true },
    });
}

function weightsOf(model: LayersModel): tf.Variable[] {
  return model.weights.map((weight) => weight.read() as tf.Variable);
}

function keyFor(key: unknown, weights: readonly tf.Variable[], byId: boolean): Key | undefined {
  if (byId) return { weight: weights.findIndex(({ id }) => String(id) === String(key)), as: "id" };
  const weight = weights.findIndex((each) => each === key || each.name === key);
  if (weight >= 0) return { weight, as: weights[weight] === key ? "variable" : "name" };
  return typeof key === "string" || typeof key === "number" ? key : undefined;
}

function ownKey(key: Key, weights: readonly tf.Variable[]): unknown {
  if (typeof key !== "object") return key;
  const weight = weights[key.weight] as tf.Variable;
  return key.as === "variable" ? weight : weight[key.as];
}
