// A pass for the gradients of rectifiers and of clipped values. TensorFlow.js multiplies with a step function, 1 where x > 0
// and NaN where x is, which takes five operators; choosing between the gradient and 0 takes two. Where x is not a number, as
// then mostly the loss, it gives 0. Whether x > 0 is asked of the rectifier's result, so that ONNX Runtime can join the
// rectifier with what gave x. Of a clipped value it asks for a ≤ x and x ≤ b: that is whether clipping left x as it is.
import type { Data, Node, Program, Value } from "./program.js";

export function simplifyThresholds(program: Program): Program {
  const producers = new Map(program.nodes.map((node) => [node.output.name, node]));
  const data = new Map(program.constants.map(({ value, data }) => [value.name, data]));
  const rectified = new Map<string, Value>();
  const clipped = new Map<string, Value>();
  const nodes = program.nodes.map((node): Node => {
    const [x, limit] = node.inputs;
    if (x && node.op === "Relu") rectified.set(x.name, node.output);
    if (node.op === "Clip") clipped.set(namesOf(node.inputs), node.output);
    if (node.op === "And") return unchanged(node, producers, clipped);
    if (x && node.op === "Greater" && isNumber(data, limit, 0))
      return { ...node, inputs: [rectified.get(x.name) ?? x, limit as Value] };
    if (node.op === "Where" && isPositive(node, producers, data))
      return { ...node, op: "Cast", inputs: node.inputs.slice(0, 1), attributes: { to: 1 } }; // float32
    if (node.op !== "Mul") return node;
    const inputs = node.inputs.map((input) => stepOf(producers.get(input.name), producers, data) ?? input);
    return { ...node, inputs };
  });
  return { ...program, nodes };
}

/** Whether x = clip(x, a, b), in place of `a ≤ x and x ≤ b`. */
function unchanged(
  node: Node,
  producers: ReadonlyMap<string, Node>,
  clipped: ReadonlyMap<string, Value>,
): Node {
  const [above, below] = node.inputs.map(({ name }) => producers.get(name));
  if (above?.op !== "GreaterOrEqual" || below?.op !== "LessOrEqual") return node;
  const [x, least] = above.inputs as [Value, Value];
  const [y, most] = below.inputs as [Value, Value];
  const result = x.name === y.name ? clipped.get(namesOf([x, least, most])) : undefined;
  return result ? { ...node, op: "Equal", inputs: [x, result] } : node;
}

function namesOf(values: readonly Value[]): string {
  return values.map(({ name }) => name).join();
}

/** 1 where x > 0, else 0, in place of `Where(IsNaN(x), x, Where(x > 0, 1, 0))`. */
function stepOf(
  node: Node | undefined,
  producers: ReadonlyMap<string, Node>,
  data: ReadonlyMap<string, Data>,
): Value | undefined {
  if (node?.op !== "Where") return undefined;
  const [nan, x, positive] = node.inputs as [Value, Value, Value];
  const [test, inner] = [producers.get(nan.name), producers.get(positive.name)];
  const asksForX = test?.op === "IsNaN" && test.inputs[0]?.name === x.name;
  return asksForX && inner && isPositive(inner, producers, data, x) ? positive : undefined;
}

/** Whether a node is `Where(x > 0, 1, 0)`, of any x or of that one. */
function isPositive(
  { op, inputs, output }: Node,
  producers: ReadonlyMap<string, Node>,
  data: ReadonlyMap<string, Data>,
  x?: Value,
): boolean {
  if (op !== "Where" || output.dtype !== "float32") return false;
  const [condition, one, zero] = inputs as [Value, Value, Value];
  const greater = producers.get(condition.name);
  return (
    greater?.op === "Greater" &&
    (x === undefined || greater.inputs[0]?.name === x.name) &&
    same(condition, output) &&
    isNumber(data, greater.inputs[1], 0) &&
    isNumber(data, one, 1) &&
    isNumber(data, zero, 0)
  );
}

function isNumber(data: ReadonlyMap<string, Data>, value: Value | undefined, number: number): boolean {
  const elements = value && data.get(value.name);
  return elements?.length === 1 && Number(elements[0]) === number;
}

function same(a: Value, b: Value): boolean {
  return a.shape.length === b.shape.length && a.shape.every((size, at) => size === b.shape[at]);
}
