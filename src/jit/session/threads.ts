// How many threads a program gets. Handing work to a second thread costs microseconds, which small matrices are not
// worth: the course's model trains faster with one thread, 784-128-32-128-784 with all of them.
import { availableParallelism } from "node:os";
import { checkInteger } from "../../core/option-checks.js";
import { type Program, sizeOf } from "../graph/program.js";

/** Floating-point operations of a run from which on all processors are used. */
const worthThreads = 2e7;
/**
 * Operators with fewer are not counted: many small ones, each handed to two threads, make a convolutional model on 8 × 8 pixels
 * take twice as long as one thread does.
 */
const worthCounting = 4e6;

/** With thousands ONNX Runtime hangs, or ends the process. */
const mostThreads = Math.max(64, availableParallelism());

/** @throws UsageError */
export function checkThreads(threads: number | undefined): void {
  if (threads !== undefined) checkInteger("jit", "threads", threads, 1, mostThreads);
}

export function threadsFor(program: Program): number {
  return matrixOperations(program) < worthThreads ? 1 : availableParallelism();
}

/** Multiplications and additions in large matrix products, 2 · rows · columns · inner size, and in large convolutions. */
export function matrixOperations({ nodes }: Program): number {
  return nodes.map(operationsOf).reduce((sum, each) => sum + (each < worthCounting ? 0 : each), 0);
}

function operationsOf({ op, inputs, output, attributes }: Program["nodes"][number]): number {
  if (op === "Gemm" || op === "MatMul")
    return 2 * sizeOf(output.shape) * (inputs[0]?.shape.at(attributes.transA === 1 ? -2 : -1) ?? 1);
  // Each element of a convolution's result, of a transposed one's operand, takes one filter's elements.
  const filter = sizeOf(inputs[1]?.shape.slice(1) ?? []);
  if (op === "Conv") return 2 * sizeOf(output.shape) * filter;
  if (op === "ConvTranspose") return 2 * sizeOf(inputs[0]?.shape ?? []) * filter;
  return 0;
}
