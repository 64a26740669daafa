// Tensors that depend on shapes only: constants of the program.
import type * as tf from "@tensorflow/tfjs-core";
import { computedOnCpu } from "../../../core/on-cpu.js";
import { typedArray } from "../../graph/builder.js";
import { type DType, sizeOf, type Value } from "../../graph/program.js";
import type { KernelCall, KernelTable } from "../kernel.js";
import { unsupported } from "../refusals.js";

export const fills: KernelTable = {
  Fill: (call) => {
    const dtype = call.attribute<DType | undefined>("dtype") ?? "float32";
    return filled(call, call.attribute("value"), call.attribute("shape"), dtype);
  },
  ZerosLike: (call) => filled(call, 0, call.typeOf("x").shape, call.typeOf("x").dtype),
  OnesLike: (call) => filled(call, 1, call.typeOf("x").shape, call.typeOf("x").dtype),
  /** TensorFlow.js's own numbers: it turns the step around where it leads away, and adds it up in the dtype. */
  Range: (call) => {
    const names = ["start", "stop", "step", "dtype"];
    const attributes = Object.fromEntries(names.map((name) => [name, call.attribute(name)]));
    const [known] = computedOnCpu("Range", {}, attributes as tf.NamedAttrMap) ?? [];
    if (!known) throw unsupported(call.name, "without TensorFlow.js's CPU backend");
    const dtype = known.dtype as "float32" | "int32";
    return call.graph.constant(typedArray(known.data as tf.TypedArray, dtype), known.shape, dtype);
  },
};

function filled({ graph }: KernelCall, value: number, shape: readonly number[], dtype: DType): Value {
  return graph.constant(typedArray(new Float64Array(sizeOf(shape)).fill(value), dtype), shape, dtype);
}
