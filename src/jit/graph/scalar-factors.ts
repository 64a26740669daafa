// A pass that multiplies numbers with one another rather than tensors with each of them: a pass over a large tensor less
// for each. It knows the forms that training steps have: 2 · (s · x), of a squared error's gradient, s · (t · x), of a
// weighted mean's, and of Adam's update s · ((x / t) / y), where y may be √(v / (1 − b)) + ε. Results differ from
// TensorFlow.js's in the last bit, as the order is another.
import { type Constant, type Node, numbersOf, type Program, type Value } from "./program.js";

/** @param powers  the names of inputs that are below 1, see `powersAmong` */
export function joinScalarFactors(program: Program, powers: ReadonlySet<string> = new Set()): Program {
  const producers = new Map(program.nodes.map((node) => [node.output.name, node]));
  const uses = countUses(program);
  const numbers = numbersOf(program);
  const added: Constant[] = [];

  /** The node that makes a value which nothing else uses. */
  const only = (value: Value, op: string, times = 1): Node | undefined => {
    const node = producers.get(value.name);
    return node?.op === op && uses.get(value.name) === times ? node : undefined;
  };
  const known = (value: Value | undefined): number | undefined => value && numbers.get(value.name);
  const replaced = (node: Node): Node[] => doubled(node) ?? chained(node) ?? quotient(node) ?? [node];

  /** s · x + s · x = 2 s · x, with a constant s. */
  const doubled = (node: Node): Node[] | undefined => {
    const [a, b] = node.inputs as [Value, Value];
    const product = node.op === "Add" && a.name === b.name ? only(a, "Mul", 2) : undefined;
    const [s, x] = product ? scalarFirst(product) : [];
    return scaled(node, x, known(s), 2);
  };

  /** s · (t · x) = (s t) · x, with constants s and t. */
  const chained = (node: Node): Node[] | undefined => {
    const [s, product] = node.op === "Mul" ? scalarFirst(node) : [];
    const inner = product && only(product, "Mul");
    const [t, x] = inner ? scalarFirst(inner) : [];
    return scaled(node, x, known(s), known(t));
  };

  /** x times both; nothing if one is not known, their product leaves float32's range, or x is spread by the way. */
  const scaled = (node: Node, x: Value | undefined, s?: number, t?: number): Node[] | undefined => {
    const product = Number(s) * Number(t);
    const inRange = Math.abs(product) > 1e-30 && Math.abs(product) < 1e30;
    if (!x || !inRange || x.shape.join() !== node.output.shape.join()) return undefined;
    const factor: Value = { name: `${node.output.name}_product`, shape: [], dtype: "float32" };
    numbers.set(factor.name, Math.fround(product));
    added.push({ value: factor, data: Float32Array.of(product) });
    return [{ ...node, op: "Mul", inputs: [x, factor] }];
  };

  /** s · ((x / t) / y) = (s / t) · (x / y); with y = √(v / u) + ε it is (s / t · √u) · (x / (√v + ε · √u)). */
  const quotient = (node: Node): Node[] | undefined => {
    const [s, ratio] = node.op === "Mul" ? scalarFirst(node) : [];
    const outer = ratio && only(ratio, "Div");
    const inner = outer && only(outer.inputs[0] as Value, "Div");
    if (!s || !outer || !inner) return undefined;
    const [x, t] = inner.inputs as [Value, Value];
    const y = outer.inputs[1] as Value;
    const shapes = [x, y, outer.output, node.output].map(({ shape }) => shape.join());
    if (!isNumber(t) || new Set(shapes).size > 1) return undefined;
    const number = (part: string): Value => ({
      ...{ name: `${node.output.name}_${part}`, shape: [], dtype: "float32" },
    });
    const tensor = (part: string): Value => ({ ...outer.output, name: `${node.output.name}_${part}` });
    const [factor, ratio_] = [number("factor"), tensor("ratio")];
    const divided: Node = { op: "Div", inputs: [s, t], output: factor, attributes: {} };
    const root = rootOfQuotient(y);
    if (!root)
      return [
        divided,
        { op: "Div", inputs: [x, y], output: ratio_, attributes: {} },
        { ...node, inputs: [ratio_, factor] },
      ];
    const [rootOfU, epsilon, whole] = [number("root"), number("epsilon"), number("whole")];
    const [rootOfV, divisor] = [tensor("deviation"), tensor("divisor")];
    return [
      divided,
      { op: "Sqrt", inputs: [root.u], output: rootOfU, attributes: {} },
      { op: "Mul", inputs: [root.epsilon, rootOfU], output: epsilon, attributes: {} },
      { op: "Mul", inputs: [factor, rootOfU], output: whole, attributes: {} },
      { op: "Sqrt", inputs: [root.v], output: rootOfV, attributes: {} },
      { op: "Add", inputs: [rootOfV, epsilon], output: divisor, attributes: {} },
      { op: "Div", inputs: [x, divisor], output: ratio_, attributes: {} },
      { ...node, inputs: [ratio_, whole] },
    ];
  };

  /** Of √(v / u) + ε its parts, with numbers u and ε; u is 1 − a power, so positive: below 0, v may be, too. */
  const rootOfQuotient = (y: Value): { v: Value; u: Value; epsilon: Value } | undefined => {
    const sum = only(y, "Add");
    const [epsilon, deviation] = sum ? scalarFirst(sum) : [];
    const sqrt = deviation && only(deviation, "Sqrt");
    const quotientOfV = sqrt && only(sqrt.inputs[0] as Value, "Div");
    if (!epsilon || !quotientOfV) return undefined;
    const [v, u] = quotientOfV.inputs as [Value, Value];
    const difference = producers.get(u.name);
    const [minuend, subtrahend] = difference?.op === "Sub" ? difference.inputs : [];
    const belowOne = powers.has(subtrahend?.name ?? "") || Number(known(subtrahend)) < 1;
    return known(minuend) === 1 && belowOne && isNumber(u) && v.shape.join() === y.shape.join()
      ? { v, u, epsilon }
      : undefined;
  };

  const nodes = program.nodes.flatMap((node) => {
    const instead = replaced(node);
    for (const each of instead) producers.set(each.output.name, each);
    return instead;
  });
  return { ...program, constants: [...program.constants, ...added], nodes };
}

/**
 * The states of a program that shrink at each run, as Adam's powers of β, which begin with β: their new value is they
 * themselves times a constant between 0 and 1.
 * @param updates  the new values of states, by the names of their inputs
 */
export function powersAmong(program: Program, updates: ReadonlyMap<string, Value>): Set<string> {
  const numbers = numbersOf(program);
  const producers = new Map(program.nodes.map((node) => [node.output.name, node]));
  const shrinks = ([state, update]: readonly [string, Value]): boolean => {
    const node = producers.get(update.name);
    const [factor, other] = node?.op === "Mul" ? factors(node) : [];
    return other?.name === state && Number(factor) > 0 && Number(factor) < 1;
  };
  const factors = ({ inputs: [a, b] }: Node): [number | undefined, Value | undefined] => {
    const known = numbers.get(a?.name ?? "");
    return known === undefined ? [numbers.get(b?.name ?? ""), a] : [known, b];
  };
  return new Set([...updates].filter(shrinks).map(([state]) => state));
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
