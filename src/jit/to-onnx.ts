// A layers model as an ONNX file, for any program that runs ONNX: onnxruntime in Python or C++, Netron, …
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import "../core/tensorflow.js";
import { UsageError } from "../core/errors.js";
import { checkLayersModel } from "../core/model-checks.js";
import { checkInteger, checkOptions } from "../core/option-checks.js";
import { TraceError } from "./errors.js";
import { bytesOf } from "./graph/builder.js";
import { printNode } from "./graph/print.js";
import type { Constant, Draw, Node, Program, Value } from "./graph/program.js";
import { lowerToOnnx } from "./onnx/lower.js";
import { toHost } from "./tensors.js";
import { trace } from "./trace/trace.js";
import { type Holder, statefulLayers } from "./training/recurrent-states.js";

export interface OnnxOptions {
  /** Rows that the file's model takes at once. Default: any number, where the model allows it. */
  batchSize?: number;
}

/**
 * What `model.predict` computes, as the bytes of an ONNX file (opset 17, IR version 8), weights included.
 * Inputs and outputs are named as the model's layers, their rows `batch` unless `batchSize` is given.
 * @throws UsageError if an input has an unknown size besides the rows, a layer is stateful, or an option cannot be used;
 *   TraceError if the program depends on the number of rows and `batchSize` is missing; UnsupportedOpError
 * @example await writeFile("autoencoder.onnx", toOnnx(autoencoder));
 */
export function toOnnx(model: LayersModel, options: OnnxOptions = {}): Uint8Array {
  checkLayersModel("toOnnx", model);
  checkOptions("toOnnx", options, ["batchSize"]);
  const { batchSize } = options;
  if (batchSize !== undefined) checkInteger("toOnnx", "batchSize", batchSize, 1);
  const [stateful] = statefulLayers(model as unknown as Holder);
  if (stateful)
    throw new UsageError(
      `toOnnx: expected layers that remember nothing between batches; got ${stateful.name}, which is stateful. Build the model without stateful, and give it these weights.`,
    );
  const program = programOf(model, batchSize ?? 2);
  const varies = batchSize === undefined ? varyingSizes(program, programOf(model, 3)) : new Set<string>();
  const outputNames = unique(model.outputNames, program);
  const shapeOf = ({ name, shape }: Value): (number | string)[] =>
    shape.map((size, axis) => (axis === 0 && varies.has(name) ? "batch" : size));
  return lowerToOnnx(withoutUnused(program), { name: safe(model.name), outputNames, shapeOf });
}

/** Without constants that no node takes: other programs that load the file would warn of each. */
function withoutUnused(program: Program): Program {
  const used = new Set([
    ...program.nodes.flatMap(({ inputs }) => inputs.map(({ name }) => name)),
    ...program.outputs.map(({ name }) => name),
  ]);
  return { ...program, constants: program.constants.filter(({ value }) => used.has(value.name)) };
}

/** A program without variables: the weights are constants of the file. */
function programOf(model: LayersModel, rows: number): Program {
  const specs = model.inputs.map((input) => {
    const features = input.shape.slice(1);
    if (features.includes(null))
      throw new UsageError(
        `toOnnx: expected inputs of known sizes; got [${input.shape}]. Give inputShape numbers.`,
      );
    return { shape: [rows, ...(features as number[])], dtype: input.dtype };
  });
  const { program, variables, draws } = trace((tensors) => {
    const result = model.apply(tensors.length === 1 ? (tensors[0] as tf.Tensor) : tensors, {
      training: false,
    });
    return Array.isArray(result) ? (result as tf.Tensor[]) : [result as tf.Tensor];
  }, specs);
  const names = new Map(program.inputs.map((value, at) => [value.name, inputName(model, value, at)]));
  const renamed = new Map<string, Value>();
  const rename = (value: Value): Value => {
    const known = renamed.get(value.name) ?? { ...value, name: names.get(value.name) ?? value.name };
    renamed.set(value.name, known);
    return known;
  };
  const weights = program.inputs.slice(specs.length, specs.length + variables.length);
  const constants: Constant[] = weights.map((value, at) => ({
    ...{ value: rename(value), data: toHost(variables[at] as tf.Variable).data.slice() },
  }));
  return {
    inputs: program.inputs.slice(0, specs.length).map(rename),
    constants: [...constants, ...program.constants],
    nodes: [...draws.map(randomNode), ...program.nodes].map((node) => ({
      ...{ ...node, inputs: node.inputs.map(rename), output: rename(node.output) },
    })),
    outputs: program.outputs.map(rename),
  };
}

/** In a file the random numbers of sampling layers are ONNX's own, new at each run and without a seed. */
function randomNode({ value, distribution }: Draw): Node {
  if (distribution === "truncated normal")
    throw new TraceError(
      "toOnnx: expected random operations that ONNX has; got truncatedNormal. Use randomNormal.",
    );
  const op = distribution === "uniform" ? "RandomUniform" : "RandomNormal";
  return { op, inputs: [], output: value, attributes: { shape: value.shape, dtype: 1 } };
}

function inputName(model: LayersModel, { name }: Value, at: number): string {
  const given = model.inputNames[at];
  return given === undefined ? name : /^[cvs]\d+$/.test(given) ? `input_${given}` : safe(given);
}

/** Inputs and outputs whose first size follows the rows, if all else is the same for two numbers of rows. */
function varyingSizes(two: Program, three: Program): Set<string> {
  const text = ({ nodes }: Program): string =>
    nodes.map((node) => printNode({ ...node, output: { ...node.output, shape: [] } })).join("\n");
  const same =
    text(two) === text(three) &&
    two.constants.every(
      ({ data }, at) => Buffer.compare(bytesOf(data), bytesOf(three.constants[at]?.data ?? data)) === 0,
    );
  if (!same)
    throw new TraceError(
      "toOnnx: expected a model that computes each row alike; got one whose operations name the number of rows. Give batchSize.",
    );
  const pairs = [...two.inputs, ...two.outputs].map(
    (value, at) => [value, [...three.inputs, ...three.outputs][at]] as const,
  );
  return new Set(pairs.flatMap(([value, other]) => (value.shape[0] !== other?.shape[0] ? [value.name] : [])));
}

/** Output names that no value of the program has. */
function unique(names: readonly string[], { inputs, constants, nodes }: Program): string[] {
  const taken = new Set(
    [...inputs, ...constants.map(({ value }) => value), ...nodes.map(({ output }) => output)].map(
      ({ name }) => name,
    ),
  );
  return names.map((name) => {
    let free = safe(name);
    while (taken.has(free)) free = `${free}_output`;
    taken.add(free);
    return free;
  });
}

/** Names that every tool accepts. */
function safe(name: string): string {
  return name.replaceAll(/[^\w.]/g, "_");
}
