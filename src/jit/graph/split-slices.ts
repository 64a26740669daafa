// A pass for what is taken apart: `tf.split`, a recurrent layer's gates, the time steps of a series. TensorFlow.js slices
// each part by itself; where slices cover an axis from end to end, one Split gives all of them.
//
//   a = Slice(x, 0 … 2); b = Slice(x, 2 … 5)    of five    become    a, b = Split(x, [2, 3])
import { integerList } from "./integers.js";
import type { Constant, Node, Program, Value } from "./program.js";

export function splitSlices(program: Program): Program {
  const groups = new Map<string, Slice[]>();
  for (const slice of slicesOf(program)) {
    if (slice.node.output.dtype !== "float32") continue;
    const key = `${slice.x.name} ${slice.axis}`;
    groups.set(key, [...(groups.get(key) ?? []), slice]);
  }
  const constants = new Map<string, Constant>();
  const splits = new Map<Node, Node>();
  for (const parts of groups.values()) {
    parts.sort((a, b) => a.start - b.start);
    const [{ x, axis }] = parts as [Slice];
    const ends = [0, ...parts.map(({ end }) => end)];
    const whole = ends.at(-1) === x.shape[axis] && parts.every(({ start }, at) => start === ends[at]);
    if (!whole || parts.length < 2) continue;
    const sizes = integerList(
      "sizes",
      parts.map(({ start, end }) => end - start),
    );
    const { value } = sizes;
    constants.set(value.name, sizes);
    for (const [position, { node }] of parts.entries())
      splits.set(node, { ...node, op: "Split", inputs: [x, value], attributes: { axis }, position });
  }
  return {
    ...program,
    constants: [...program.constants, ...constants.values()],
    nodes: program.nodes.map((node) => splits.get(node) ?? node),
  };
}

/** The slices with known bounds, of one axis, without gaps. */
export function slicesOf({ constants, nodes }: Program): Slice[] {
  const data = new Map(constants.map(({ value, data }) => [value.name, data]));
  const number = (value: Value | undefined): number | undefined => {
    const list = value && data.get(value.name);
    return list?.length === 1 ? Number(list[0]) : undefined;
  };
  return nodes.flatMap((node) => {
    if (node.op !== "Slice") return [];
    const [x, ...bounds] = node.inputs as [Value, ...Value[]];
    const [start, end, axis, step] = bounds.map(number);
    if (start === undefined || end === undefined || axis === undefined || step !== 1) return [];
    return [{ node, x, axis, start, end }];
  });
}

interface Slice {
  readonly node: Node;
  readonly x: Value;
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}
