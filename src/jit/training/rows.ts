// The rows of the next steps, as the engine takes them best. The native engine reads the data where they lie, so it
// gets all of them and the positions; the WASM engine copies its inputs at each run, so it gets only the rows it needs.

import { sizeOf } from "../graph/program.js";
import type { Engine, HostTensor } from "../session/engine.js";
import type { Rows } from "./step.js";

export function rowsFor(engine: Engine, data: readonly HostTensor[], order: Int32Array): Rows {
  if (!engine.copiesInputs) return { data, order };
  return { data: data.map((tensor) => picked(tensor, order)), order: order.map((_, at) => at) };
}

/** The rows at these positions, in their order. */
function picked({ data, shape, dtype }: HostTensor, order: Int32Array): HostTensor {
  const width = sizeOf(shape.slice(1));
  const rows = new (data.constructor as Float32ArrayConstructor)(order.length * width);
  const source = data as Float32Array;
  for (const [at, row] of order.entries())
    rows.set(source.subarray(row * width, (row + 1) * width), at * width);
  return { data: rows, shape: [order.length, ...shape.slice(1)], dtype };
}
