// A pass for training steps: an optimizer updates each parameter by the same dozen operations, and small models
// spend their time on the number of nodes. Here the parameters that are updated alike, and their moments alike, become
// one vector each, which the operations update at once; gradients are put together for it.
//
//   w0' = w0 − r·g0;  w1' = w1 − r·g1    becomes    p' = p − r·[g0, g1]    with p = [w0, w1]
//
// Elements are computed as before, so the results are the same to the bit.

import { elementwise } from "./elementwise.js";
import { integerList } from "./integers.js";
import type { Constant, Node, Program, Value } from "./program.js";
import { sizeOf } from "./program.js";

/** Several states in one vector. */
export interface Pack {
  /** The vector, an input of the program, [sum of the members' sizes]. */
  readonly value: Value;
  /** The states, in their order; those that the program still reads remain inputs of their own. */
  readonly members: readonly Value[];
}

export interface Packed {
  /** Outputs: the results, the states that are left alone, the packs. */
  readonly program: Program;
  readonly packs: readonly Pack[];
  /** The states that are left alone. */
  readonly alone: readonly Value[];
}

/**
 * Elements of a state that is worth packing. Larger ones cost more by copying than their nodes do; up to here ONNX Runtime
 * computes with one thread what it computes with two when it is put together (Adam's 22 passes over two matrices of
 * 784 × 128 are 11, and a step of the dense autoencoder takes 2 to 4 percent less).
 */
export const worthPacking = 2 ** 17;
/** Operators down from a state's new value that tell which states are updated alike. */
const depth = 3;

/**
 * @param states  the inputs that the program's last outputs are the new values of, in their order
 */
export function packUpdates(program: Program, states: readonly Value[]): Packed {
  const results = program.outputs.slice(0, program.outputs.length - states.length);
  const updates = program.outputs.slice(results.length);
  const producers = new Map(program.nodes.map((node) => [node.output.name, node]));
  const groups = new Map<string, number[]>();
  for (const [at, state] of states.entries()) {
    const update = updates[at] as Value;
    const size = sizeOf(state.shape);
    if (size <= 1 || size > worthPacking || state.dtype !== "float32" || state === update) continue;
    const key = signature(update, state, producers, depth);
    if (key !== other) groups.set(key, [...(groups.get(key) ?? []), at]);
  }
  const worth = [...groups.values()].filter((members) => members.length > 1);
  const packs: Pack[] = worth.map((members, at) => {
    const values = members.map((member) => states[member] as Value);
    const total = values.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return { value: { name: `p${at}`, shape: [total], dtype: "float32" }, members: values };
  });
  const merging = new Merging(program, producers, packs);
  const packedUpdates = worth.map((members) => merging.merged(members.map((at) => updates[at] as Value)));
  const packed = new Set(worth.flat());
  const left = states.map((_, at) => at).filter((at) => !packed.has(at));
  return {
    program: {
      inputs: [...program.inputs, ...packs.map(({ value }) => value)],
      constants: [...program.constants, ...merging.constants],
      nodes: [...program.nodes, ...merging.nodes],
      outputs: [...results, ...left.map((at) => updates[at] as Value), ...packedUpdates],
    },
    packs,
    alone: left.map((at) => states[at] as Value),
  };
}

/** In a signature: what does not come from the state, as gradients, which may be computed in any way. */
const other = "?";

/** The operators between a state and its new value, with the state itself as such and shared numbers by name. */
function signature(value: Value, state: Value, producers: ReadonlyMap<string, Node>, levels: number): string {
  if (value.name === state.name) return "state";
  if (sizeOf(value.shape) === 1) return value.name;
  const node = producers.get(value.name);
  if (!node || levels === 0 || !laneOf(node, state.shape)) return other;
  const inputs = node.inputs.map((input) => signature(input, state, producers, levels - 1));
  const fromState = inputs.some((input) => input.includes("state"));
  return fromState ? `${node.op}${JSON.stringify(node.attributes)}(${inputs})` : other;
}

/** Whether a node computes each element of a tensor of that shape from the same elements of others, and numbers. */
function laneOf({ op, inputs, output }: Node, shape: readonly number[]): boolean {
  return (
    elementwise.has(op) &&
    same(output.shape, shape) &&
    inputs.every((input) => same(input.shape, shape) || input.shape.length === 0)
  );
}

class Merging {
  readonly nodes: Node[] = [];
  readonly constants: Constant[] = [];
  private readonly known = new Map<string, Value>();
  private readonly producers: ReadonlyMap<string, Node>;

