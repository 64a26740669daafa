// A pass that removes transposes. TensorFlow.js keeps channels last, ONNX's convolutions and poolings take them first, so
// each comes with transposes before and after. Here a transpose is only noted, and made when an operator comes that minds
// the order. Those that work element by element do not, nor do reductions, slices, paddings and concatenations, whose
// axes are renamed. Between two convolutions none is left.

import { elementwise } from "./elementwise.js";
import { integerList } from "./integers.js";
import { type Constant, type Data, type Node, type Program, sizeOf, type Value } from "./program.js";
import { anyRows, reshapeAttributes } from "./shapes.js";

/** A value whose elements are there in another order of axes: its axis i is the root's axis `perm[i]`. */
interface View {
  readonly root: Value;
  readonly perm: readonly number[];
}

const reductions = new Set(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd"]);

/** Fewer transposes; values keep their names where they are still computed in their own order. */
export function moveTransposes(program: Program): Program {
  if (!program.nodes.some(({ op }) => op === "Transpose")) return program;
  const state = new Transposes(program.constants);
  for (const node of program.nodes) state.add(node);
  const outputs = program.outputs.map((value) => state.ordered(value));
  return { ...program, constants: state.constants, nodes: state.nodes, outputs };
}

class Transposes {
  readonly nodes: Node[] = [];
  readonly constants: Constant[];
  private readonly views = new Map<string, View>();
  private readonly made = new Map<string, Value>();
  private readonly data: Map<string, Data>;

  constructor(constants: readonly Constant[]) {
    this.constants = [...constants];
    this.data = new Map(constants.map(({ value, data }) => [value.name, data]));
  }

  add(node: Node): void {
    const [first] = node.inputs;
    if (node.op === "Transpose" && first) this.note(node, first);
    else if (!(this.elementwise(node) || this.reduction(node) || this.concatenation(node) || this.box(node)))
      this.nodes.push({ ...node, inputs: node.inputs.map((value) => this.ordered(value)) });
  }

  /** The value in its own order; appends a transpose if there is none yet. */
  ordered(value: Value): Value {
    const view = this.views.get(value.name);
    if (!view) return value;
    if (identity(view.perm)) return view.root;
    return this.transposed(view.root, view.perm);
  }

  private note({ output, attributes }: Node, input: Value): void {
    const { root, perm } = this.viewOf(input);
    const own = attributes.perm as readonly number[];
    this.views.set(output.name, { root, perm: own.map((axis) => perm[axis] as number) });
  }

  private viewOf(value: Value): View {
    return this.views.get(value.name) ?? { root: value, perm: value.shape.map((_, axis) => axis) };
  }

  private isTurned(value: Value): boolean {
    const view = this.views.get(value.name);
    return view !== undefined && !identity(view.perm);
  }

  /** Computes a node on roots, and notes that its result is in another order. */
  private push(node: Node, inputs: readonly Value[], perm: readonly number[]): void {
    const shape = invert(perm).map((axis) => node.output.shape[axis] as number);
    const output: Value = { ...node.output, name: `${node.output.name}_turned`, shape };
    this.nodes.push({ ...node, inputs, output });
    this.views.set(node.output.name, { root: output, perm });
  }

  private elementwise(node: Node): boolean {
    const rank = node.output.shape.length;
    const turned = node.inputs.filter((value) => value.shape.length === rank && this.isTurned(value));
    const [first] = turned;
    if (!elementwise.has(node.op) || !first) return false;
    const { perm } = this.viewOf(first);
    const same = turned.filter((value) => equal(this.viewOf(value).perm, perm));
    const costly = node.inputs.filter((value) => !same.includes(value) && isWide(value));
    if (costly.length > same.length) return false;
    this.push(
      node,
      node.inputs.map((value) => this.inOrder(value, perm)),
      perm,
    );
    return true;
  }

  /** The value as it lies where the root of a view with this order lies; it broadcasts as before. */
  private inOrder(value: Value, perm: readonly number[]): Value {
    if (value.shape.length === 0) return this.ordered(value);
    const view = this.viewOf(value);
    if (value.shape.length === perm.length && equal(view.perm, perm)) return view.root;
    const own = this.ordered(value);
    const shape = [...Array<number>(perm.length - own.shape.length).fill(1), ...own.shape];
    const back = invert(perm);
    const wanted = back.map((axis) => shape[axis] as number);
    if (!isWide(value)) return this.reshaped(own, wanted);
    return this.transposed(this.reshaped(own, shape), back);
  }

  private reduction(node: Node): boolean {
    const [x, axesValue] = node.inputs;
    if (!reductions.has(node.op) || !x || !this.isTurned(x)) return false;
    const { root, perm } = this.viewOf(x);
    const axes = axesValue ? this.integersOf(axesValue) : (node.attributes.axes as readonly number[]);
    if (!axes) return false;
    const there = axes.map((axis) => perm[axis] as number).sort((a, b) => a - b);
    const inputs = axesValue ? [root, this.integers(there)] : [root];
    const attributes = axesValue ? node.attributes : { ...node.attributes, axes: there };
    const kept = perm.filter((axis) => !there.includes(axis));
    const order = kept.toSorted((a, b) => a - b);
    const result = node.attributes.keepdims === 1 ? perm : kept.map((axis) => order.indexOf(axis));
    this.push({ ...node, attributes }, inputs, result);
    return true;
  }

  private concatenation(node: Node): boolean {
    const turned = node.inputs.filter((value) => this.isTurned(value));
    const [first] = turned;
    if (node.op !== "Concat" || !first || 2 * turned.length < node.inputs.length) return false;
    const { perm } = this.viewOf(first);
    const axis = perm[node.attributes.axis as number] as number;
    const inputs = node.inputs.map((value) => this.inOrder(value, perm));
    this.push({ ...node, attributes: { ...node.attributes, axis } }, inputs, perm);
    return true;
  }

  /** Slices and paddings: their numbers are constants, one or two for each axis. */
  private box(node: Node): boolean {
    const [x, ...rest] = node.inputs;
    if (!x || !this.isTurned(x)) return false;
    const { root, perm } = this.viewOf(x);
    if (node.op === "Slice") {
      const axes = this.integersOf(rest[2] as Value);
      if (!axes) return false;
      const there = this.integers(axes.map((axis) => perm[axis] as number));
      this.push(node, [root, ...rest.with(2, there)], perm);
      return true;
    }
    const amounts = node.op === "Pad" ? this.integersOf(rest[0] as Value) : undefined;
    if (!amounts) return false;
    const back = invert(perm);
    const sides = [amounts.slice(0, perm.length), amounts.slice(perm.length)];
    const there = sides.flatMap((side) => back.map((axis) => side[axis] as number));
    this.push(node, [root, ...rest.with(0, this.integers(there))], perm);
    return true;
  }

  private transposed(value: Value, perm: readonly number[]): Value {
    if (identity(perm)) return value;
    const shape = perm.map((axis) => value.shape[axis] as number);
    const moving = perm.filter((axis) => value.shape[axis] !== 1);
    if (moving.every((axis, at) => at === 0 || (moving[at - 1] as number) < axis))
      return this.reshaped(value, shape);
    const name = `${value.name}_by${perm.join("")}`;
    return this.once({
      op: "Transpose",
      inputs: [value],
      output: { ...value, name, shape },
      attributes: { perm },
    });
  }

  private reshaped(value: Value, shape: readonly number[]): Value {
    if (equal(value.shape, shape)) return value;
    // The first size follows from the others, and names must not tell the number of rows.
    const output = { ...value, name: `${value.name}_as_${shape.slice(1).join("_")}`, shape };
    return this.once({
      op: "Reshape",
      inputs: [value, this.integers(anyRows(shape))],
      output,
      attributes: reshapeAttributes(shape),
    });
  }

  private once(node: Node): Value {
    const known = this.made.get(node.output.name);
    if (known) return known;
    this.nodes.push(node);
    this.made.set(node.output.name, node.output);
    return node.output;
  }

  private integersOf(value: Value): number[] | undefined {
    const data = this.data.get(value.name);
    return data && Array.from(data as BigInt64Array, Number);
  }

  private integers(values: readonly number[]): Value {
    const list = integerList("order", values);
    const { value, data } = list;
    if (!this.data.has(value.name)) this.constants.push(list);
    this.data.set(value.name, data);
    return value;
  }
}

/** Whether another order of axes moves elements in memory. */
function isWide({ shape }: Value): boolean {
  return sizeOf(shape) !== Math.max(1, ...shape);
}

function invert(perm: readonly number[]): number[] {
  return perm.map((_, axis) => perm.indexOf(axis));
}

function identity(perm: readonly number[]): boolean {
  return perm.every((axis, at) => axis === at);
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, at) => size === b[at]);
}
