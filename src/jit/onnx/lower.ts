// A program as an ONNX file. The program speaks ONNX already; here it gets the names by which it is run: inputs keep
// theirs, outputs are called as the caller wishes, and an output that is an input or occurs twice gets a node.
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
  const named = program.outputs.map((value, at) => identity(value.name, names[at] as string));
  return {
    ...{ name, inputs: program.inputs.map((value) => info(value)), outputs },
    ...{ constants: program.constants, nodes: [...program.nodes.map(lowerNode), ...named] },
  };
}

export function lowerNode({ op, inputs, output, attributes, position = 0 }: Node): OnnxNode {
  const name = `${op}_${output.name}`;
  const others = Array.from({ length: position }, (_, at) => `${output.name}_result${at}`);
  const outputs = [...others, output.name];
  return { op, name, inputs: inputs.map((value) => value.name), outputs, attributes };
}

/** Copies nothing: ONNX Runtime removes it or reuses the memory. */
function identity(from: string, to: string): OnnxNode {
  return { op: "Identity", name: `Identity_${to}`, inputs: [from], outputs: [to], attributes: {} };
}
