// The terms that layers add to the loss, against their formulas and finite differences; and that they do what they are for.
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { ShapeError, UsageError } from "../../src/core/errors.js";
import { load } from "../../src/data/index.js";
import {
  type Autoencoder,
  contractive,
  denoising,
  klDivergence,
  pretrain,
  sparse,
  TiedDense,
  tied,
  trivial,
  variational,
} from "../../src/models/index.js";
import { evaluate, predict, fit as train } from "../../src/train/index.js";

const x = tf.randomUniform([40, 6], 0, 1, "float32", 3) as tf.Tensor2D;

/** The loss of one step on the whole of x, before it, and the reconstruction error alone. */
async function lossAndError(model: Autoencoder): Promise<{ loss: number; error: number }> {
  const error = (await evaluate(model.autoencoder, x, x)).loss as number;
  const { history } = await train(model.autoencoder, x, x, {
    epochs: 1,
    batchSize: 40,
    quiet: true,
    compile: false,
  });
  return { loss: history.loss[0] as number, error };
}

const codes = (model: Autoencoder) => tf.tidy(() => (model.encoder.predict(x) as tf.Tensor2D).arraySync());

describe("penalties", () => {
  it("L1 is weight · mean of Σ|h|", async () => {
    const model = sparse({ inputDim: 6, codeDim: 9, penalty: "l1", weight: 0.3, seed: 1 });
    const sums = codes(model).map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0));
    const expected = (0.3 * sums.reduce((sum, value) => sum + value, 0)) / 40;
    const { loss, error } = await lossAndError(model);
    expect(loss - error).toBeCloseTo(expected, 5);
    model.dispose();
  });

  it("KL is weight · Σ KL(ρ ‖ mean activation)", async () => {
    const model = sparse({ inputDim: 6, codeDim: 9, weight: 0.5, target: 0.1, seed: 1 });
    const h = codes(model);
    const expected = Array.from({ length: 9 }, (_, unit) => {
      const mean = h.reduce((sum, row) => sum + (row[unit] as number), 0) / 40;
      return 0.1 * Math.log(0.1 / mean) + 0.9 * Math.log(0.9 / (1 - mean));
    }).reduce((sum, value) => sum + value, 0);
    const { loss, error } = await lossAndError(model);
    expect(loss - error).toBeCloseTo(0.5 * expected, 4);
    model.dispose();
  });

  it.each(["sigmoid", "tanh", "softplus", "linear"] as const)(
    "contractive with %s is weight · the squared norm of the encoder's Jacobian, by finite differences",
    async (codeActivation) => {
      const model = contractive({ inputDim: 6, codeDim: 4, codeActivation, weight: 0.2, seed: 2 });
      const step = 1e-2;
      let total = 0;
      for (let input = 0; input < 6; input++) {
        const shift = tf.oneHot(tf.tensor1d([input], "int32"), 6).mul(step);
        const [up, down] = tf.tidy(() => [
          (model.encoder.predict(x.add(shift)) as tf.Tensor).dataSync(),
          (model.encoder.predict(x.sub(shift)) as tf.Tensor).dataSync(),
        ]) as unknown as [Float32Array, Float32Array];
        total += up.reduce((sum, value, at) => sum + ((value - (down[at] as number)) / (2 * step)) ** 2, 0);
      }
      const { loss, error } = await lossAndError(model);
      expect((loss - error) / ((0.2 * total) / 40)).toBeCloseTo(1, 2);
      model.dispose();
    },
  );

  it("klDivergence is 0 at N(0, 1), and agrees with the formula elsewhere", () => {
    const kl = klDivergence(
      tf.tensor2d([
        [0, 0],
        [1, -2],
      ]),
      tf.tensor2d([
        [0, 0],
        [0, Math.log(4)],
      ]),
    );
    const values = kl.dataSync();
    expect(values[0]).toBeCloseTo(0, 6);
    expect(values[1]).toBeCloseTo(0.5 + 0.5 * (4 + 4 - 1 - Math.log(4)), 5);
    kl.dispose();
  });

  it("the variational loss is error + β/N · KL, up to the sampling; without β it is the error alone", async () => {
    const losses = [0, 4].map(async (beta) => {
      const model = variational({ inputDim: 6, hidden: [], beta, seed: 1 });
      const [mean, logVariance] = tf.tidy(() => model.posterior.predict(x)) as [tf.Tensor2D, tf.Tensor2D];
      const kl = tf.tidy(() => tf.mean(klDivergence(mean, logVariance)).dataSync()[0] as number);
      const { loss } = await lossAndError(model);
      tf.dispose([mean, logVariance]);
      model.dispose();
      return { loss, expected: (beta / 6) * kl };
    });
    const [plain, weighted] = (await Promise.all(losses)) as [
      { loss: number },
      { loss: number; expected: number },
    ];
    expect((weighted.loss - plain.loss) / weighted.expected).toBeCloseTo(1, 0);
  });
});

