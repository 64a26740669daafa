// Between TensorFlow.js's tensors and the engine's.
import * as tf from "@tensorflow/tfjs-core";
import { elementArrays } from "../core/elements.js";
import { typedArray } from "./graph/builder.js";
import type { Data } from "./graph/program.js";
import type { HostTensor } from "./session/engine.js";
import { type ComputedDType, computedDType } from "./trace/dtypes.js";
import { ownerOf } from "./trace/engine-access.js";

/** A tensor's elements; shared with the CPU backend, copied from others. @throws TraceError for texts and complex numbers */
export function toHost(tensor: tf.Tensor): HostTensor {
  const dtype = computedDType(tensor.dtype);
  return { data: asTyped(tensor.dataSync(), dtype), shape: tensor.shape, dtype };
}

/** Whether what `toHost` gives is nobody else's: WASM's memory cannot be shared. */
export function isCopied(tensor: tf.Tensor): boolean {
  return tf.getBackend() === "wasm" && ownerOf(tensor) === tf.backend();
}

/** A new tensor on the current backend; the caller disposes. */
export function fromHost({ data, shape, dtype }: HostTensor): tf.Tensor {
  return tf.tensor(data as Float32Array | Int32Array | Uint8Array, [...shape], dtype as tf.DataType);
}

/** Sets a variable without leaving anything behind. */
export function assignHost(variable: tf.Variable, value: HostTensor): void {
  const tensor = fromHost(value);
  variable.assign(tensor);
  tensor.dispose();
}

/** Some of the CPU backend's kernels leave plain arrays or another type of array. */
function asTyped(data: ArrayLike<number>, dtype: ComputedDType): Data {
  return data instanceof elementArrays[dtype] ? data : typedArray(data, dtype);
}
