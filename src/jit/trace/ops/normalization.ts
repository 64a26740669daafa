// Normalizations with given means and variances, and across neighbouring channels.
import type { Value } from "../../graph/program.js";
import { type KernelCall, type KernelTable, unary } from "../kernel.js";
import { binary } from "./arithmetic.js";

export const normalization: KernelTable = {
  FusedBatchNorm: batchNorm,
  LRN: (call) => {
    const x = call.input("x");
    return binary(call, "Mul", x, power(call, scaled(call, neighbours(call, squared(call, x))), "beta"));
  },
  LRNGrad: lrnGradient,
};

/** (x − mean) · scale / √(variance + ε) + offset; the small tensors are combined first. */
function batchNorm(call: KernelCall): Value {
  const [x, mean, variance] = [call.input("x"), call.input("mean"), call.input("variance")];
  const [scale, offset] = [call.optional("scale"), call.optional("offset")];
  const epsilon = call.graph.scalar(call.attribute("varianceEpsilon"));
  const deviation = unary(call, "Sqrt", binary(call, "Add", variance, epsilon));
  const inverse = unary(call, "Reciprocal", deviation);
  const factor = scale ? binary(call, "Mul", inverse, scale) : inverse;
  const normed = binary(call, "Mul", binary(call, "Sub", x, mean), factor);
  return offset ? binary(call, "Add", normed, offset) : normed;
}

function squared(call: KernelCall, x: Value): Value {
  return binary(call, "Mul", x, x);
}

/** Sums over each channel and its neighbours on both sides: a product with a matrix of ones around the diagonal. */
function neighbours(call: KernelCall, x: Value): Value {
  const channels = x.shape.at(-1) as number;
  const radius = call.attribute<number>("depthRadius");
  const band = Float32Array.from({ length: channels ** 2 }, (_, at) =>
    Math.abs(Math.floor(at / channels) - (at % channels)) <= radius ? 1 : 0,
  );
  const matrix = call.graph.constant(band, [channels, channels], "float32");
  return call.graph.node("MatMul", [x, matrix], x);
}

function scaled(call: KernelCall, sums: Value): Value {
  const times = binary(call, "Mul", sums, call.graph.scalar(call.attribute("alpha")));
  return binary(call, "Add", times, call.graph.scalar(call.attribute("bias")));
}

/** x to minus an exponent among the attributes. */
function power(call: KernelCall, x: Value, exponent: string): Value {
  return binary(call, "Pow", x, call.graph.scalar(-call.attribute<number>(exponent)));
}

/** norm^−β · dy − 2 α β x · Σ over neighbours of y dy / norm */
function lrnGradient(call: KernelCall): Value {
  const [x, y, dy] = [call.input("x"), call.input("y"), call.input("dy")];
  const norm = scaled(call, neighbours(call, squared(call, x)));
  const direct = binary(call, "Mul", power(call, norm, "beta"), dy);
  const shares = neighbours(call, binary(call, "Div", binary(call, "Mul", y, dy), norm));
  const factor = call.graph.scalar(2 * call.attribute<number>("alpha") * call.attribute<number>("beta"));
  return binary(call, "Sub", direct, binary(call, "Mul", factor, binary(call, "Mul", x, shares)));
}
