// The objects that make up a model: its layers with their cells, activations and regularizers, and its optimizer. What
// TensorFlow.js's own do depends on their fields; what others do nobody knows.
import { serialization } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { libraryClasses } from "./library-classes.js";
import { innerModel } from "./optimizer.js";

export type Part = object & { getClassName(): string };

/** Each once, the model's layers first. */
export function partsOf(model: LayersModel): Part[] {
  const inner = innerModel(model);
  const parts = new Set<Part>();
  const add = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(add);
    if (!isPart(value) || parts.has(value)) return;
    parts.add(value);
    Object.values(value).forEach(add);
  };
  for (const each of [...inner.layers, inner.optimizer, model, inner]) add(each);
  return [...parts];
}

/** Whether it is of a class of TensorFlow.js's own, not of one that extends it, nor has functions in place of the class's. */
export function isOfLibrary(part: Part): boolean {
  const name = part.getClassName();
  const prototype = Object.getPrototypeOf(part) as object;
  if (Object.entries(part).some(([key, value]) => typeof value === "function" && key in prototype))
    return false;
  const { classNameMap } = serialization.SerializationMap.getMap();
  return libraryClasses.has(name) && classNameMap[name]?.[0] === part.constructor;
}

export function isPart(value: unknown): value is Part {
  return typeof (value as Part | null | undefined)?.getClassName === "function";
}
