// A pass that removes reshapes. TensorFlow.js multiplies matrices as stacks of one, [1,a,b], and goes to and fro; here a
// reshape is only noted, and made when an operator comes that minds. Those that work element by element do not: they
// are moved before the reshape. Of a dense layer's six reshapes none is left.

import { elementwise } from "./elementwise.js";
import { integerList } from "./integers.js";
import type { Constant, Node, Program, Value } from "./program.js";
import { anyRows, reshapeAttributes } from "./shapes.js";

/** Fewer reshapes; values keep their names where they are still computed in their own shape. */
export function moveReshapes(program: Program): Program {
  const state = new Reshapes(program.constants);
  for (const node of program.nodes) state.add(node);
  const outputs = program.outputs.map((value) => state.shaped(value));
  return { ...program, constants: state.constants, nodes: state.nodes, outputs };
}

class Reshapes {
  readonly nodes: Node[] = [];
  readonly constants: Constant[];
  private readonly lists = new Set<string>();
  /** Values that are not computed in their own shape, and the value that has their elements. */
  private readonly roots = new Map<string, Value>();
  private readonly made = new Map<string, Value>();

  constructor(constants: readonly Constant[]) {
    this.constants = [...constants];
  }

  add(node: Node): void {
    const [first] = node.inputs;
    if (node.op === "Reshape" && first) {
      this.roots.set(node.output.name, this.root(first));
      return;
    }
    const shape = this.commonShape(node);
    if (!shape) {
      this.nodes.push({ ...node, inputs: node.inputs.map((value) => this.shaped(value)) });
      return;
    }
    const output: Value = { ...node.output, name: `${node.output.name}_moved`, shape };
    this.nodes.push({ ...node, inputs: node.inputs.map((value) => this.root(value)), output });
    this.roots.set(node.output.name, output);
  }

  /** The value in its own shape; appends a reshape if there is none yet. */
  shaped(value: Value): Value {
    const root = this.root(value);
    if (same(root.shape, value.shape)) return root;
    const key = `${root.name}[${value.shape}]`;
    const known = this.made.get(key);
    if (known) return known;
    const output: Value = { ...value, name: `${value.name}_shaped` };
    const inputs = [root, this.integers(anyRows(value.shape))];
    this.nodes.push({ op: "Reshape", inputs, output, attributes: reshapeAttributes(value.shape) });
    this.made.set(key, output);
    return output;
  }

  private root(value: Value): Value {
    return this.roots.get(value.name) ?? value;
  }

  /** The shape before the reshapes, if that is the same for all operands; scalars fit any. */
  private commonShape({ op, inputs, output }: Node): readonly number[] | undefined {
    if (!elementwise.has(op)) return undefined;
    const reshaped = inputs.filter(({ shape }) => shape.length > 0);
    const [first] = reshaped;
    if (!first || !this.roots.has(first.name)) return undefined;
    const { shape } = this.root(first);
    const fits = reshaped.every(
      (value) => same(value.shape, output.shape) && same(this.root(value).shape, shape),
    );
    const scalars = inputs.every((value) => value.shape.length > 0 || this.root(value).shape.length === 0);
    return fits && scalars ? shape : undefined;
  }

  private integers(shape: readonly number[]): Value {
    const list = integerList("shape", shape);
    const { value } = list;
    if (!this.lists.has(value.name)) this.constants.push(list);
    this.lists.add(value.name);
    return value;
  }
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, at) => size === b[at]);
}
