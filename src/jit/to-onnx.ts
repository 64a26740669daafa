// A layers model as an ONNX file, for any program that runs ONNX: onnxruntime in Python or C++, Netron, …
import { createHash } from "node:crypto";
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import "../core/tensorflow.js";
import { UsageError } from "../core/errors.js";
import { checkLayersModel, sizesText } from "../core/model-checks.js";
import { checkInteger, checkOptions } from "../core/option-checks.js";
import { TraceError } from "./errors.js";
import { bytesOf } from "./graph/builder.js";
import { integerList } from "./graph/integers.js";
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
 * Inputs and outputs are named as the model's layers. Unless `batchSize` is given, their rows are `batch`, and other
 * sizes that follow from the rows have names of their own.
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
  const [program, sizes] =
    batchSize === undefined
      ? ofAnyRows(programOf(model, fewRows), programOf(model, moreRows))
      : [programOf(model, batchSize), new Map<string, Sizes>()];
  const outputNames = unique(model.outputNames, program);
  const shapeOf = ({ name, shape }: Value): Sizes => sizes.get(name) ?? shape;
  return lowerToOnnx(withoutUnused(program), { name: safe(model.name), outputNames, shapeOf });
}

/** A shape as a file declares it: a size that follows the rows has a name. */
type Sizes = readonly (number | string)[];

/** What is different in programs for so many rows follows from their number. */
const [fewRows, moreRows] = [2, 3];

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
        `toOnnx: expected inputs of known sizes; got [${sizesText(input.shape)}]. Give inputShape numbers.`,
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

/**
 * One program for any number of rows, from those for two and three.
 * @returns it, and the shapes of its inputs and outputs
 * @throws TraceError if more than that differs
 */
function ofAnyRows(forTwo: Program, forThree: Program): [Program, Map<string, Sizes>] {
  const [two, three] = [withOpenSizes(forTwo, forThree), withOpenSizes(forThree, forTwo)];
  const [texts, others] = [textsOf(two), textsOf(three)];
  const longer = texts.length >= others.length ? texts : others;
  const different = longer.findIndex((_, at) => texts[at] !== others[at]);
  if (different >= 0) {
    const culprit = two.nodes[different];
    throw new TraceError(
      `toOnnx: expected a model that computes each row alike; got one in which ${culprit ? `an operation (${culprit.op} in ONNX)` : "a result"} follows from the number of rows. Give batchSize.`,
    );
  }
  const pairs = [...two.inputs, ...two.outputs].map(
    (value, at) => [value, [...three.inputs, ...three.outputs][at]] as const,
  );
  return [
    two,
    new Map(pairs.map(([value, other]) => [value.name, declaredSizes(value, (other ?? value).shape)])),
  ];
}

/** `batch` for as many as there are rows, a name of its own for another number that follows from them. */
function declaredSizes({ name, shape }: Value, others: readonly number[]): Sizes {
  return shape.map((size, axis) => {
    if (size === others[axis]) return size;
    return size === fewRows && others[axis] === moreRows ? "batch" : `${name}_axis${axis}`;
  });
}

/** The nodes and the results, with constants by what they hold: their names are counted. */
function textsOf({ nodes, constants, outputs }: Program): string[] {
  const held = new Map(
    constants.map(({ value, data }) => [
      value.name,
      `${value.dtype}[${value.shape}]${createHash("sha256").update(bytesOf(data)).digest("hex")}`,
    ]),
  );
  const named = (value: Value): Value => ({ ...value, name: held.get(value.name) ?? value.name });
  return [
    ...nodes.map((node) =>
      printNode({ ...node, inputs: node.inputs.map(named), output: { ...node.output, shape: [] } }),
    ),
    ...outputs.map((value) => named(value).name),
  ];
}

/** Where a size of a Reshape is another one in another program, ONNX works it out from the rest. */
function withOpenSizes(program: Program, other: Program): Program {
  const constants: Constant[] = [];
  const nodes = program.nodes.map((node, at) => {
    const { op, inputs, output } = node;
    const theirs = other.nodes[at]?.output.shape ?? output.shape;
    const differ = output.shape.filter((size, axis) => size !== theirs[axis]);
    if (
      op !== "Reshape" ||
      theirs.length !== output.shape.length ||
      differ.length !== 1 ||
      output.shape.includes(0)
    )
      return node;
    const open = integerList(
      "shape",
      output.shape.map((size, axis) => (size === theirs[axis] ? size : -1)),
    );
    constants.push(open);
    return { ...node, inputs: [inputs[0] as Value, open.value] };
  });
  const known = new Map([...program.constants, ...constants].map((each) => [each.value.name, each]));
  return { ...program, constants: [...known.values()], nodes };
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
