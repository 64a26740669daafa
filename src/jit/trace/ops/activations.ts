// The layers' activation functions and the two kernels that their gradients have of their own.
import type { Value } from "../../graph/program.js";
import { demand, type Kernel, type KernelCall, type KernelTable, unary } from "../kernel.js";
import { binary } from "./arithmetic.js";

export const activations: KernelTable = {
  Relu: simple("Relu"),
  Relu6: (call) => clip(call, call.input("x"), 0, 6),
  LeakyRelu: (call) => {
    const x = call.input("x");
    demand(call, x.dtype === "float32", `${x.dtype} operands`);
    return unary(call, "LeakyRelu", x, { alpha: { float: call.attribute("alpha") } });
  },
  Prelu: (call) => prelu(call, call.input("x"), call.input("alpha")),
  Elu: simple("Elu"),
  EluGrad: eluGradient,
  Selu: simple("Selu"),
  Sigmoid: simple("Sigmoid"),
  Softplus: simple("Softplus"),
  Softmax: (call) => unary(call, "Softmax", call.input("logits"), { axis: -1 }),
  Step: step,
  ClipByValue: (call) =>
    clip(call, call.input("x"), call.attribute("clipValueMin"), call.attribute("clipValueMax")),
};

/** What a fused matrix product applies to its result; TensorFlow.js's names. */
export function activate(call: KernelCall, x: Value, name: string): Value | undefined {
  switch (name) {
    case "linear":
      return x;
    case "relu":
      return unary(call, "Relu", x);
    case "relu6":
      return clip(call, x, 0, 6);
    case "elu":
      return unary(call, "Elu", x);
    case "sigmoid":
      return unary(call, "Sigmoid", x);
    case "leakyrelu":
      return unary(call, "LeakyRelu", x, { alpha: { float: call.attribute("leakyreluAlpha") } });
    case "prelu":
      return prelu(call, x, call.input("preluActivationWeights"));
    default:
      return undefined;
  }
}

function simple(op: string): Kernel {
  return (call) => unary(call, op, call.input("x"));
}

function clip(call: KernelCall, x: Value, low: number, high: number): Value {
  demand(call, x.dtype !== "bool", "boolean operands");
  const { graph } = call;
  const dtype = x.dtype === "int32" ? "int32" : "float32";
  return graph.node("Clip", [x, graph.scalar(low, dtype), graph.scalar(high, dtype)], x);
}

/** x where x ≥ 0, α x elsewhere; α broadcasts both ways, which ONNX's PRelu does not allow. */
function prelu(call: KernelCall, x: Value, alpha: Value): Value {
  const scaled = binary(call, "Mul", x, alpha);
  return where(call, binary(call, "GreaterOrEqual", x, call.graph.scalar(0), "bool"), x, scaled);
}

/** d/dx elu(x) · dy, written with y = elu(x): dy where y ≥ 0, dy (y + 1) elsewhere. */
function eluGradient(call: KernelCall): Value {
  const { graph } = call;
  const [dy, y] = [call.input("dy"), call.input("y")];
  const slope = graph.node("Min", [binary(call, "Add", y, graph.scalar(1)), graph.scalar(1)], y);
  return binary(call, "Mul", dy, slope);
}

/** 1 where x > 0, α elsewhere, NaN where x is. */
function step(call: KernelCall): Value {
  const x = call.input("x");
  const dtype = x.dtype === "int32" ? "int32" : "float32";
  const alpha = call.attribute<number | undefined>("alpha") ?? 0;
  const positive = binary(call, "Greater", x, call.graph.scalar(0, dtype), "bool");
  const value = call.graph.node(
    "Where",
    [positive, call.graph.scalar(1, dtype), call.graph.scalar(alpha, dtype)],
    x,
  );
  if (dtype === "int32") return value;
  const nan = call.graph.node("IsNaN", [x], { shape: x.shape, dtype: "bool" });
  return where(call, nan, x, value);
}

function where({ graph }: KernelCall, condition: Value, yes: Value, no: Value): Value {
  return graph.node("Where", [condition, yes, no], no);
}
