// A model that is compiled, and frozen then, as a GAN's discriminator: what was collected at `compile` and is not
// frozen itself is trained, by TensorFlow.js as by `fit`.
import * as tf from "@tensorflow/tfjs-core";
import { initializers, input, type LayersModel, layers, model, sequential } from "@tensorflow/tfjs-layers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import "../../src/core/tensorflow.js";
import { compileTraining } from "../../src/jit/index.js";
import { fit as train } from "../../src/train/index.js";

const dense = (units: number, seed: number, inputShape?: number[]) =>
  layers.dense({
    ...{ units, activation: "tanh" as const, kernelInitializer: initializers.glorotUniform({ seed }) },
    ...(inputShape ? { inputShape } : {}),
  });

/** 2 → (3 → 2) → 1, the part in brackets a model of its own. */
function discriminator(): LayersModel {
  const features = sequential({ layers: [dense(3, 1, [2]), dense(2, 2)] });
  const inputs = input({ shape: [2] });
  const outputs = dense(1, 3).apply(features.apply(inputs)) as ReturnType<typeof input>;
  return model({ inputs, outputs });
}

function compile(given: LayersModel): void {
  given.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" });
}

const weightsOf = (given: LayersModel): number[] =>
  given.getWeights().flatMap((each) => Array.from(each.dataSync()));

let x: tf.Tensor2D;
let y: tf.Tensor2D;
beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined); // TensorFlow.js warns of it
  x = tf.tensor2d([0.1, 0.9, -0.4, 0.3, 0.8, -0.7, 0.5, 0.2, -0.6, 0.4], [5, 2]);
  y = tf.tensor2d([0.5, -0.5, 0.2, 0.1, -0.3], [5, 1]);
});
afterEach(() => {
  vi.restoreAllMocks();
  tf.dispose([x, y]);
});

const settings = { epochs: 3, batchSize: 2, shuffle: false };

describe.each([true, false])("frozen after compile, compile: %s", (compiled) => {
  const freezings: [string, (given: LayersModel) => void][] = [
    ["the whole model", (given) => Object.assign(given, { trainable: false })],
    ["its last layer", (given) => Object.assign(given.layers.at(-1) as object, { trainable: false })],
    ["the model inside it", (given) => Object.assign(given.layers[1] as object, { trainable: false })],
  ];
  it.each(freezings)("%s: trains what TensorFlow.js trains", async (_, freeze) => {
    const [ours, theirs] = [discriminator(), discriminator()];
    for (const each of [ours, theirs]) {
      compile(each);
      freeze(each);
    }
    const before = weightsOf(theirs);
    await theirs.fit(x, y, { ...settings, verbose: 0 });
    const { notice } = await train(ours, x, y, { ...settings, compile: compiled, quiet: true });
    const expected = weightsOf(theirs);
    expect(notice).toBeUndefined();
    expect(expected.some((weight, at) => weight !== before[at])).toBe(true);
    for (const [at, weight] of weightsOf(ours).entries())
      expect(weight).toBeCloseTo(expected[at] as number, 5);
  });

  it("what is frozen between two trainings is noticed, the model being frozen already", async () => {
    const [ours, theirs] = [discriminator(), discriminator()];
    for (const each of [ours, theirs]) {
      compile(each);
      each.trainable = false;
    }
    const freeze = (given: LayersModel) =>
      Object.assign((given.layers[1] as LayersModel).layers[0] as object, { trainable: false });
    for (let training = 0; training < 2; training++) {
      await theirs.fit(x, y, { ...settings, verbose: 0 });
      await train(ours, x, y, { ...settings, compile: compiled, quiet: true });
      for (const each of [ours, theirs]) freeze(each);
    }
    const expected = weightsOf(theirs);
    for (const [at, weight] of weightsOf(ours).entries())
      expect(weight).toBeCloseTo(expected[at] as number, 5);
  });

  it("a model compiled while it was frozen has to be compiled again", async () => {
    const given = discriminator();
    given.trainable = false;
    compile(given);
    given.trainable = true;
    await expect(train(given, x, y, { ...settings, compile: compiled, quiet: true })).rejects.toThrow(
      /^fit: expected weights to train; .* frozen when it was compiled.*model\.compile\({…}\) again/,
    );
  });
});

it("compileTraining trains the same, and says the same", async () => {
  const given = discriminator();
  compile(given);
  given.trainable = false;
  const training = await compileTraining(given);
  const before = weightsOf(given);
  await training.train(x, y, { epochs: 1 });
  expect(weightsOf(given)).not.toEqual(before);
  await training.dispose();
  compile(given);
  given.trainable = true;
  await expect(compileTraining(given)).rejects.toThrow(/compileTraining: .* frozen when it was compiled/);
});
