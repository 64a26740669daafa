// A pass for what is put together only to be taken apart, as a variational autoencoder's output that carries mean and
// variance along for its loss, and the gradients of both. A slice that is one of the parts is that part:
//
//   c = Concat(a, b), a of three columns, b of two;   Slice(c, 0 … 3)  becomes  a
import type { Program, Value } from "./program.js";
import { slicesOf } from "./split-slices.js";

export function useParts(program: Program): Program {
  const parts = new Map<string, Value>();
  const name = (of: Value, axis: number, start: number, end: number): string =>
    `${of.name} ${axis} ${start} ${end}`;
  for (const { op, inputs, output, attributes } of program.nodes) {
    if (op !== "Concat") continue;
    const axis = Number(attributes.axis);
    let start = 0;
    for (const part of inputs) {
      const end = start + (part.shape[axis] as number);
      parts.set(name(output, axis, start, end), part);
      start = end;
    }
  }
  const slices = new Map(slicesOf(program).map((slice) => [slice.node, slice]));
  const nodes = program.nodes.map((node) => {
    const slice = slices.get(node);
    const part = slice && parts.get(name(slice.x, slice.axis, slice.start, slice.end));
    return part ? { op: "Identity", inputs: [part], output: node.output, attributes: {} } : node;
  });
  return { ...program, nodes };
}
