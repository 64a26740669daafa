// What fit says when the loss is no number: where it came from, and what to do about that, not about something else.
import * as tf from "@tensorflow/tfjs-core";
import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { type FitOptions, fit as train } from "../../src/train/index.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** The logarithm of what it gets. */
class Logarithm extends layers.Layer {
  static className = "OwnLogarithm";
  override call(inputs: tf.Tensor[]): tf.Tensor {
    return tf.log(inputs[0] as tf.Tensor);
  }
}

const x = tf.tensor2d([-1, 2, 3, 4], [4, 1]);
const norm = (_: tf.Tensor, output: tf.Tensor): tf.Tensor => tf.mean(tf.sqrt(tf.square(output)));

function lost(
  last: layers.Layer,
  {
    loss = "meanSquaredError",
    rate = 0.1,
    ...options
  }: FitOptions & { loss?: typeof norm | string; rate?: number },
): Promise<unknown> {
  const model = sequential({
    layers: [layers.dense({ units: 1, inputShape: [1], kernelInitializer: "ones" }), last],
  });
  model.compile({ optimizer: tf.train.sgd(rate), loss });
  return train(model, x, x, { batchSize: 2, epochs: 60, shuffle: false, quiet: true, ...options });
}

describe.each([{ compile: true }, { compile: false }])("%o", ({ compile }) => {
  it("the gradient of a root at 0", async () => {
    const zero = layers.dense({ units: 1, kernelInitializer: "zeros" });
    await expect(lost(zero, { loss: norm, compile })).rejects.toThrow(
      /The weight [\w/]+ of layer \w+ is not finite\. The loss had not grown before, so its gradient was no number: .*1e-12/,
    );
  });

  it("a layer that takes the logarithm of a negative number", async () => {
    await expect(lost(new Logarithm({}), { compile })).rejects.toThrow(
      /Layer own_?logarithm\w* gives the first output that is not finite\. Look at what it computes/i,
    );
  });

  it("a training that runs away", async () => {
    const linear = layers.dense({ units: 1, kernelInitializer: initializers.constant({ value: 2 }) });
    await expect(lost(linear, { rate: 3, compile })).rejects.toThrow(/ten times smaller/);
  });

  it("weights of the rows", async () => {
    const linear = layers.dense({ units: 1, kernelInitializer: "ones" });
    const sampleWeight = tf.tensor1d([1, Number.NaN, 1, 1]);
    await expect(lost(linear, { sampleWeight, compile })).rejects.toThrow(
      /The sample or class weights contain NaN/,
    );
  });
});
