// Two operands, broadcast: sums, products, powers, comparisons, logic. TensorFlow.js makes the operands' dtypes equal
// before its kernels run.
import type { DType, Value } from "../../graph/program.js";
import { broadcast } from "../../graph/shapes.js";
import { cast, demand, type Kernel, type KernelCall, type KernelTable } from "../kernel.js";

export const arithmetic: KernelTable = {
  Add: numeric("Add"),
  Sub: numeric("Sub"),
  Multiply: numeric("Mul"),
  RealDiv: numeric("Div"),
  Pow: numeric("Pow"),
  Maximum: numeric("Max"),
  Minimum: numeric("Min"),
  SquaredDifference: squaredDifference,
  FloorDiv: floorDiv,
  Atan2: atan2,
  Mod: mod,
  AddN: (call) => call.operands.reduce((sum, next) => binary(call, "Add", sum, next)),
};

export const comparison: KernelTable = {
  Greater: compare("Greater"),
  GreaterEqual: compare("GreaterOrEqual"),
  Less: compare("Less"),
  LessEqual: compare("LessOrEqual"),
  Equal: compare("Equal"),
  NotEqual: (call) => not(call, compare("Equal")(call) as Value),
  LogicalAnd: (call) => binary(call, "And", call.input("a"), call.input("b")),
  LogicalOr: (call) => binary(call, "Or", call.input("a"), call.input("b")),
  LogicalNot: (call) => not(call, call.input("x")),
};

/** A node over two broadcast operands. @param dtype of the result, default the operands' */
export function binary(call: KernelCall, op: string, a: Value, b: Value, dtype: DType = a.dtype): Value {
  return call.graph.node(op, [a, b], { shape: broadcast(a.shape, b.shape), dtype });
}

function numeric(op: string): Kernel {
  return (call) => {
    const [a, b] = [call.input("a"), call.input("b")];
    demand(call, a.dtype !== "bool", "boolean operands");
    return binary(call, op, a, b);
  };
}

function compare(op: string): Kernel {
  return (call) => {
    const [a, b] = [call.input("a"), call.input("b")];
    const wide = (x: Value): Value => (x.dtype === "bool" ? cast(call, x, "int32") : x);
    return binary(call, op, wide(a), wide(b), "bool");
  };
}

function not(call: KernelCall, x: Value): Value {
  return call.graph.node("Not", [cast(call, x, "bool")], { shape: x.shape, dtype: "bool" });
}

function squaredDifference(call: KernelCall): Value {
  const difference = binary(call, "Sub", call.input("a"), call.input("b"));
  return binary(call, "Mul", difference, difference);
}

/** ⌊a / b⌋ as int32, for integers too, whose division ONNX truncates. */
function floorDiv(call: KernelCall): Value {
  const [a, b] = [call.input("a"), call.input("b")];
  const quotient = binary(call, "Div", cast(call, a, "float32"), cast(call, b, "float32"));
  const floor = call.graph.node("Floor", [quotient], quotient);
  return toInteger(call, floor);
}

/** Towards zero; what is no finite number becomes 0, as in JavaScript's integers. ONNX leaves it open. */
export function toInteger(call: KernelCall, x: Value): Value {
  const none = binary(call, "Sub", x, x); // 0 for finite numbers, else NaN
  const lost = call.graph.node("IsNaN", [none], { shape: x.shape, dtype: "bool" });
  return cast(call, call.graph.node("Where", [lost, call.graph.scalar(0), x], x), "int32");
}

/** The remainder with the divisor's sign; C's, which ONNX has for floats, takes the dividend's. */
function mod(call: KernelCall): Value {
  const [a, b] = [call.input("a"), call.input("b")];
  demand(call, a.dtype !== "bool", "boolean operands");
  const { graph } = call;
  const shape = broadcast(a.shape, b.shape);
  const rest = graph.node("Mod", [a, b], { shape, dtype: a.dtype }, { fmod: 1 });
  const sign = (x: Value): Value => graph.node("Sign", [x], x);
  const zero = graph.scalar(0, a.dtype === "int32" ? "int32" : "float32");
  // Added only where the signs differ: a small rest beside a large divisor would lose its digits.
  const differs = binary(call, "Less", binary(call, "Mul", sign(rest), sign(b)), zero, "bool");
  return graph.node("Where", [differs, binary(call, "Add", rest, b), rest], rest);
}

/** The angle of the point (b, a): from the quotient's, and half a turn where b is negative. */
function atan2(call: KernelCall): Value {
  const { graph } = call;
  const [a, b] = [call.input("a"), call.input("b")];
  const zero = graph.scalar(0);
  const quotient = binary(call, "Div", a, b);
  const angle = graph.node("Atan", [quotient], quotient);
  const up = binary(call, "GreaterOrEqual", a, zero, "bool");
  const half = graph.node("Where", [up, graph.scalar(Math.PI), graph.scalar(-Math.PI)], {
    ...{ shape: a.shape, dtype: "float32" },
  });
  const turned = binary(call, "Add", angle, half);
  const behind = binary(call, "Less", b, zero, "bool");
  const result = graph.node("Where", [behind, turned, angle], turned);
  const nowhere = binary(
    call,
    "And",
    ...([binary(call, "Equal", a, zero, "bool"), binary(call, "Equal", b, zero, "bool")] as const),
  );
  return graph.node("Where", [nowhere, zero, result], result); // 0/0 is no number
}
