// The dtypes of TensorFlow.js's that programs compute with.
import type * as tf from "@tensorflow/tfjs-core";
import { TraceError } from "../errors.js";
import { callSite } from "./call-site.js";

export type ComputedDType = "float32" | "int32" | "bool";

/** @throws TraceError for texts and complex numbers */
export function computedDType(dtype: tf.DataType): ComputedDType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new TraceError(
    `jit: expected tensors of float32, int32 or bool; got ${dtype}${callSite(new Error())}. Convert them outside of the function.`,
  );
}
