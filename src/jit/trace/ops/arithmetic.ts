// Two operands, broadcast: sums, products, powers, comparisons, logic. TensorFlow.js makes the operands' dtypes equal
// before its kernels run.
import type { DType, Value } from "../../graph/program.js";
import { broadcast } from "../../graph/shapes.js";
import { cast, demand, type Kernel, type KernelCall, type KernelTable } from "../kernel.js";

export const arithmetic: KernelTable = {
  Add: numeric("Add"),
  Sub: numeric("Sub"),
  Multiply: (call) => {
    const [a, b] = [call.input("a"), call.input("b")];
    return binary(call, a.dtype === "bool" ? "And" : "Mul", a, b);
  },
  RealDiv: numeric("Div"),
  Pow: power,
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

/** Of integers 0 where 1 is divided by 0, as JavaScript makes infinity one; ONNX leaves it open. */
function power(call: KernelCall): Value {
  const [a, b] = [call.input("a"), call.input("b")];
  const raised = numeric("Pow")(call) as Value;
  const exponents = call.known(b);
  const whole = exponents && Array.from(exponents).every((exponent) => exponent >= 0);
  if (a.dtype !== "int32" || whole) return raised;
  const zero = call.graph.scalar(0, "int32");
  const [isZero, below] = [binary(call, "Equal", a, zero, "bool"), binary(call, "Less", b, zero, "bool")];
  return call.graph.node("Where", [binary(call, "And", isZero, below), zero, raised], raised);
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

/** ⌊a / b⌋ as int32. */
function floorDiv(call: KernelCall): Value {
  const [a, b] = [call.input("a"), call.input("b")];
  if (a.dtype !== "float32") return integerFloorDiv(call, cast(call, a, "int32"), cast(call, b, "int32"));
  const quotient = binary(call, "Div", a, b);
  return toInteger(call, call.graph.node("Floor", [quotient], quotient));
}

/** Towards zero; what is no finite number becomes 0, as in JavaScript's integers. ONNX leaves it open. */
export function toInteger(call: KernelCall, x: Value): Value {
  const none = binary(call, "Sub", x, x); // 0 for finite numbers, else NaN
  const lost = call.graph.node("IsNaN", [none], { shape: x.shape, dtype: "bool" });
  return cast(call, call.graph.node("Where", [lost, call.graph.scalar(0), x], x), "int32");
}

/** The remainder with the divisor's sign. */
function mod(call: KernelCall): Value {
  const [a, b] = [call.input("a"), call.input("b")];
  demand(call, a.dtype !== "bool", "boolean operands");
  return a.dtype === "int32" ? integerMod(call, a, b) : floatMod(call, a, b);
}

function integerMod(call: KernelCall, a: Value, b: Value): Value {
  return binary(call, "Mod", a, safeDivisor(call, b).divisor);
}

/** From ONNX's quotient, which is truncated. By 0 it is 0, as in JavaScript's integers. */
function integerFloorDiv(call: KernelCall, a: Value, b: Value): Value {
  const { graph } = call;
  const zero = graph.scalar(0, "int32");
  const { divisor, isZero, isMinusOne } = safeDivisor(call, b);
  const truncated = binary(call, "Div", a, divisor);
  const [below, belowDivisor] = [a, divisor].map((x) => binary(call, "Less", x, zero, "bool")) as [
    Value,
    Value,
  ];
  const rest = binary(call, "Mod", a, divisor);
  const isWhole = binary(call, "Equal", rest, zero, "bool");
  const rounded = binary(
    call,
    "And",
    binary(call, "Xor", below, belowDivisor, "bool"),
    not(call, isWhole),
    "bool",
  );
  const quotient = binary(call, "Sub", truncated, cast(call, rounded, "int32"));
  const choose = (condition: Value, then: Value, other: Value): Value =>
    graph.node("Where", [condition, then, other], quotient);
  return choose(isMinusOne, graph.node("Neg", [a], a), choose(isZero, zero, quotient));
}

interface SafeDivisor {
  /** 1 where it were 0 or -1: dividing by 0 stops ONNX Runtime, and dividing -2³¹ by -1 the whole process. */
  readonly divisor: Value;
  readonly isZero: Value;
  readonly isMinusOne: Value;
}

function safeDivisor(call: KernelCall, b: Value): SafeDivisor {
  const { graph } = call;
  const is = (value: number): Value => binary(call, "Equal", b, graph.scalar(value, "int32"), "bool");
  const [isZero, isMinusOne] = [is(0), is(-1)];
  const divisor = graph.node(
    "Where",
    [binary(call, "Or", isZero, isMinusOne), graph.scalar(1, "int32"), b],
    b,
  );
  return { divisor, isZero, isMinusOne };
}

/** From C's, which ONNX has for floats: it takes the dividend's sign. */
function floatMod(call: KernelCall, a: Value, b: Value): Value {
  const { graph } = call;
  const shape = broadcast(a.shape, b.shape);
  const rest = graph.node("Mod", [a, b], { shape, dtype: "float32" }, { fmod: 1 });
  const sign = (x: Value): Value => graph.node("Sign", [x], x);
  // Added only where the signs differ: a small rest beside a large divisor would lose its digits.
  const differs = binary(call, "Less", binary(call, "Mul", sign(rest), sign(b)), graph.scalar(0), "bool");
  return graph.node("Where", [differs, binary(call, "Add", rest, b), rest], rest);
}

/**
 * The angle of the point (b, a): that of (|b|, a), mirrored where b is negative. Infinity and 0 become the nearest
 * numbers that have quotients: the angle of (∞, ∞) is π / 4, that of (0, 0) is 0. The largest number's quotient by y
 * tells 0 from −0. (Beside infinity, numbers above 10³¹ count as infinite, too.)
 */
function atan2(call: KernelCall): Value {
  const { graph } = call;
  const [smallest, largest] = [graph.scalar(smallestFloat), graph.scalar(largestFloat)];
  const [a, b] = [call.input("a"), call.input("b")];
  const y = graph.node("Clip", [a, graph.scalar(-largestFloat), largest], a);
  const x = graph.node("Clip", [graph.node("Abs", [b], b), smallest, largest], b);
  const quotient = binary(call, "Div", y, x);
  const angle = graph.node("Atan", [quotient], quotient);
  const up = binary(call, "GreaterOrEqual", binary(call, "Div", largest, y), graph.scalar(0), "bool");
  const half = graph.node("Where", [up, graph.scalar(Math.PI), graph.scalar(-Math.PI)], a);
  const behind = binary(call, "Less", b, graph.scalar(0), "bool");
  return graph.node("Where", [behind, binary(call, "Sub", half, angle), angle], angle);
}

/** Of float32, the smallest with all of its digits. */
const [smallestFloat, largestFloat] = [2 ** -126, (2 - 2 ** -23) * 2 ** 127];
