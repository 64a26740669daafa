// Whether what a model does can have changed: the numbers, texts, switches and variables that its layers, its loss and its
// optimizer hold, as a text. Comparing it takes a fraction of the time of recording a step anew. A model with code of the
// user's own has no such text, as nobody knows what that code depends on.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { innerModel } from "./optimizer.js";
import { isOfLibrary, isPart, type Part } from "./parts.js";

/** Learning rates are read at each run, counters and names change without meaning. */
const ignored = new Set(["learningRate", "iterations_", "name", "id", "_refCount", "_callHook"]);

/** A text that is the same as long as the model does the same; `undefined` if nobody can tell. */
export function fieldsOf(model: LayersModel): string | undefined {
  const inner = innerModel(model);
  const { loss, optimizer, metrics } = inner as unknown as Record<"loss" | "optimizer" | "metrics", unknown>;
  const named = [loss, metrics].every((given) => !holdsFunction(given));
  if (!named) return undefined;
  const seen = new Set<object>();
  const texts: string[] = [];
  const known = [...inner.layers, ...(optimizer ? [optimizer as object] : [])].every((part) =>
    describe(part as Part, seen, texts),
  );
  return known ? texts.join("\n") : undefined;
}

function holdsFunction(value: unknown): boolean {
  if (typeof value === "function") return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsFunction);
}

/** Layers hold their weights, and optimizers their slots, in objects. */
function variableIn(value: unknown): tf.Variable | undefined {
  const { val, variable } = (value ?? {}) as { val?: unknown; variable?: unknown };
  return [value, val, variable].find((each) => each instanceof tf.Variable) as tf.Variable | undefined;
}

/** Adds what an object of the library's holds. @returns false if its class, or that of a part, is not the library's */
function describe(part: Part, seen: Set<object>, texts: string[]): boolean {
  if (seen.has(part)) return true;
  seen.add(part);
  if (!isOfLibrary(part)) return false;
  const name = part.getClassName();
  texts.push(name);
  for (const [key, value] of Object.entries(part)) {
    if (ignored.has(key) || key.endsWith("nitializer")) continue; // initial weights are there already
    const list: unknown[] = Array.isArray(value) ? value : [value];
    const plain = list.filter((each) => each === null || !["object", "function"].includes(typeof each));
    if (plain.length > 0) texts.push(`${name}.${key}=${plain.map(String)}`);
    const variables = list.map(variableIn).filter((each) => each !== undefined);
    if (variables.length > 0) texts.push(`${name}.${key}:${variables.map(({ id }) => id)}`);
    if (!list.filter(isPart).every((each) => describe(each, seen, texts))) return false;
  }
  return true;
}
