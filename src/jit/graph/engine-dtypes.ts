// Which of our dtypes ONNX Runtime's CPU kernels take, where that is not all of them: from its list of operator kernels
// (docs/OperatorKernels.md in its repository, 1.30). A node that it does not take would be refused only when the session is
// made, where nobody knows any more whose line it was.
import type { Node } from "./program.js";

const floats = new Set(
  "Acos Acosh Asin Asinh Atan Atanh AveragePool Ceil Conv ConvTranspose Cos Cosh Elu Erf Exp Floor Gemm IsInf IsNaN LeakyRelu Log Reciprocal Round Selu Sigmoid Sin Sinh Softmax Softplus Sqrt Tan Tanh".split(
    " ",
  ),
);
const numbers = new Set(
  "Abs Add ArgMax ArgMin Clip CumSum Div Einsum Greater GreaterOrEqual Less LessOrEqual MatMul Max Min Mod Mul Neg Pow ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum Relu Sign Sub TopK".split(
    " ",
  ),
);

/** What is wrong with the dtype of a node's operand, `undefined` if ONNX Runtime takes it. */
export function refusedDType({ op, inputs }: Node): string | undefined {
  const [first] = op === "Where" ? inputs.slice(1) : inputs;
  if (!first) return undefined;
  const { dtype } = first;
  if (floats.has(op) && dtype !== "float32") return `takes no ${dtype}`;
  if ((numbers.has(op) || op === "Where") && dtype === "bool") return "takes no bool";
  return undefined;
}
