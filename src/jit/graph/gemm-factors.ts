// A pass that multiplies with constant numbers inside matrix products, whose `alpha` costs nothing, rather than in passes
// over large tensors of their own:
//
//   (s · x) · W               becomes   Gemm(x, W, alpha: s); the same through products of elements, (s · x) ∘ y,
//                                       and sums of columns, which are multiplied when they are small
//   g = Gemm(…); a · g, b · g²   becomes   h = Gemm(…, alpha: a); h, b / a² · h², of Adam's moments
//
// Results differ from TensorFlow.js's in the last bit, as the order is another.
import { InternalError } from "../errors.js";
import { type Constant, type Node, numbersOf, type Program, type Value } from "./program.js";

/** Others might be there to keep numbers in the range of floats. */
const movable = { least: 2 ** -24, most: 2 ** 24 } as const;

export function moveFactorsIntoGemms(program: Program): Program {
  return scaleMoments(sinkFactors(program));
}

/** A value that is left out: `factor` times another. */
interface Deferred {
  readonly base: Value;
  readonly factor: number;
}

function sinkFactors(program: Program): Program {
  const uses = usesOf(program);
  const numbers = numbersOf(program);
  const added: Constant[] = [];
  const deferred = new Map<string, Deferred>();

  /** The constant number of a product of it and a tensor of the product's shape. */
  const scaled = ({ op, inputs, output }: Node): { x: Value; s: number } | undefined => {
    if (op !== "Mul" || output.dtype !== "float32") return undefined;
    const x = inputs.find(({ shape }) => shape.length > 0 && shape.join() === output.shape.join());
    const s = numbers.get(inputs.find((input) => input !== x)?.name ?? "");
    return x && s !== undefined && isMovable(s) ? { x, s } : undefined;
  };
  const known = new Map<string, boolean>();
  /** Whether everything that uses a value can do with a multiple of it. */
  const absorbed = (value: Value): boolean => {
    const answer =
      known.get(value.name) ?? uses.get(value.name)?.every((node) => absorbs(node, value)) === true;
    known.set(value.name, answer);
    return answer;
  };
  const absorbs = (node: Node | undefined, value: Value): boolean => {
    if (!node) return false; // an output
    if (node.op === "Gemm") return node.inputs.length === 2 && node.inputs[0] !== node.inputs[1];
    if (isColumnSum(node)) return node.inputs[1]?.name === value.name;
    const once = node.inputs.filter(({ name }) => name === value.name).length === 1;
    return (
      node.op === "Mul" && once && node.output.shape.join() === value.shape.join() && absorbed(node.output)
    );
  };
  const timesFactor = (node: Node, factor: number): Node[] => {
    const plain: Value = { ...node.output, name: `${node.output.name}_plain` };
    const number: Value = { name: `${node.output.name}_scale`, shape: [], dtype: "float32" };
    added.push({ value: number, data: Float32Array.of(factor) });
    return [
      { ...node, output: plain },
      { op: "Mul", inputs: [plain, number], output: node.output, attributes: {} },
    ];
  };

  const plainOf = (value: Value): Deferred => deferred.get(value.name) ?? { base: value, factor: 1 };

  const sunk = (node: Node): Node[] => {
    const product = scaled(node);
    if (product && absorbed(node.output)) {
      const { base, factor } = plainOf(product.x);
      if (isMovable(factor * product.s)) {
        deferred.set(node.output.name, { base, factor: factor * product.s });
        return [];
      }
    }
    const parts = node.inputs.map(plainOf);
    const factor = parts.reduce((all, part) => all * part.factor, 1);
    const plain: Node = { ...node, inputs: parts.map(({ base }) => base) };
    if (!node.inputs.some(({ name }) => deferred.has(name))) return [node];
    const sums = isColumnSum(node);
    if (node.op !== "Gemm" && node.op !== "Mul" && !sums)
      throw new InternalError(`${node.op} was to take a factor in`);
    if (sums || !isMovable(factor)) return timesFactor(plain, factor);
    if (node.op === "Gemm") return [withAlpha(plain, factor)];
    deferred.set(node.output.name, { base: node.output, factor });
    return [plain];
  };
  const nodes = program.nodes.flatMap(sunk);
  return { ...program, constants: [...program.constants, ...added], nodes };
}

