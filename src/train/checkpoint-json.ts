// What a checkpoint says besides tensors, as JSON. JSON has neither NaN, which an epoch's numbers may be, nor infinity.
// Nor is it a place for millions of numbers: as digits, 28 million weights are longer than the longest string. So typed
// arrays, such as the best weights of early stopping, become tensors of the file.
import type { StoredData, StoredTensor } from "./safetensors.js";

const notFinite = "not finite";
const inTensor = "tensor of this file";

/** @param tensors  gets the typed arrays, by names that no weight and no variable has */
export function toJson(value: unknown, tensors: Map<string, StoredTensor>): string {
  let arrays = 0;
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === "number" && !Number.isFinite(each)) return { [notFinite]: String(each) };
    if (!isStored(each)) return each;
    const key = `memory/${String(arrays++).padStart(4, "0")}`;
    tensors.set(key, { shape: [each.length], data: each });
    return { [inTensor]: key };
  });
}

export function fromJson(text: string, tensors: ReadonlyMap<string, StoredTensor>): unknown {
  return JSON.parse(text, (_, each: unknown) => {
    const { [notFinite]: number, [inTensor]: key } = (each ?? {}) as Record<string, unknown>;
    if (typeof number === "string") return Number(number);
    return typeof key === "string" ? tensors.get(key)?.data : each;
  });
}

function isStored(value: unknown): value is StoredData {
  return value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint8Array;
}
