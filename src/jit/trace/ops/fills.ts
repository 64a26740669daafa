// Tensors that depend on shapes only: constants of the program.
import * as tf from "@tensorflow/tfjs-core";
import { typedArray } from "../../graph/builder.js";
import { type DType, sizeOf, type Value } from "../../graph/program.js";
import type { KernelCall, KernelTable } from "../kernel.js";

export const fills: KernelTable = {
  Fill: (call) => {
    const dtype = call.attribute<DType | undefined>("dtype") ?? "float32";
    return filled(call, call.attribute("value"), call.attribute("shape"), dtype);
  },
  ZerosLike: (call) => filled(call, 0, call.typeOf("x").shape, call.typeOf("x").dtype),
  OnesLike: (call) => filled(call, 1, call.typeOf("x").shape, call.typeOf("x").dtype),
  Range: (call) => {
    const bounds = ["start", "stop", "step"].map((name) => call.attribute<number>(name)) as [
      number,
      number,
      number,
    ];
    const dtype = call.attribute<"float32" | "int32" | undefined>("dtype") ?? "float32";
    const values = tf.util.makeZerosTypedArray(rangeLength(...bounds), dtype);
    for (let at = 0; at < values.length; at++) values[at] = bounds[0] + at * bounds[2];
    return call.graph.constant(typedArray(values, dtype), [values.length], dtype);
  },
};

function filled({ graph }: KernelCall, value: number, shape: readonly number[], dtype: DType): Value {
  return graph.constant(typedArray(new Float64Array(sizeOf(shape)).fill(value), dtype), shape, dtype);
}

/** As many steps as stay before `stop`; none if they lead away from it. */
function rangeLength(start: number, stop: number, step: number): number {
  return Math.max(0, Math.ceil((stop - start) / step));
}
