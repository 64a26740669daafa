// A tensor of random numbers in a program: a random input of a standard distribution, scaled and shifted, so that one
// kind of input serves any parameters.
import { TraceError } from "../errors.js";
import type { Builder } from "../graph/builder.js";
import type { Draw, DType, Value } from "../graph/program.js";
import { callSite } from "./call-site.js";
import type { Distribution } from "./random-ops.js";

interface Wanted {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** How many random inputs there are already. */
  readonly at: number;
}

export function drawn(
  graph: Builder,
  distribution: Distribution,
  { shape, dtype, at }: Wanted,
): { draw: Draw; value: Value } {
  if (dtype !== "float32" && dtype !== "int32")
    throw new TraceError(
      `jit: expected random numbers of float32 or int32; got ${dtype}${callSite(new Error())}. Compare float32 ones with a limit.`,
    );
  const input = graph.input(`r${at}`, shape, "float32");
  const draw = { value: input, distribution: distribution.draw };
  const [scale, shift] =
    distribution.draw === "uniform"
      ? [distribution.range, distribution.min]
      : [distribution.stdDev, distribution.mean];
  const scaled = scale === 1 ? input : graph.node("Mul", [input, graph.scalar(scale)], input);
  const value = shift === 0 ? scaled : graph.node("Add", [scaled, graph.scalar(shift)], input);
  if (dtype === "float32") return { draw, value };
  // As TensorFlow.js: uniform numbers lose their fraction, normal ones are rounded.
  const half = (): Value => graph.node("Add", [value, graph.scalar(0.5)], value);
  const whole = distribution.draw === "uniform" ? value : graph.node("Floor", [half()], value);
  return { draw, value: graph.node("Cast", [whole], { shape, dtype }, { to: 6 }) };
}
