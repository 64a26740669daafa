// A pass that multiplies numbers with one another rather than tensors with each of them: a pass over a large tensor less
// for each. It knows the two forms that training steps have: 2 · (s · x), of a squared error's gradient, and
// s · ((x / t) / y), of Adam's update. Results differ from TensorFlow.js's in the last bit, as the order is another.
import type { Constant, Node, Program, Value } from "./program.js";

export function joinScalarFactors(program: Program): Program {
  const producers = new Map(program.nodes.map((node) => [node.output.name, node]));
  const uses = countUses(program);
  const constants = new Map(program.constants.map(({ value, data }) => [value.name, data]));
  const added: Constant[] = [];

  /** The node that makes a value which nothing else uses. */
  const only = (value: Value, op: string, times = 1): Node | undefined => {
    const node = producers.get(value.name);
    return node?.op === op && uses.get(value.name) === times ? node : undefined;
  };
  const replaced = (node: Node): Node[] => doubled(node) ?? quotient(node) ?? [node];

  /** s · x + s · x = 2 s · x, with a constant s. */
  const doubled = (node: Node): Node[] | undefined => {
    const [a, b] = node.inputs as [Value, Value];
    const product = node.op === "Add" && a.name === b.name ? only(a, "Mul", 2) : undefined;
    const [s, x] = product ? scalarFirst(product) : [];
    const number = s && constants.get(s.name)?.[0];
    if (!x || typeof number !== "number" || x.shape.join() !== node.output.shape.join()) return undefined;
    const twice: Value = { name: `${node.output.name}_twice`, shape: [], dtype: "float32" };
    added.push({ value: twice, data: Float32Array.of(2 * number) });
    return [{ ...node, op: "Mul", inputs: [x, twice] }];
  };

  /** s · ((x / t) / y) = (s / t) · (x / y) */
  const quotient = (node: Node): Node[] | undefined => {
    const [s, ratio] = node.op === "Mul" ? scalarFirst(node) : [];
    const outer = ratio && only(ratio, "Div");
    const inner = outer && only(outer.inputs[0] as Value, "Div");
    if (!s || !outer || !inner) return undefined;
    const [x, t] = inner.inputs as [Value, Value];
    const y = outer.inputs[1] as Value;
    const shapes = [x, y, outer.output, node.output].map(({ shape }) => shape.join());
    if (!isNumber(t) || new Set(shapes).size > 1) return undefined;
    const factor: Value = { name: `${node.output.name}_factor`, shape: [], dtype: "float32" };
    const plain: Value = { ...outer.output, name: `${node.output.name}_ratio` };
    return [
      { op: "Div", inputs: [s, t], output: factor, attributes: {} },
      { op: "Div", inputs: [x, y], output: plain, attributes: {} },
      { ...node, inputs: [plain, factor] },
    ];
  };

  const nodes = program.nodes.flatMap(replaced);
  return { ...program, constants: [...program.constants, ...added], nodes };
}

/** The operand that is a single number first, the other second; none where both or neither are. */
function scalarFirst({ inputs }: Node): [Value, Value] | [] {
  const [a, b] = inputs as [Value, Value];
  if (isNumber(a) === isNumber(b)) return [];
  return isNumber(a) ? [a, b] : [b, a];
}

function isNumber({ shape, dtype }: Value): boolean {
  return shape.length === 0 && dtype === "float32";
}

function countUses({ nodes, outputs }: Program): Map<string, number> {
  const uses = new Map<string, number>();
  const used = [...nodes.flatMap(({ inputs }) => inputs), ...outputs];
  for (const { name } of used) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}
