// Numbers of the host that change between runs, such as a learning rate: they would be frozen as constants. For a trace
// each is set to a marker that occurs nowhere else; where the marker, or its negative, is written, an input stands. The
// second recording has other markers, so a number that took part in host arithmetic is noticed: the constants differ.
import type { Builder } from "../graph/builder.js";
import type { Data, Value } from "../graph/program.js";

export interface NamedNumber {
  readonly name: string;
  /** Makes the traced function use this number. */
  set(value: number): void;
}

export interface Lifted {
  /** The inputs that were made, by name. */
  readonly inputs: ReadonlyMap<string, Value>;
  /** What stands for a constant with these elements, if it is a marker. */
  inputFor(graph: Builder, data: Data, shape: readonly number[]): Value | undefined;
}

/** Sets the numbers to their markers. @param recording the first, 0, or another, which has other markers */
export function liftNumbers(numbers: readonly NamedNumber[], recording: number): Lifted {
  const markers = new Map<number, string>();
  for (const [at, { name, set }] of numbers.entries()) {
    const marker = Math.fround(0.013_720_983 + 0.001_093_735 * (2 * at + recording));
    set(marker);
    markers.set(marker, name);
  }
  const inputs = new Map<string, Value>();
  const inputOf = (graph: Builder, name: string): Value => {
    const value = inputs.get(name) ?? graph.input(name, [], "float32");
    inputs.set(name, value);
    return value;
  };
  return {
    inputs,
    inputFor(graph, data, shape) {
      const [element] = data;
      if (markers.size === 0 || shape.length > 0 || !(data instanceof Float32Array)) return undefined;
      const name = markers.get(Math.abs(element as number));
      if (name === undefined) return undefined;
      const value = inputOf(graph, name);
      return (element as number) < 0 ? graph.node("Neg", [value], value) : value;
    },
  };
}
