// A pass that computes with small operands. TensorFlow.js's gradients spread a number over a whole tensor before they
// use it: a product with a tensor of ones, a tile of a row. Operators that broadcast take the small one as it is; and
// products with one, sums with zero are their other operand.

import { elementwise } from "./elementwise.js";
import { integerList } from "./integers.js";
import { type Constant, type Node, type Program, sizeOf, type Value } from "./program.js";
import { broadcastShapes } from "./shapes.js";

/** Operators that leave x as it is for this second operand. */
const neutral: Readonly<Record<string, number>> = { Add: 0, Sub: 0, Mul: 1, Div: 1, Pow: 1 };
/** What is computed here where both operands are numbers. */
const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
};
const commutes = new Set(["Add", "Mul"]);

export function useSmallOperands(program: Program): Program {
  const state = new Broadcasts(program.constants);
  const nodes = program.nodes.map((node) => state.rewritten(node));
  return { ...program, constants: state.constants, nodes };
}

class Broadcasts {
  readonly constants: Constant[];
  private readonly lists = new Set<string>();
  /** Values that are another one spread out: what they spread. */
  private readonly sources = new Map<string, Value>();
  /** Values that are one number throughout. */
  private readonly numbers = new Map<string, number>();

  constructor(constants: readonly Constant[]) {
    this.constants = [...constants];
    for (const constant of constants) this.noteNumber(constant);
  }

  rewritten(node: Node): Node {
    const number = this.numberOf(node);
    if (number !== undefined) {
      this.addNumber(node.output, number);
      return node;
    }
    const [first] = node.inputs;
    if (first && (node.op === "Expand" || (node.op === "Tile" && spreads(node)))) {
      const source = this.sources.get(first.name) ?? first;
      this.sources.set(node.output.name, source);
      return node;
    }
    if (!elementwise.has(node.op) || node.inputs.length < 2) return node;
    const inputs = this.small(node);
    return this.withoutNeutral({ ...node, inputs });
  }

  /** The number that a node spreads out, or computes from such numbers. */
  private numberOf({ op, inputs, output }: Node): number | undefined {
    const [a, b] = inputs.map(({ name }) => this.numbers.get(name));
    if (a === undefined || output.dtype !== "float32") return undefined;
    if (["Expand", "Tile", "Reshape"].includes(op)) return a;
    const calculate = arithmetic[op];
    return calculate && b !== undefined ? Math.fround(calculate(a, b)) : undefined;
  }

  /** The operands, small where the result keeps its shape. */
  private small({ inputs, output }: Node): Value[] {
    const chosen = [...inputs];
    for (const [at, value] of inputs.entries()) {
      const source = this.sources.get(value.name);
      if (!source) continue;
      const shape = chosen
        .with(at, source)
        .reduce<readonly number[] | undefined>((all, each) => all && broadcastShapes(all, each.shape), []);
      if (shape?.join() === output.shape.join()) chosen[at] = source;
    }
    return chosen;
  }

  /** x · 1, x + 0: a copy of x, or x spread out. */
  private withoutNeutral(node: Node): Node {
    const [a, b] = node.inputs as [Value, Value];
    const number = neutral[node.op];
    if (number === undefined || node.inputs.length !== 2) return node;
    if (this.numbers.get(b.name) === number) return this.copied(node, a);
    if (commutes.has(node.op) && this.numbers.get(a.name) === number) return this.copied(node, b);
    return node;
  }

  private copied(node: Node, x: Value): Node {
    if (x.dtype !== node.output.dtype) return node;
    if (x.shape.join() === node.output.shape.join())
      return { op: "Identity", inputs: [x], output: node.output, attributes: {} };
    this.sources.set(node.output.name, this.sources.get(x.name) ?? x);
    const shape = this.integers(node.output.shape);
    return { op: "Expand", inputs: [x, shape], output: node.output, attributes: {} };
  }

  private noteNumber({ value, data }: Constant): void {
    const [first] = data;
    if (value.dtype !== "float32" || first === undefined || !data.every((each) => Object.is(each, first)))
      return;
    if (value.shape.length === 0) this.numbers.set(value.name, first as number);
    else this.addNumber(value, first as number);
  }

  private addNumber(value: Value, number: number): void {
    const scalar: Value = { name: `${value.name}_number`, shape: [], dtype: "float32" };
    this.constants.push({ value: scalar, data: Float32Array.of(number) });
    this.numbers.set(value.name, number).set(scalar.name, number);
    this.sources.set(value.name, scalar);
  }

  private integers(shape: readonly number[]): Value {
    const list = integerList("spread", shape);
    const { value } = list;
    if (!this.lists.has(value.name)) this.constants.push(list);
    this.lists.add(value.name);
    return value;
  }
}

/** Whether a tile repeats along axes of one element only. */
function spreads({ inputs, output }: Node): boolean {
  const [x] = inputs as [Value];
  return x.shape.every((size, axis) => size === 1 || size === output.shape[axis]) && sizeOf(output.shape) > 0;
}
