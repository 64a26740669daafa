// The same numbers in another order, or some of them: reshapes, transposes, repetitions, slices.
import * as tf from "@tensorflow/tfjs-core";
import { sizeOf, type Value } from "../../graph/program.js";
import { axesOf } from "../../graph/shapes.js";
import { cast, demand, type KernelCall, type KernelTable, reshape } from "../kernel.js";

export const rearrangements: KernelTable = {
  Reshape: (call) => {
    const x = call.input("x");
    return reshape(call, x, tf.util.inferFromImplicitShape(call.attribute("shape"), sizeOf(x.shape)));
  },
  ExpandDims: (call) => {
    const [x, dim] = [call.input("input"), call.attribute<number>("dim")];
    return reshape(call, x, x.shape.toSpliced(dim < 0 ? dim + x.shape.length + 1 : dim, 0, 1));
  },
  Transpose: (call) => {
    const [x, perm] = [call.input("x"), call.attribute<number[]>("perm")];
    return call.graph.node(
      "Transpose",
      [x],
      { shape: perm.map((at) => x.shape[at] as number), dtype: x.dtype },
      { perm },
    );
  },
  Tile: (call) => {
    const [x, reps] = [call.input("x"), call.attribute<number[]>("reps")];
    const shape = x.shape.map((size, at) => size * (reps[at] as number));
    return call.graph.node("Tile", [x, call.graph.integers(reps)], { shape, dtype: x.dtype });
  },
  PadV2: pad,
  Reverse: (call) => {
    const x = call.input("x");
    const axes = axesOf(call.attribute("dims"), x.shape.length);
    const ends = axes.map(() => beforeFirst);
    const steps = axes.map(() => -1);
    const how = { axes, steps, shape: x.shape };
    return axes.length === 0
      ? x
      : sliceNode(
          call,
          x,
          axes.map(() => -1),
          ends,
          how,
        );
  },
  Slice: (call) => {
    const x = call.input("x");
    const info = { shape: [...x.shape], rank: x.shape.length } as tf.Tensor; // nothing else is read
    const bounds = tf.slice_util.parseSliceParams(info, call.attribute("begin"), call.attribute("size"));
    tf.slice_util.assertParamsValid(info, bounds[0] as number[], bounds[1] as number[]);
    return slice(call, x, bounds[0] as number[], bounds[1] as number[]);
  },
  StridedSlice: stridedSlice,
};

/** ONNX's way to say "to the first element and no further" with a negative step. */
const beforeFirst = -(2 ** 31);

/** `size` elements from `begin` along each axis; axes that stay whole are not named. */
export function slice(call: KernelCall, x: Value, begin: readonly number[], size: readonly number[]): Value {
  const axes = axesOf(null, x.shape.length).filter((axis) => size[axis] !== x.shape[axis]);
  if (axes.length === 0) return x;
  const starts = axes.map((axis) => begin[axis] as number);
  const ends = axes.map((axis) => (begin[axis] as number) + (size[axis] as number));
  return sliceNode(call, x, starts, ends, { axes, steps: axes.map(() => 1), shape: size });
}

function sliceNode(
  { graph }: KernelCall,
  x: Value,
  starts: readonly number[],
  ends: readonly number[],
  how: { axes: readonly number[]; steps: readonly number[]; shape: readonly number[] },
): Value {
  const bounds = [starts, ends, how.axes, how.steps].map((list) => graph.integers(list));
  return graph.node("Slice", [x, ...bounds], { shape: how.shape, dtype: x.dtype });
}

function stridedSlice(call: KernelCall): Value {
  const x = call.input("x");
  const masks = ["beginMask", "endMask", "ellipsisMask", "newAxisMask", "shrinkAxisMask"] as const;
  const [begin, end, strides] = (["begin", "end", "strides"] as const).map((name) =>
    call.attribute<number[]>(name),
  );
  const given = masks.map((name) => call.attribute<number>(name)) as [number, number, number, number, number];
  const info = tf.slice_util.sliceInfo(
    [...x.shape],
    begin as number[],
    end as number[],
    strides as number[],
    ...given,
  );
  const ends = info.end.map((at, axis) => ((info.strides[axis] as number) < 0 && at < 0 ? beforeFirst : at));
  const shape = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
  const how = { axes: axesOf(null, x.shape.length), steps: info.strides, shape };
  return reshape(call, sliceNode(call, x, info.begin, ends, how), info.finalShape);
}

function pad(call: KernelCall): Value {
  const given = call.input("x");
  const x = given.dtype === "bool" ? cast(call, given, "int32") : given; // ONNX Runtime pads no booleans
  const paddings = call.attribute<[number, number][]>("paddings");
  demand(call, paddings.length === x.shape.length, `${paddings.length} paddings for [${x.shape}]`);
  const shape = x.shape.map((size, at) => size + (paddings[at]?.[0] ?? 0) + (paddings[at]?.[1] ?? 0));
  const amounts = call.graph.integers([
    ...paddings.map(([before]) => before),
    ...paddings.map(([, after]) => after),
  ]);
  const fill = call.graph.scalar(call.attribute("constantValue"), x.dtype === "int32" ? "int32" : "float32");
  return cast(call, call.graph.node("Pad", [x, amounts, fill], { shape, dtype: x.dtype }), given.dtype);
}
