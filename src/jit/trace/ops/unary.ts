// Functions of one number, element by element.
import type { Value } from "../../graph/program.js";
import { cast, demand, type Kernel, type KernelCall, type KernelTable, unary } from "../kernel.js";
import { binary, toInteger } from "./arithmetic.js";

/** Functions of real numbers that ONNX has under another or the same name. */
const real: Readonly<Record<string, string>> = {
  ...{ Sqrt: "Sqrt", Exp: "Exp", Log: "Log", Reciprocal: "Reciprocal", Erf: "Erf" },
  ...{ Ceil: "Ceil", Floor: "Floor" },
  ...{ Sin: "Sin", Cos: "Cos", Tan: "Tan", Asin: "Asin", Acos: "Acos", Atan: "Atan" },
  ...{ Sinh: "Sinh", Cosh: "Cosh", Tanh: "Tanh", Asinh: "Asinh", Acosh: "Acosh", Atanh: "Atanh" },
};

export const unaryFunctions: KernelTable = {
  ...Object.fromEntries(Object.entries(real).map(([kernel, op]) => [kernel, realFunction(op)])),
  Round: (call) => (call.input("x").dtype === "int32" ? call.input("x") : realFunction("Round")(call)),
  Abs: numeric("Abs"),
  Neg: numeric("Neg"),
  Sign: numeric("Sign"),
  Square: (call) => binary(call, "Mul", call.input("x"), call.input("x")),
  Rsqrt: (call) => unary(call, "Reciprocal", unary(call, "Sqrt", call.input("x"))),
  Expm1: expm1,
  Log1p: log1p,
  IsNan: predicate("IsNaN"),
  IsInf: predicate("IsInf"),
  IsFinite: finite,
  Cast: (call) => {
    const dtype = call.attribute<string>("dtype");
    demand(call, dtype === "float32" || dtype === "int32" || dtype === "bool", `dtype ${dtype}`);
    const x = call.input("x");
    if (x.dtype === "float32" && dtype === "int32") return toInteger(call, x);
    return cast(call, x, dtype as "float32" | "bool");
  },
  Identity: (call) => call.input("x"),
};

function realFunction(op: string): Kernel {
  return (call) => {
    const x = call.input("x");
    demand(call, x.dtype === "float32", `${x.dtype} operands`);
    return unary(call, op, x);
  };
}

function numeric(op: string): Kernel {
  return (call) => {
    const x = call.input("x");
    demand(call, x.dtype !== "bool", "boolean operands");
    return unary(call, op, x);
  };
}

function predicate(op: string): Kernel {
  return (call) => {
    const x = cast(call, call.input("x"), "float32");
    return call.graph.node(op, [x], { shape: x.shape, dtype: "bool" });
  };
}

function finite(call: KernelCall): Value {
  const { shape } = call.input("x");
  const either = binary(call, "Or", predicate("IsNaN")(call) as Value, predicate("IsInf")(call) as Value);
  return call.graph.node("Not", [either], { shape, dtype: "bool" });
}

/** exp(x) − 1 = tanh(x/2) · (exp(x) + 1), which keeps the digits of small x. */
function expm1(call: KernelCall): Value {
  const x = call.input("x");
  const [half, one] = [call.graph.scalar(0.5), call.graph.scalar(1)];
  const tanh = unary(call, "Tanh", binary(call, "Mul", x, half));
  return binary(call, "Mul", tanh, binary(call, "Add", unary(call, "Exp", x), one));
}

/**
 * log(1 + x), for small x by what of it 1 + x has kept, u − 1: log(u) · x / (u − 1).
 * W. Kahan's, in D. Goldberg, What Every Computer Scientist Should Know About Floating-Point Arithmetic, theorem 4.
 */
function log1p(call: KernelCall): Value {
  const x = call.input("x");
  const { graph } = call;
  const u = binary(call, "Add", x, graph.scalar(1));
  const log = unary(call, "Log", u);
  const rest = binary(call, "Sub", u, graph.scalar(1));
  const corrected = binary(call, "Mul", log, binary(call, "Div", x, rest));
  const isSmall = binary(call, "Less", unary(call, "Abs", x), graph.scalar(1), "bool");
  const isLost = binary(call, "Equal", rest, graph.scalar(0), "bool");
  return graph.node("Where", [isLost, x, graph.node("Where", [isSmall, corrected, log], x)], x);
}