  constructor(program: Program, producers: ReadonlyMap<string, Node>, packs: readonly Pack[]) {
    this.producers = producers;
    for (const { value, members } of packs) this.known.set(keyOf(members), value);
    for (const { value } of program.constants) this.constantNames.add(value.name);
  }

  private readonly constantNames = new Set<string>();

  /**
   * One vector with the elements of all values, computed at once as far as they are computed alike.
   * @param level  operators down from the new states
   */
  merged(values: readonly Value[], level = 0): Value {
    const key = keyOf(values);
    const known = this.known.get(key);
    if (known) return known;
    const value = this.leaves(values, level).has(key)
      ? this.concatenated(values)
      : this.together(values, level);
    this.known.set(key, value);
    return value;
  }

  /**
   * Which vectors must be put together for this one. That is itself if the values are not computed alike, or if it takes more
   * than one for their operands: to add up gradients of many time steps would take one for each step.
   */
  private leaves(values: readonly Value[], level: number): ReadonlySet<string> {
    const key = keyOf(values);
    if (this.known.has(key)) return new Set();
    const before = this.leavesOf.get(key);
    if (before) return before;
    const operands = this.operandsAlike(values);
    const all = new Set(operands?.flatMap((operand) => [...this.leaves(operand, level + 1)]));
    const leaves = operands && (all.size <= 1 || level < depth) ? all : new Set([key]);
    this.leavesOf.set(key, leaves);
    return leaves;
  }

  private readonly leavesOf = new Map<string, ReadonlySet<string>>();

  /** The operands of each position, without numbers; `undefined` if the values are not computed alike. */
  private operandsAlike(values: readonly Value[]): Value[][] | undefined {
    const nodes = values.map(({ name }) => this.producers.get(name));
    const [first] = nodes;
    if (!first) return undefined;
    const alike = nodes.every(
      (node, at): node is Node =>
        node !== undefined &&
        node.op === first.op &&
        node.inputs.length === first.inputs.length &&
        JSON.stringify(node.attributes) === JSON.stringify(first.attributes) &&
        laneOf(node, (values[at] as Value).shape) &&
        node.inputs.every((input, operand) => isShared(input, first.inputs[operand] as Value)),
    );
    if (!alike) return undefined;
    return first.inputs.flatMap((input, operand) =>
      input.shape.length === 0 ? [] : [nodes.map((node) => (node as Node).inputs[operand] as Value)],
    );
  }

  private together(values: readonly Value[], level: number): Value {
    const first = this.producers.get((values[0] as Value).name) as Node;
    const merged = (this.operandsAlike(values) ?? []).map((operand) => this.merged(operand, level + 1));
    const inputs = first.inputs.map((input) =>
      input.shape.length === 0 ? input : (merged.shift() as Value),
    );
    const output: Value = {
      name: `packed${this.nodes.length}`,
      shape: [totalOf(values)],
      dtype: first.output.dtype,
    };
    this.nodes.push({ ...first, inputs, output });
    return output;
  }

  private concatenated(values: readonly Value[]): Value {
    const flat = values.map((value) => {
      if (value.shape.length === 1) return value;
      const size = sizeOf(value.shape);
      const output: Value = { ...value, name: `${value.name}_flat`, shape: [size] };
      if (!this.known.has(output.name))
        this.nodes.push({ op: "Reshape", inputs: [value, this.integers(size)], output, attributes: {} });
      this.known.set(output.name, output);
      return output;
    });
    const [first] = values as [Value];
    const output: Value = {
      name: `packed${this.nodes.length}`,
      shape: [totalOf(values)],
      dtype: first.dtype,
    };
    this.nodes.push({ op: "Concat", inputs: flat, output, attributes: { axis: 0 } });
    return output;
  }

  private integers(size: number): Value {
    const list = integerList("size", [size]);
    const { value } = list;
    if (!this.constantNames.has(value.name)) this.constants.push(list);
    this.constantNames.add(value.name);
    return value;
  }
}

/** Numbers must be the same one for all lanes; tensors are put together. */
function isShared(input: Value, first: Value): boolean {
  return first.shape.length === 0 ? input.name === first.name : input.shape.length > 0;
}

function totalOf(values: readonly Value[]): number {
  return values.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function keyOf(values: readonly Value[]): string {
  return values.map(({ name }) => name).join(",");
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, at) => size === b[at]);
}
