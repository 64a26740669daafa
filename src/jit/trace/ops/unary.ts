// Functions of one number, element by element.
import type { Value } from "../../graph/program.js";
import { cast, demand, type Kernel, type KernelCall, type KernelTable, unary } from "../kernel.js";
import { binary, toInteger } from "./arithmetic.js";

/** Functions of real numbers that ONNX has under another or the same name. */
const real: Readonly<Record<string, string>> = {
  ...{ Sqrt: "Sqrt", Exp: "Exp", Log: "Log", Reciprocal: "Reciprocal", Erf: "Erf" },
  ...{ Ceil: "Ceil", Floor: "Floor", Round: "Round" },
  ...{ Sin: "Sin", Cos: "Cos", Tan: "Tan", Asin: "Asin", Acos: "Acos", Atan: "Atan" },
  ...{ Sinh: "Sinh", Cosh: "Cosh", Tanh: "Tanh", Asinh: "Asinh", Acosh: "Acosh", Atanh: "Atanh" },
};

export const unaryFunctions: KernelTable = {
  ...Object.fromEntries(Object.entries(real).map(([kernel, op]) => [kernel, realFunction(op)])),
  Abs: numeric("Abs"),
  Neg: numeric("Neg"),
  Sign: numeric("Sign"),
  Square: (call) => binary(call, "Mul", call.input("x"), call.input("x")),
  Rsqrt: (call) => unary(call, "Reciprocal", unary(call, "Sqrt", call.input("x"))),
  Expm1: (call) => binary(call, "Sub", unary(call, "Exp", call.input("x")), call.graph.scalar(1)),
  Log1p: (call) => unary(call, "Log", binary(call, "Add", call.input("x"), call.graph.scalar(1))),
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
