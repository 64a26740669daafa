// Several tensors into one, one into several, and elements by index.
import * as tf from "@tensorflow/tfjs-core";
import { range } from "../../../core/elements.js";
import type { DType, Value } from "../../graph/program.js";
import { axisOf, broadcastShapes } from "../../graph/shapes.js";
import { cast, demand, type KernelCall, type KernelTable, reshape } from "../kernel.js";
import { slice } from "./rearrange.js";

export const combinations: KernelTable = {
  Concat: (call) => {
    const { operands } = call;
    const dtype = operands
      .map((each) => each.dtype as tf.DataType)
      .reduce((a, b) => tf.upcastType(a, b)) as DType;
    return concat(
      call,
      operands.map((each) => cast(call, each, dtype)),
      axisOf(call.attribute("axis"), (operands[0] as Value).shape.length),
    );
  },
  Pack: (call) => {
    const axis = call.attribute<number>("axis");
    const at = axis < 0 ? axis + (call.operands[0]?.shape.length ?? 0) + 1 : axis;
    return concat(
      call,
      call.operands.map((x) => reshape(call, x, x.shape.toSpliced(at, 0, 1))),
      at,
    );
  },
  Unpack: (call) => {
    const x = call.input("value");
    const axis = axisOf(call.attribute("axis"), x.shape.length);
    const ones = Array<number>(x.shape[axis] as number).fill(1);
    return split(call, x, ones, axis).map((part) => reshape(call, part, x.shape.toSpliced(axis, 1)));
  },
  SplitV: (call) => {
    const x = call.input("x");
    const axis = axisOf(call.attribute("axis"), x.shape.length);
    const info = { shape: [...x.shape] } as tf.Tensor; // prepareSplitSize reads the shape only
    return split(
      call,
      x,
      tf.backend_util.prepareSplitSize(info, call.attribute("numOrSizeSplits"), axis),
      axis,
    );
  },
  Select: (call) => {
    const [condition, yes, no] = [call.input("condition"), call.input("t"), call.input("e")];
    const shape = broadcastShapes(condition.shape, yes.shape);
    demand(call, shape?.join() === yes.shape.join(), `a condition [${condition.shape}] for [${yes.shape}]`);
    const dtype = tf.upcastType(yes.dtype as "float32", no.dtype as "float32") as DType;
    const wide = dtype === "bool" ? "int32" : dtype; // ONNX Runtime chooses among no booleans
    const inputs = [cast(call, condition, "bool"), cast(call, yes, wide), cast(call, no, wide)];
    return cast(call, call.graph.node("Where", inputs, { shape: yes.shape, dtype: wide }), dtype);
  },
  OneHot: oneHot,
};

function concat({ graph }: KernelCall, parts: readonly Value[], axis: number): Value {
  const [first] = parts as [Value];
  const length = parts.reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
  return graph.node("Concat", parts, { shape: first.shape.with(axis, length), dtype: first.dtype }, { axis });
}

function split(call: KernelCall, x: Value, sizes: readonly number[], axis: number): Value[] {
  let from = 0;
  return sizes.map((size) => {
    const part = slice(
      call,
      x,
      x.shape.map((_, at) => (at === axis ? from : 0)),
      x.shape.with(axis, size),
    );
    from += size;
    return part;
  });
}

/** `onValue` where the index is the position along the new last axis, `offValue` elsewhere. */
function oneHot(call: KernelCall): Value {
  const { graph } = call;
  const indices = cast(call, call.input("indices"), "int32");
  const depth = call.attribute<number>("depth");
  const dtype = call.attribute<"float32" | "int32" | "bool" | undefined>("dtype") ?? "int32";
  const positions = graph.constant(range(0, depth), [depth], "int32");
  const shape = [...indices.shape, depth];
  const hit = graph.node("Equal", [reshape(call, indices, [...indices.shape, 1]), positions], {
    shape,
    dtype: "bool",
  });
  const values = [call.attribute<number>("onValue"), call.attribute<number>("offValue")];
  const [on, off] = values.map((value) => graph.scalar(value, dtype === "bool" ? "int32" : dtype)) as [
    Value,
    Value,
  ];
  return cast(call, graph.node("Where", [hit, on, off], { shape, dtype: on.dtype }), dtype);
}
