// Greedy layer-wise pretraining: each pair of layers, the outermost first, is trained alone as a small autoencoder of what the
// pairs before it give; then the whole starts from weights that are already of use.
import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, layers, sequential } from "@tensorflow/tfjs-layers";
import { ShapeError, UsageError } from "../core/errors.js";
import { readyBackend } from "../core/tensorflow.js";
import type { Autoencoder } from "./autoencoder.js";

/** What trains one small autoencoder; `fit` of latent-lab/train is one, and a fast one. */
export type Fit = (
  model: LayersModel,
  x: tf.Tensor,
  y: tf.Tensor,
  options: { epochs: number; batchSize: number; seed?: number; quiet?: boolean },
) => Promise<unknown>;

export interface PretrainOptions {
  /** Passes over the rows for each pair of layers. Default 50. */
  epochs?: number;
  /** Rows of each step. Default 32. */
  batchSize?: number;
  /** Adam's step size. Default 0.001. */
  learningRate?: number;
  /** Seed of the order of rows, for a `fit` that has one. Default 0. */
  seed?: number;
  /** Who trains: pass `fit` of latent-lab/train, which compiles. Default: TensorFlow.js's own, slower and unseeded. */
  fit?: Fit;
}

type Dense = LayersModel["layers"][number];

/**
 * Trains a `stacked` (or `denoising`, `undercomplete`) autoencoder's layers pair by pair, from the outside inwards, and leaves
 * the weights in it: `await pretrain(model, train.features, { fit })`, then `fit(model.autoencoder, …)` for the whole.
 * @param model  of dense layers, the decoder mirroring the encoder; its weights change
 * @param x      [rows, inputDim], training rows; not disposed
 * @throws UsageError if the layers are no mirrored dense ones; ShapeError if x does not fit
 * @see Bengio et al. 2007, Greedy layer-wise training of deep networks, NIPS
 */
export async function pretrain(
  model: Autoencoder,
  x: tf.Tensor2D,
  options: PretrainOptions = {},
): Promise<void> {
  await readyBackend();
  const { epochs = 50, batchSize = 32, learningRate = 1e-3, seed = 0, fit: trainPair = plainFit } = options;
  const pairs = mirroredPairs(model);
  const inputs = model.autoencoder.inputs[0]?.shape[1];
  if (x.rank !== 2 || x.shape[1] !== inputs)
    throw new ShapeError(
      `pretrain: expected [rows, ${inputs}]; got [${x.shape}]. Use the rows that the model is for.`,
    );
  let signal: tf.Tensor = x;
  try {
    for (const [outer, inner] of pairs) {
      const small = copyOf([outer, inner], signal.shape[1] as number);
      const optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-7);
      small.compile({ optimizer, loss: "meanSquaredError" });
      await trainPair(small, signal, signal, { epochs, batchSize, seed, quiet: true });
      const [first, second] = small.layers as [Dense, Dense];
      outer.setWeights(first.getWeights());
      inner.setWeights(second.getWeights());
      const next = tf.tidy(() => outer.call(signal, {}) as tf.Tensor);
      if (signal !== x) signal.dispose();
      signal = next;
      for (const weight of small.weights) weight.dispose();
      optimizer.dispose();
    }
  } finally {
    if (signal !== x) signal.dispose();
  }
}

/** [encoder's layer, the decoder's layer that undoes it], the outermost pair first. */
function mirroredPairs({ encoder, decoder }: Autoencoder): [Dense, Dense][] {
  const denseOf = (model: LayersModel): Dense[] =>
    model.layers.filter((layer) => layer.getClassName() === "Dense");
  const [down, up] = [denseOf(encoder), denseOf(decoder).reverse()];
  const fits = down.every((layer, at) => {
    const [kernel, back] = [layer, up[at]].map((each) => each?.weights[0]?.shape ?? []);
    return kernel?.[0] === back?.[1] && kernel?.[1] === back?.[0];
  });
  if (down.length !== up.length || down.length === 0 || !fits)
    throw new UsageError(
      "pretrain: expected dense layers, the decoder mirroring the encoder; got others. Use stacked, undercomplete or denoising.",
    );
  return down.map((layer, at) => [layer, up[at] as Dense]);
}

/** A model with layers of the same kind and weights, which can be trained without the rest. */
function copyOf(pair: readonly [Dense, Dense], inputs: number): LayersModel {
  const small = sequential();
  for (const [at, layer] of pair.entries()) {
    const { units, activation } = layer.getConfig() as { units: number; activation: "linear" };
    small.add(layers.dense({ units, activation, ...(at === 0 ? { inputShape: [inputs] } : {}) }));
    small.layers.at(-1)?.setWeights(layer.getWeights());
  }
  return small;
}

const plainFit: Fit = (model, x, y, { epochs, batchSize }) =>
  model.fit(x, y, { epochs, batchSize, verbose: 0 });
