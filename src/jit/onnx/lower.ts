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
  const called = ({ name }: Value): string => renamed.get(name) ?? name;
  const nodes = lowerNodes(program.nodes, called);
  return {
    ...{ name, inputs: program.inputs.map((value) => info(value)), outputs },
    ...{ constants: program.constants, nodes: [...nodes, ...copies] },
  };
}

/**
 * Nodes that are different results of one operator become one node, which is named by `nodeName`.
 * @param called  what a value is called in the file
 */
function lowerNodes(nodes: readonly Node[], called: (value: Value) => string): OnnxNode[] {
  const lowered: (Omit<OnnxNode, "outputs"> & { outputs: string[] })[] = [];
  const known = new Map<string, (typeof lowered)[number]>();
  for (const { op, inputs, output, attributes, position = 0 } of nodes) {
    const names = inputs.map(called);
    const key = `${op}(${names})${JSON.stringify(attributes)}`;
    let node = known.get(key);
    if (!node || node.outputs[position] !== undefined) {
      node = { op, name: nodeName(op, output), inputs: names, outputs: [], attributes };
      known.set(key, node);
      lowered.push(node);
    }
    node.outputs[position] = called(output);
  }
  return lowered.map((node) => ({
    ...node,
    outputs: Array.from(node.outputs, (name, at) => name ?? `${node.name}_result${at}`),
  }));
}

/** By the program's value, so that ONNX Runtime's messages tell which one it is. */
function nodeName(op: string, output: Value): string {
  return `${op}_${output.name}`;
}

/** The name of the value that a node with this name computes first. */
export function computedBy(node: string): string {
  return node.slice(node.indexOf("_") + 1);
}

function copyOf(from: string, to: string): OnnxNode {
  return { op: "Identity", name: `Identity_${to}`, inputs: [from], outputs: [to], attributes: {} };
}
