// A program as an ONNX file. The program speaks ONNX already; here it gets the names by which it is run: inputs keep
// theirs, outputs are called as the caller wishes. An output that is an input, a constant or occurs twice gets a node of
// its own, which copies; the others are renamed where they are computed, since in a loop that is a copy less at each step.
import { InternalError } from "../errors.js";
import type { Node, Program, Value } from "../graph/program.js";
import { encodeModel, type OnnxGraph, type OnnxNode, type ValueInfo } from "./protobuf.js";

export interface LowerOptions {
  /** Of the graph. Default `"program"`. */
  name?: string;
  /** One for each of the program's outputs. Default `y0`, `y1`, … */
  outputNames?: readonly string[];
  /** Gives sizes a name instead of a number; default none. */
  shapeOf?: (value: Value) => readonly (number | string)[];
}

/** The bytes of an ONNX file (opset 17, IR version 8). */
export function lowerToOnnx(program: Program, options: LowerOptions = {}): Uint8Array {
  return encodeModel(lowerToGraph(program, options));
}

export function lowerToGraph(program: Program, options: LowerOptions = {}): OnnxGraph {
  const { name = "program", shapeOf = (value) => value.shape } = options;
  const names = options.outputNames ?? program.outputs.map((_, at) => `y${at}`);
  if (names.length !== program.outputs.length)
    throw new InternalError(`${program.outputs.length} outputs have ${names.length} names`);
  const info = (value: Value, as = value.name): ValueInfo => ({
    ...{ name: as, dtype: value.dtype },
    shape: shapeOf(value),
  });
  const outputs = program.outputs.map((value, at) => info(value, names[at]));
  const computed = new Set(program.nodes.map(({ output }) => output.name));
  const renamed = new Map<string, string>();
  const copies: OnnxNode[] = [];
  for (const [at, value] of program.outputs.entries()) {
    const as = names[at] as string;
    if (computed.has(value.name) && !renamed.has(value.name)) renamed.set(value.name, as);
    else copies.push(copyOf(renamed.get(value.name) ?? value.name, as));
  }
  const called = (value: Value): Value => ({ ...value, name: renamed.get(value.name) ?? value.name });
  const nodes = program.nodes.map((node) =>
    lowerNode({ ...node, inputs: node.inputs.map(called), output: called(node.output) }),
  );
  return {
    ...{ name, inputs: program.inputs.map((value) => info(value)), outputs },
    ...{ constants: program.constants, nodes: [...nodes, ...copies] },
  };
}

export function lowerNode({ op, inputs, output, attributes, position = 0 }: Node): OnnxNode {
  const name = `${op}_${output.name}`;
  const others = Array.from({ length: position }, (_, at) => `${output.name}_result${at}`);
  const outputs = [...others, output.name];
  return { op, name, inputs: inputs.map((value) => value.name), outputs, attributes };
}

function copyOf(from: string, to: string): OnnxNode {
  return { op: "Identity", name: `Identity_${to}`, inputs: [from], outputs: [to], attributes: {} };
}
