// How many threads a program gets: those of the course's sizes for which it was measured.
import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import type { Node, Program, Value } from "../../src/jit/graph/program.js";
import { threadsFor } from "../../src/jit/session/threads.js";

const value = (name: string, ...shape: number[]): Value => ({ name, shape, dtype: "float32" });
const node = (op: string, left: Value, right: Value, output: Value): Node =>
  ({ op, inputs: [left, right], output, attributes: {} }) as unknown as Node;
const program = (nodes: Node[]): Program => ({ nodes, inputs: [], constants: [], outputs: [] }) as Program;
const dense = (rows: number, from: number, to: number): Node =>
  node("MatMul", value("x", rows, from), value("w", from, to), value("y", rows, to));
const conv = (size: number): Node =>
  node("Conv", value("x", 32, 16, size, size), value("w", 16, 16, 3, 3), value("y", 32, 16, size, size));

it.each<[string, Program, number]>([
  ["64-32-16-3", program([dense(32, 64, 32), dense(32, 32, 16), dense(32, 16, 3)]), 1],
  ["many convolutions of 8 × 8 pixels and smaller", program(Array.from({ length: 30 }, () => conv(4))), 1],
  [
    "784-128 in batches of 32, with its gradients",
    program(Array.from({ length: 5 }, () => dense(32, 784, 128))),
    availableParallelism(),
  ],
  ["convolutions of 28 × 28 pixels", program([conv(28)]), availableParallelism()],
])("%s", (_, given, threads) => {
  expect(threadsFor(given)).toBe(threads);
});
