// Between TensorFlow.js's tensors and the engine's.
import * as tf from "@tensorflow/tfjs-core";
import { TraceError } from "./errors.js";
import { typedArray } from "./graph/builder.js";
import type { Data } from "./graph/program.js";
import type { HostTensor } from "./session/engine.js";
import { ownerOf } from "./trace/engine-access.js";

type HostType = "float32" | "int32" | "bool";

/** A tensor's dtype. @throws TraceError for texts and complex numbers */
export function hostType({ dtype }: tf.Tensor): HostType {
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool")
    throw new TraceError(
      `jit: expected tensors of float32, int32 or bool; got ${dtype}. Convert them outside of the function.`,
    );
  return dtype;
}

/** A tensor's elements; shared with the CPU backend, copied from others. @throws TraceError as `hostType` */
export function toHost(tensor: tf.Tensor): HostTensor {
  const dtype = hostType(tensor);
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
function asTyped(data: ArrayLike<number>, dtype: HostType): Data {
  const kinds = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
  return data instanceof kinds[dtype] ? data : typedArray(data, dtype);
}
