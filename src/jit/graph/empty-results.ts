// A pass for tensors without elements. ONNX Runtime divides by their sizes, which ends the process, or leaves the
// result of a sum over nothing as the memory was. So it is not asked: a result without elements is a constant, a sum
// over nothing is 0.
//
//   v0 = TopK(x, k) : float32[0,1]                          becomes    const v0 : float32[0,1]
//   v1 = MatMul(a, b) : float32[2,3], a of no columns       becomes    v1 = Expand(0, [2,3])
import { typedArray } from "./builder.js";
import { integerList } from "./integers.js";
import { type Constant, type DType, type Node, type Program, sizeOf, type Value } from "./program.js";

export function answerEmptyResults(program: Program): Program {
  const constants = new Map<string, Constant>();
  const add = (constant: Constant): Value => {
    constants.set(constant.value.name, constant);
    return constant.value;
  };
  const answered = (node: Node): Node[] => {
    const { output } = node;
    if (isEmpty(output)) {
      add({ value: output, data: typedArray([], output.dtype) });
      return [];
    }
    if (!sumsNothing(node)) return [node];
    const bias = node.op === "Gemm" ? node.inputs[2] : undefined;
    const from = bias ?? add(zero(output.dtype));
    const inputs = [from, add(integerList("sum_of_nothing", output.shape))];
    return [{ op: "Expand", inputs, output, attributes: {} }];
  };
  const nodes = program.nodes.flatMap(answered);
  return { ...program, constants: [...program.constants, ...constants.values()], nodes };
}

/** How many of an operator's first operands it adds up, or products of them. */
const summands: Readonly<Record<string, number>> = {
  ...{ MatMul: 2, Gemm: 2, Einsum: 2, Conv: 2, ConvTranspose: 2, ReduceSum: 1 },
};

function sumsNothing({ op, inputs }: Node): boolean {
  return inputs.slice(0, summands[op] ?? 0).some(isEmpty);
}

function isEmpty({ shape }: Value): boolean {
  return sizeOf(shape) === 0;
}

function zero(dtype: DType): Constant {
  return { value: { name: `zero_${dtype}`, shape: [], dtype }, data: typedArray([0], dtype) };
}
