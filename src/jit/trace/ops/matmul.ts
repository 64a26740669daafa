// Matrix products. Matrices go to Gemm, which transposes for free and adds the bias; stacks of matrices to MatMul.
import { InternalError } from "../../errors.js";
import type { Value } from "../../graph/program.js";
import { broadcast } from "../../graph/shapes.js";
import { demand, type KernelCall, type KernelTable, reshape } from "../kernel.js";
import { activate } from "./activations.js";
import { binary } from "./arithmetic.js";

export const matmul: KernelTable = {
  BatchMatMul: (call) => product(call),
  _FusedMatMul: (call) => {
    const name = call.attribute<string>("activation") ?? "linear";
    const result = activate(call, product(call, call.optional("bias")), name);
    demand(call, result !== undefined, `activation ${name}`);
    return result as Value;
  },
};

function product(call: KernelCall, bias?: Value): Value {
  const [a, b] = [call.input("a"), call.input("b")];
  const turned = [
    call.attribute<boolean>("transposeA") === true,
    call.attribute<boolean>("transposeB") === true,
  ];
  const inner = [a.shape.at(turned[0] ? -2 : -1), b.shape.at(turned[1] ? -1 : -2)];
  if (inner[0] !== inner[1]) throw new InternalError(`inner sizes ${inner[0]} and ${inner[1]}`);
  const gemm = a.dtype === "float32"; // Gemm takes no integers
  const single = gemm && [a, b].every(({ shape }) => shape.slice(0, -2).every((size) => size === 1));
  if (!single) {
    const stacked = stackedProduct(call, turned[0] ? turn(call, a) : a, turned[1] ? turn(call, b) : b);
    return bias ? binary(call, "Add", stacked, bias) : stacked;
  }
  const matrices = [a, b].map((each) => reshape(call, each, each.shape.slice(-2))) as [Value, Value];
  const rows = matrices[0].shape[turned[0] ? 1 : 0] as number;
  const columns = matrices[1].shape[turned[1] ? 0 : 1] as number;
  const leading = a.shape.length >= b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  const attributes = { transA: turned[0] ? 1 : 0, transB: turned[1] ? 1 : 0 };
  const fused = bias !== undefined && bias.shape.length <= 2;
  const like = { shape: [rows, columns], dtype: a.dtype };
  const matrix =
    fused || turned[0] || turned[1]
      ? call.graph.node("Gemm", fused ? [...matrices, bias] : matrices, like, attributes)
      : call.graph.node("MatMul", matrices, like);
  const result = reshape(call, matrix, [...leading, rows, columns]);
  return bias && !fused ? binary(call, "Add", result, bias) : result;
}

function stackedProduct({ graph }: KernelCall, a: Value, b: Value): Value {
  const stack = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...stack, a.shape.at(-2) as number, b.shape.at(-1) as number];
  return graph.node("MatMul", [a, b], { shape, dtype: a.dtype });
}

function turn({ graph }: KernelCall, x: Value): Value {
  const rank = x.shape.length;
  const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
  return graph.node(
    "Transpose",
    [x],
    { shape: perm.map((at) => x.shape[at] as number), dtype: x.dtype },
    { perm },
  );
}
