// What every builder gives: three ordinary TensorFlow.js models over the same layers, a table, and a drawing.
import * as tf from "@tensorflow/tfjs-core";
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from "@tensorflow/tfjs-layers";
import "../core/tensorflow.js";
import { type Random, random } from "../core/random.js";
import { type Diagram, networkDiagram } from "./diagram.js";
import type { Activation, ReconstructionLoss } from "./options.js";
import { summaryTable } from "./summary.js";

/** Three models over the same layers. */
export interface Autoencoder {
  /** x → x̂, [batch, …] → [batch, …]; compiled with Adam and the cost function. Train this one. */
  readonly autoencoder: LayersModel;
  /** f: x → code, [batch, …] → [batch, codeDim]. */
  readonly encoder: LayersModel;
  /** g: code → x̂, [batch, codeDim] → [batch, …]. */
  readonly decoder: LayersModel;
  /** The layers as a table: name, shape, activation, parameters. */
  summary(): string;
  /** The network as a drawing, its coding layer marked, with the table of parameters; shows itself in a notebook. */
  diagram(): Diagram;
  /** Frees the weights, the optimizer's state and with them all three models. */
  dispose(): void;
}

/** A network in parts; `assemble` makes the models of it. */
export interface Network {
  readonly inputs: SymbolicTensor;
  /** What the encoder gives. */
  readonly code: SymbolicTensor;
  /** What the decoder gets while training, if it is not the code itself. */
  readonly sampled?: SymbolicTensor;
  /** The decoder's layers, applied to the code or to another tensor of its shape. */
  decode(code: SymbolicTensor): SymbolicTensor;
}

/** Makes the three models and compiles the autoencoder. The caller disposes. */
export function assemble(
  { inputs, code, sampled, decode }: Network,
  {
    learningRate = 1e-3,
    loss = "meanSquaredError",
  }: { learningRate?: number; loss?: ReconstructionLoss } = {},
): Autoencoder {
  const codeInput = input({ shape: code.shape.slice(1), name: "code_input" });
  const encoder = model({ inputs, outputs: code, name: "encoder" });
  const decoder = model({ inputs: codeInput, outputs: decode(codeInput), name: "decoder" });
  const autoencoder = model({ inputs, outputs: decode(sampled ?? code), name: "autoencoder" });
  const optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-7);
  autoencoder.compile({ optimizer, loss });
  const dispose = (): void => {
    for (const weight of autoencoder.weights) weight.dispose();
    optimizer.dispose();
  };
  return {
    ...{ autoencoder, encoder, decoder, dispose },
    summary: () => summaryTable(autoencoder),
    diagram: () => networkDiagram({ autoencoder, encoder }),
  };
}

export type Dense = ReturnType<typeof layers.dense>;
type Layer = { apply(inputs: SymbolicTensor): unknown };

/** Seeds for layers, one after the other; `undefined` without a seed. */
export function layerSeeds(seed: number | undefined): () => number | undefined {
  const seeds: Random | undefined = seed === undefined ? undefined : random(seed);
  return () => seeds?.integer(2 ** 31);
}

/** A dense layer whose weights start Glorot-uniform, its biases at 0. */
export function dense(name: string, units: number, activation: Activation, seed: number | undefined): Dense {
  const kernelInitializer = initializers.glorotUniform(seed === undefined ? {} : { seed });
  return layers.dense({ name, units, activation, kernelInitializer, biasInitializer: "zeros" });
}

/** Applies layers one after the other. */
export function chain(stack: readonly Layer[], start: SymbolicTensor): SymbolicTensor {
  return stack.reduce((tensor, layer) => layer.apply(tensor) as SymbolicTensor, start);
}
