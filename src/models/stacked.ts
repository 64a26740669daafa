// The stacked autoencoder: x → f(x) = code → g(code) = x̂, with several dense layers on either side of the coding
// layer. Three ordinary TensorFlow.js models share the layers, so that training one trains all of them.
import * as tf from "@tensorflow/tfjs-core";
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from "@tensorflow/tfjs-layers";
import { type Random, random } from "../core/random.js";
import "../core/tensorflow.js";
import { type Activation, checkStackedOptions } from "./options.js";

/** The architecture and its training; every field has a default. */
export interface StackedOptions {
  /** Number of inputs and of outputs, N. Default 64, the digits' pixels. */
  inputDim?: number;
  /** Neurons of the encoder's hidden layers, from the input inwards; the decoder mirrors them. Default [32, 16]. */
  hidden?: readonly number[];
  /** Neurons of the coding layer, the latent factors. Default 3. */
  codeDim?: number;
  /** Of the hidden layers. Default "elu": unlike "relu" it has no dead half. */
  activation?: Activation;
  /** Of the coding layer. Default "linear": a code may be any number. */
  codeActivation?: Activation;
  /** Of the output layer. Default "sigmoid": outputs in (0, 1), for inputs in [0, 1]. */
  outputActivation?: Activation;
  /** Seed of the initial weights, an integer from 0; without it they differ from run to run. */
  seed?: number;
  /** Adam's step size. Default 0.001. */
  learningRate?: number;
}

/** Three models over the same layers. */
export interface Autoencoder {
  /** x → x̂, [batch, inputDim] → [batch, inputDim]; compiled with Adam and the mean squared error. Train this one. */
  readonly autoencoder: LayersModel;
  /** f: x → code, [batch, inputDim] → [batch, codeDim]. */
  readonly encoder: LayersModel;
  /** g: code → x̂, [batch, codeDim] → [batch, inputDim]. */
  readonly decoder: LayersModel;
  /** The layers as a table: name, shape, activation, parameters. */
  summary(): string;
  /** Frees the weights, the optimizer's state and with them all three models. */
  dispose(): void;
}

/**
 * A stacked autoencoder, by default 64-32-16-3-16-32-64, ready to train.
 *
 * Weights start Glorot-uniform, U(−a, a) with a = √(6 / (inputs + outputs)), biases at 0. The cost function is the
 * mean squared error, (1 / (batch · N)) Σ (x − x̂)²; the optimizer Adam with β₁ = 0.9, β₂ = 0.999, ε = 1e-7.
 * @returns models that hold the weights; the caller disposes, with `dispose()`
 * @throws UsageError if an option is out of range
 * @see Hinton & Salakhutdinov 2006, Science 313; Glorot & Bengio 2010 (weights); Kingma & Ba 2015 (Adam)
 */
export function stacked(options: StackedOptions = {}): Autoencoder {
  checkStackedOptions(options);
  const { inputDim = 64, hidden = [32, 16], codeDim = 3, activation = "elu" } = options;
  const { codeActivation = "linear", outputActivation = "sigmoid", learningRate = 1e-3, seed } = options;
  const seeds = seed === undefined ? undefined : random(seed);

  const encoderLayers = [
    ...hidden.map((units, at) => dense(`encoder_${at + 1}`, units, activation, seeds)),
    dense("code", codeDim, codeActivation, seeds),
  ];
  const decoderLayers = [
    ...[...hidden].reverse().map((units, at) => dense(`decoder_${at + 1}`, units, activation, seeds)),
    dense("reconstruction", inputDim, outputActivation, seeds),
  ];

  const inputs = input({ shape: [inputDim], name: "input" });
  const code = chain(encoderLayers, inputs);
  const codeInput = input({ shape: [codeDim], name: "code_input" });
  const encoder = model({ inputs, outputs: code, name: "encoder" });
  const decoder = model({ inputs: codeInput, outputs: chain(decoderLayers, codeInput), name: "decoder" });
  const autoencoder = model({ inputs, outputs: chain(decoderLayers, code), name: "autoencoder" });
  const optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-7);
  autoencoder.compile({ optimizer, loss: "meanSquaredError" });

  const dispose = (): void => {
    for (const weight of autoencoder.weights) weight.dispose();
    optimizer.dispose();
  };
  return { autoencoder, encoder, decoder, summary: () => summary(autoencoder), dispose };
}

type Dense = ReturnType<typeof layers.dense>;

function dense(name: string, units: number, activation: Activation, seeds: Random | undefined): Dense {
  const seed = seeds?.integer(2 ** 31);
  const kernelInitializer = initializers.glorotUniform(seed === undefined ? {} : { seed });
  return layers.dense({ name, units, activation, kernelInitializer, biasInitializer: "zeros" });
}

function chain(stack: readonly Dense[], start: SymbolicTensor): SymbolicTensor {
  return stack.reduce((tensor, layer) => layer.apply(tensor) as SymbolicTensor, start);
}

function summary(autoencoder: LayersModel): string {
  const rows = autoencoder.layers.map((layer) => {
    const { units, activation } = layer.getConfig() as { units?: number; activation?: string };
    return [
      layer.name,
      String(units ?? autoencoder.inputs[0]?.shape[1]),
      activation ?? "",
      String(layer.countParams()),
    ];
  });
  const table = [["layer", "neurons", "activation", "parameters"], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((row) => (row[column] as string).length)),
  );
  const lines = table.map((row) =>
    row
      .map((text, at) =>
        at % 2 === 1 ? text.padStart(widths[at] as number) : text.padEnd(widths[at] as number),
      )
      .join("  "),
  );
  lines.splice(1, 0, widths.map((width) => "─".repeat(width)).join("  "));
  return [...lines, `${autoencoder.countParams()} parameters in all`].join("\n");
}