describe("what they are for", () => {
  it("a sparse autoencoder's neurons come near their target; L1 leaves most codes at 0", async () => {
    const digits = await load("digits");
    const kl = sparse({ penalty: "kl", weight: 0.01, learningRate: 0.01, seed: 1 });
    await train(kl.autoencoder, digits.features, digits.features, { epochs: 20, quiet: true });
    const active = await predict(kl.encoder, digits.features);
    const mean = tf.tidy(() => tf.mean(active).dataSync()[0] as number);
    expect(mean).toBeGreaterThan(0.02);
    expect(mean).toBeLessThan(0.1);
    const zeros = [];
    for (const weight of [0, 3e-3]) {
      const l1 = sparse({ penalty: "l1", weight, learningRate: 0.01, seed: 1 });
      await train(l1.autoencoder, digits.features, digits.features, { epochs: 10, quiet: true });
      const h = await predict(l1.encoder, digits.features);
      zeros.push(tf.tidy(() => tf.mean(tf.cast(tf.lessEqual(h, 0), "float32")).dataSync()[0] as number));
      h.dispose();
      l1.dispose();
    }
    expect(zeros[1]).toBeGreaterThan((zeros[0] as number) + 0.1);
    active.dispose();
    kl.dispose();
    digits.dispose();
  });

  it("noise is there in training and not in prediction", () => {
    for (const noise of ["gaussian", "masking", "saltAndPepper"] as const) {
      const model = denoising({ inputDim: 6, hidden: [], codeDim: 2, noise, amount: 0.5, seed: 1 });
      const layer = model.autoencoder.getLayer("noise");
      const ones = tf.fill([100, 6], 0.5);
      const [quiet, noisy] = [false, true].map(
        (training) => layer.apply(ones, { training }) as tf.Tensor,
      ) as [tf.Tensor, tf.Tensor];
      expect(Array.from(quiet.dataSync())).toEqual(Array.from(ones.dataSync()));
      const values = Array.from(noisy.dataSync());
      const changed = values.filter((value) => value !== 0.5).length / 600;
      expect(changed).toBeGreaterThan(0.4);
      if (noise !== "gaussian") expect(changed).toBeLessThan(0.6);
      if (noise === "saltAndPepper") expect([...new Set(values)].sort()).toEqual([0, 0.5, 1]);
      tf.dispose([quiet, noisy, ones]);
      model.dispose();
    }
  });

  it("a tied decoder uses the encoder's matrix transposed, with a gradient from both uses", async () => {
    const model = tied({ inputDim: 6, codeDim: 2, outputActivation: "linear", seed: 1 });
    const [kernel] = model.autoencoder.getWeights() as [tf.Tensor2D];
    const expected = tf.tidy(() =>
      Array.from(tf.matMul(tf.matMul(x, kernel), kernel, false, true).dataSync()),
    );
    const got = tf.tidy(() => Array.from((model.autoencoder.predict(x) as tf.Tensor).dataSync()));
    for (const [at, value] of got.entries()) expect(value).toBeCloseTo(expected[at] as number, 5);
    expect(model.diagram().alternative).toContain("6 → 2 → 6");
    model.dispose();
    expect(
      () => new TiedDense({ inputDim: 3, units: 3, activation: "linear", outputActivation: "linear" }),
    ).toThrow(ShapeError);
  });

  it("everything passes through the trivial autoencoder, which has no weights", () => {
    const model = trivial({ inputDim: 6 });
    expect(model.autoencoder.countParams()).toBe(0);
    expect(tf.tidy(() => (model.autoencoder.predict(x) as tf.Tensor).dataSync())).toEqual(x.dataSync());
    model.dispose();
  });
});

describe("pretrain", () => {
  it("works with TensorFlow.js's own fit, leaves no tensors, and lowers the error", async () => {
    const model = denoising({
      inputDim: 6,
      hidden: [5],
      codeDim: 4,
      noise: "masking",
      learningRate: 0.01,
      seed: 1,
    });
    const error = async () => (await evaluate(model.autoencoder, x, x)).loss as number;
    const [tensors, before] = [tf.memory().numTensors, await error()];
    await pretrain(model, x, { epochs: 10, batchSize: 8, learningRate: 0.05 });
    expect(await error()).toBeLessThan(before);
    expect(tf.memory().numTensors).toBe(tensors);
    model.dispose();
  });

  it("refuses models that are no mirrored stacks, and other rows", async () => {
    const [no, yes] = [variational({ inputDim: 6 }), sparse({ inputDim: 6, codeDim: 3 })];
    await expect(pretrain(no, x)).rejects.toThrow(UsageError);
    await expect(pretrain(yes, tf.zeros([3, 5]) as tf.Tensor2D)).rejects.toThrow(ShapeError);
    for (const model of [no, yes]) model.dispose();
  });
});
