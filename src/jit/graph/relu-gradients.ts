// A pass for the gradient of rectifiers. TensorFlow.js multiplies with a step function, 1 where x > 0 and NaN where x is,
// which takes five operators; choosing between the gradient and 0 takes two. Where x is not a number, and so the loss
// neither, it gives 0.
import type { Data, Node, Program, Value } from "./program.js";

export function chooseReluGradients(program: Program): Program {
  const producers = new Map(program.nodes.map((node) => [node.output.name, node]));
  const data = new Map(program.constants.map(({ value, data }) => [value.name, data]));
  const nodes = program.nodes.map((node): Node => {
    if (node.op !== "Mul") return node;
    for (const [step, gradient] of [node.inputs, node.inputs.toReversed()] as [Value, Value][]) {
      const chosen = stepOf(producers.get(step.name), producers, data);
      if (chosen && same(gradient, node.output) && same(step, node.output))
        return { ...node, op: "Where", inputs: [chosen.positive, gradient, chosen.zero] };
    }
    return node;
  });
  return { ...program, nodes };
}

/** The condition and the 0 of `Where(IsNaN(x), x, Where(x > 0, 1, 0))`. */
function stepOf(
  node: Node | undefined,
  producers: ReadonlyMap<string, Node>,
  data: ReadonlyMap<string, Data>,
): { positive: Value; zero: Value } | undefined {
  if (node?.op !== "Where") return undefined;
  const [nan, x, inner] = node.inputs.map((input) => producers.get(input.name) ?? input);
  if (!nan || !inner || !("op" in nan) || !("op" in inner) || nan.op !== "IsNaN" || inner.op !== "Where")
    return undefined;
  const [positive, one, zero] = inner.inputs as [Value, Value, Value];
  const greater = producers.get(positive.name);
  const name = x && ("op" in x ? x.output.name : x.name);
  const fits =
    nan.inputs[0]?.name === name &&
    greater?.op === "Greater" &&
    greater.inputs[0]?.name === name &&
    isNumber(data, greater.inputs[1], 0) &&
    isNumber(data, one, 1) &&
    isNumber(data, zero, 0);
  return fits ? { positive, zero } : undefined;
}

function isNumber(data: ReadonlyMap<string, Data>, value: Value | undefined, number: number): boolean {
  const elements = value && data.get(value.name);
  return elements?.length === 1 && Number(elements[0]) === number;
}

function same(a: Value, b: Value): boolean {
  return a.shape.length === b.shape.length && a.shape.every((size, at) => size === b.shape[at]);
}
