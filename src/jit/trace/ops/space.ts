// Elements moved between axes, mirrored borders, diagonals, sums named by letters.
import * as tf from "@tensorflow/tfjs-core";
import { sizeOf, type Value } from "../../graph/program.js";
import { demand, type KernelCall, type KernelTable, reshape } from "../kernel.js";
import { slice } from "./rearrange.js";
import { transpose } from "./windows.js";

export const space: KernelTable = {
  MirrorPad: mirrorPad,
  SpaceToBatchND: (call) => {
    const x = call.input("x");
    demand(call, x.dtype !== "bool", "boolean operands");
    const block = call.attribute<number[]>("blockShape");
    const paddings = call.attribute<[number, number][]>("paddings");
    const all = x.shape.map((_, at): [number, number] => paddings[at - 1] ?? [0, 0]);
    const amounts = [...all.map(([before]) => before), ...all.map(([, after]) => after)];
    const shape = x.shape.map((size, at) => size + (all[at]?.[0] ?? 0) + (all[at]?.[1] ?? 0));
    const inputs = [
      x,
      call.graph.integers(amounts),
      call.graph.scalar(0, x.dtype === "int32" ? "int32" : "float32"),
    ];
    const padded = call.graph.node("Pad", inputs, { shape, dtype: x.dtype });
    const product = sizeOf(block);
    const split = tf.backend_util.getReshaped(shape, block, product, false);
    const perm = tf.backend_util.getPermuted(split.length, block.length, false);
    const result = tf.backend_util.getReshapedPermuted(shape, block, product, false);
    return reshape(call, transpose(call, reshape(call, padded, split), perm), result);
  },
  BatchToSpaceND: (call) => {
    const x = call.input("x");
    const block = call.attribute<number[]>("blockShape");
    const crops = call.attribute<number[][]>("crops");
    const product = sizeOf(block);
    const split = tf.backend_util.getReshaped([...x.shape], block, product);
    const perm = tf.backend_util.getPermuted(split.length, block.length);
    const whole = tf.backend_util.getReshapedPermuted([...x.shape], block, product);
    const given = tf.backend_util.getSliceBeginCoords(crops, block.length);
    const sizes = tf.backend_util.getSliceSize(whole, crops, block.length);
    const begin = whole.map((_, at) => given[at] ?? 0); // the axes after the block are whole
    const size = whole.map((all, at) => sizes[at] ?? all);
    return slice(call, reshape(call, transpose(call, reshape(call, x, split), perm), whole), begin, size);
  },
  DepthToSpace: (call) => {
    const x = call.input("x");
    demand(call, call.attribute<string>("dataFormat") === "NHWC", "channels first");
    const [batch, height, width, depth] = x.shape as [number, number, number, number];
    const block = call.attribute<number>("blockSize");
    const left = depth / block ** 2;
    const split = reshape(call, x, [batch, height, width, block, block, left]);
    const turned = transpose(call, split, [0, 1, 3, 2, 4, 5]);
    return reshape(call, turned, [batch, height * block, width * block, left]);
  },
  Diag: (call) => {
    const x = call.input("x");
    demand(call, x.dtype !== "bool", "boolean operands");
    const count = sizeOf(x.shape);
    const flat = reshape(call, x, [count]);
    const eye = Uint8Array.from({ length: count ** 2 }, (_, at) => (at % (count + 1) === 0 ? 1 : 0));
    const zero = call.graph.scalar(0, x.dtype === "int32" ? "int32" : "float32");
    const like = { shape: [count, count], dtype: x.dtype };
    const square = call.graph.node("Where", [call.graph.constant(eye, like.shape, "bool"), flat, zero], like);
    return reshape(call, square, [...x.shape, ...x.shape]);
  },
  Einsum: (call) => {
    const equation = call.attribute<string>("equation");
    const { operands } = call;
    const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, operands.length);
    const [{ dtype }] = operands as [Value];
    demand(
      call,
      operands.every((each) => each.dtype === dtype),
      "operands of several dtypes",
    );
    tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, operands as unknown as tf.Tensor[]);
    const sizes = allDims.map((_, letter) => {
      const at = idDims.findIndex((letters) => letters.includes(letter));
      return operands[at]?.shape[(idDims[at] as number[]).indexOf(letter)] as number;
    });
    const shape = sizes.slice(0, allDims.length - summedDims.length);
    const like = { shape, dtype: (operands[0] as Value).dtype };
    return call.graph.node("Einsum", operands, like, { equation: equation.replace(/\s/g, "") });
  },
  LinSpace: (call) => {
    const [start, stop, count] = ["start", "stop", "num"].map((name) => call.attribute<number>(name)) as [
      ...[number, number, number],
    ];
    const step = (stop - start) / (count - 1);
    const values = Float32Array.from({ length: count }, (_, at) => (count === 1 ? start : start + at * step));
    return call.graph.constant(values, [count], "float32");
  },
  FlipLeftRight: (call) => {
    const image = call.input("image");
    const bounds = [[-1], [-(2 ** 31)], [2], [-1]].map((list) => call.graph.integers(list));
    return call.graph.node("Slice", [image, ...bounds], image);
  },
};

/** "reflect" leaves the border out, "symmetric" repeats it. One axis after another, as copies of slices. */
function mirrorPad(call: KernelCall): Value {
  let x = call.input("x");
  const skip = call.attribute<string>("mode") === "reflect" ? 1 : 0;
  for (const [axis, [before, after]] of call.attribute<[number, number][]>("paddings").entries()) {
    const length = x.shape[axis] as number;
    const positions = [
      ...Array.from({ length: before }, (_, at) => before - 1 - at + skip),
      ...Array.from({ length }, (_, at) => at),
      ...Array.from({ length: after }, (_, at) => length - 1 - at - skip),
    ];
    if (positions.length === length) continue;
    const list = call.graph.constant(Int32Array.from(positions), [positions.length], "int32");
    const like = { shape: x.shape.with(axis, positions.length), dtype: x.dtype };
    x = call.graph.node("Gather", [x, list], like, { axis });
  }
  return x;
}