/**
 * Adam's moments a · g and b · g² of h = a · g: one pass over g less. Where a product gives g, it gives h; the gradients of
 * biases get a factor, so that all parameters are updated alike and can be packed (graph/pack-updates.ts).
 */
function scaleMoments(program: Program): Program {
  const uses = usesOf(program);
  const numbers = numbersOf(program);
  const outputs = new Set(program.outputs.map(({ name }) => name));
  const added = new Map<string, Constant>();
  const replaced = new Map<string, Node[]>();
  const factorOf = ({ inputs }: Node, tensor: Value): number | undefined =>
    numbers.get(inputs.find(({ name }) => name !== tensor.name)?.name ?? "");
  /** Whether a value is only added to another, whose sum is a new moment. */
  const isAddedToMoment = ({ name }: Value): boolean => {
    const [sum, ...others] = uses.get(name) ?? [];
    return sum?.op === "Add" && others.length === 0 && outputs.has(sum.output.name);
  };
  for (const gradient of program.nodes) {
    const { op, inputs, output: g } = gradient;
    const users = [...new Set(uses.get(g.name) ?? [])];
    const square = users.find(
      (node) => node?.op === "Mul" && node.inputs.every(({ name }) => name === g.name),
    );
    const scaled = users.find((node) => node?.op === "Mul" && node !== square);
    const [weighted, ...others] = square ? (uses.get(square.output.name) ?? []) : [];
    if (users.length !== 2 || !square || !scaled || weighted?.op !== "Mul" || others.length > 0) continue;
    const [a, b] = [factorOf(scaled, g), factorOf(weighted, square.output)];
    if (a === undefined || b === undefined || Math.abs(a) > 1) continue;
    if (!isMovable(a ** 2) || !isMovable(b / a ** 2)) continue;
    if (![scaled, weighted].every(({ output }) => isAddedToMoment(output))) continue;
    const h = scaled.output;
    const number: Value = { name: `moments_${b / a ** 2}`, shape: [], dtype: "float32" };
    added.set(number.name, { value: number, data: Float32Array.of(b / a ** 2) });
    const isProduct = op === "Gemm" && inputs.length === 2;
    replaced.set(g.name, isProduct ? [{ ...withAlpha(gradient, a), output: h }] : [gradient, scaled]);
    replaced.set(h.name, []);
    replaced.set(square.output.name, [{ ...square, inputs: [h, h] }]);
    replaced.set(weighted.output.name, [{ ...weighted, inputs: [square.output, number] }]);
  }
  const nodes = program.nodes.flatMap((node) => replaced.get(node.output.name) ?? [node]);
  return { ...program, constants: [...program.constants, ...added.values()], nodes };
}

function withAlpha(node: Node, factor: number): Node {
  const { alpha = { float: 1 } } = node.attributes as { alpha?: { float: number } };
  return { ...node, attributes: { ...node.attributes, alpha: { float: alpha.float * factor } } };
}

/** A vector times a matrix, as graph/column-sums.ts leaves it. */
function isColumnSum({ op, inputs }: Node): boolean {
  return op === "MatMul" && inputs[0]?.shape.length === 1 && inputs[1]?.shape.length === 2;
}

function isMovable(factor: number): boolean {
  return Math.abs(factor) >= movable.least && Math.abs(factor) <= movable.most;
}

/** The nodes that use each value, with `undefined` for the program's outputs. */
function usesOf({ nodes, outputs }: Program): Map<string, (Node | undefined)[]> {
  const uses = new Map<string, (Node | undefined)[]>();
  const use = (value: Value, node?: Node): void => {
    const known = uses.get(value.name);
    if (known) known.push(node);
    else uses.set(value.name, [node]);
  };
  for (const node of nodes) for (const value of node.inputs) use(value, node);
  for (const value of outputs) use(value);
  return uses;
}
