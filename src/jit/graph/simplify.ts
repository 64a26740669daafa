// Passes that change nothing but the amount of work: nodes that compute the same thing become one, or are made equal
// for that, of reshapes in a row the last one stays, and what no output needs is dropped. A gradient tape leaves plenty
// of all.
import type { Node, Program, Value } from "./program.js";

/** One node for nodes of the same operator, inputs and attributes; none for copies. All of our operators are pure. */
export function mergeEqualNodes(program: Program): Program {
  const replaced = new Map<string, Value>();
  const current = (value: Value): Value => replaced.get(value.name) ?? value;
  const known = new Map<string, Value>();
  const nodes: Node[] = [];
  for (const node of program.nodes) {
    const inputs = node.inputs.map(current);
    const key = keyOf({ ...node, inputs });
    const [same] = inputs;
    const twin = node.op === "Identity" ? same : known.get(key);
    if (twin) replaced.set(node.output.name, twin);
    else {
      known.set(key, node.output);
      nodes.push({ ...node, inputs });
    }
  }
  return { ...program, nodes, outputs: program.outputs.map(current) };
}

/**
 * (a − b)² with the difference b − a that there is already: a squared difference's gradient has it the other way round.
 * The nodes are equal then, and are merged.
 */
export function turnSquaredDifferences(program: Program): Program {
  const keys = new Set(program.nodes.filter(({ op }) => op === "Sub").map(keyOf));
  const otherUses = new Set(program.outputs.map(({ name }) => name));
  for (const { op, inputs } of program.nodes) {
    const [a, b] = inputs;
    if (op !== "Mul" || a?.name !== b?.name) for (const { name } of inputs) otherUses.add(name);
  }
  const nodes = program.nodes.map((node): Node => {
    if (node.op !== "Sub" || otherUses.has(node.output.name)) return node;
    const turned = { ...node, inputs: node.inputs.toReversed() };
    return keys.has(keyOf(turned)) ? turned : node;
  });
  return { ...program, nodes };
}

/** A reshape of a reshape takes what the first one took. */
export function joinReshapes(program: Program): Program {
  const sources = new Map<string, Value>();
  const nodes = program.nodes.map((node): Node => {
    if (node.op !== "Reshape") return node;
    const [x, shape] = node.inputs as [Value, Value];
    const source = sources.get(x.name) ?? x;
    sources.set(node.output.name, source);
    return { ...node, inputs: [source, shape] };
  });
  return { ...program, nodes };
}

/** Keeps what the outputs need; inputs stay, since callers count on them. */
export function dropUnused(program: Program): Program {
  const needed = new Set(program.outputs.map(({ name }) => name));
  const nodes: Node[] = [];
  for (const node of program.nodes.toReversed()) {
    if (!needed.has(node.output.name)) continue;
    for (const { name } of node.inputs) needed.add(name);
    nodes.push(node);
  }
  const constants = program.constants.filter(({ value }) => needed.has(value.name));
  return { ...program, constants, nodes: nodes.reverse() };
}

function keyOf({ op, inputs, attributes, position = 0 }: Node): string {
  return `${op}.${position}(${inputs.map(({ name }) => name)})${JSON.stringify(attributes)}`;
}
