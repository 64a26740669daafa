// How many threads a program gets. Handing work to a second thread costs microseconds, which small matrices are not
// worth: the course's model trains faster with one thread, 784-128-32-128-784 with all of them.
import { availableParallelism } from "node:os";
import { type Program, sizeOf } from "../graph/program.js";

/** Floating-point operations of a run from which on all processors are used. */
const worthThreads = 2e7;

export function threadsFor(program: Program): number {
  return matrixOperations(program) < worthThreads ? 1 : availableParallelism();
}

/** Multiplications and additions in matrix products, 2 · rows · columns · inner size, and in convolutions. */
export function matrixOperations({ nodes }: Program): number {
  let sum = 0;
  for (const { op, inputs, output, attributes } of nodes) {
    if (op === "Gemm" || op === "MatMul")
      sum += 2 * sizeOf(output.shape) * (inputs[0]?.shape.at(attributes.transA === 1 ? -2 : -1) ?? 1);
    // Each element of a convolution's result, of a transposed one's operand, takes one filter's elements.
    const filter = inputs[1]?.shape.slice(1) ?? [];
    if (op === "Conv") sum += 2 * sizeOf(output.shape) * sizeOf(filter);
    if (op === "ConvTranspose") sum += 2 * sizeOf(inputs[0]?.shape ?? []) * sizeOf(filter);
  }
  return sum;
}
