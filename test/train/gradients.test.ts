// Clipping and norms of gradients, against the same done by hand with tf.variableGrads.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { type FitOptions, fit as train } from "../../src/train/index.js";
import { tinyData, tinyModel, weightsOf } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const quiet = { quiet: true } as const;
const norm = (values: readonly number[]): number => Math.hypot(...values);

/** Plain gradient descent on all rows, with what `clip` makes of the gradients; gives the norms before it. */
function byHand(
  model: LayersModel,
  x: tf.Tensor2D,
  steps: number,
  clip: (gradients: number[][]) => number[][],
): number[] {
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  return Array.from({ length: steps }, () => {
    const { grads, value } = tf.variableGrads(
      () => tf.mean(tf.squaredDifference(x, model.apply(x) as tf.Tensor)) as tf.Scalar,
      variables,
    );
    const gradients = variables.map(({ name }) => Array.from((grads[name] as tf.Tensor).dataSync()));
    for (const [at, gradient] of clip(gradients).entries()) {
      const variable = variables[at] as tf.Variable;
      tf.tidy(() => variable.assign(tf.sub(variable, tf.tensor(gradient, variable.shape).mul(0.1))));
    }
    tf.dispose([value, ...Object.values(grads)]);
    return norm(gradients.flat());
  });
}

const scaled = (gradient: number[], n: number, most: number): number[] =>
  gradient.map((value) => (value * most) / Math.max(n, most));
const ways: [string, FitOptions, (gradients: number[][]) => number[][]][] = [
  ["no clipping", {}, (gradients) => gradients],
  ["clipNorm", { clipNorm: 0.05 }, (all) => all.map((each) => scaled(each, norm(each), 0.05))],
  [
    "clipValue",
    { clipValue: 0.03 },
    (all) => all.map((each) => each.map((v) => Math.max(-0.03, Math.min(0.03, v)))),
  ],
  [
    "globalClipNorm",
    { globalClipNorm: 0.1 },
    (all) => all.map((each) => scaled(each, norm(all.flat()), 0.1)),
  ],
];

describe.each([true, false])("compiled: %s", (compile) => {
  it.each(ways)(
    "%s is what it is by hand, and the norm is that before clipping",
    async (_, options, clip) => {
      const [ours, theirs, x] = [tinyModel(), tinyModel(), tinyData()];
      await train(ours, x, x, { epochs: 1, batchSize: 7, learningRate: 1e-12, compile, ...quiet });
      ours.setWeights(theirs.getWeights());
      const before = tf.memory().numTensors;
      const { history, notice, engine } = await train(ours, x, x, {
        ...{ epochs: 6, batchSize: 7, compile, record: ["gradientNorm"], ...options, ...quiet },
      });
      expect(tf.memory().numTensors).toBe(before);
      expect([notice, engine]).toEqual([undefined, compile ? "onnxruntime-node" : "cpu"]);
      const norms = byHand(theirs, x, 6, clip);
      for (const [at, value] of norms.entries()) expect(history.gradientNorm?.[at]).toBeCloseTo(value, 5);
      for (const [at, value] of weightsOf(theirs).entries())
        expect(weightsOf(ours)[at]).toBeCloseTo(value, 5);
      x.dispose();
    },
  );

  it("the norm of an epoch is the mean over its steps, a short last batch counting like the others", async () => {
    const x = tinyData();
    const options: FitOptions = { epochs: 2, batchSize: 3, compile, record: ["gradientNorm"], ...quiet };
    const steps: number[] = [];
    const onBatchEnd = (_: number, logs?: Record<string, number>) =>
      void steps.push(logs?.gradientNorm as number);
    await train(tinyModel(), x, x, { ...options, callbacks: { onBatchEnd } });
    expect(steps.length).toBe(6); // of 3, 3 and 1 rows
    const { history } = await train(tinyModel(), x, x, options);
    for (const epoch of [0, 1]) {
      const [a, b, c] = steps.slice(3 * epoch) as [number, number, number];
      expect(history.gradientNorm?.[epoch]).toBeCloseTo((a + b + c) / 3, 6);
      expect((a + b + c) / 3).not.toBeCloseTo((3 * a + 3 * b + c) / 7, 3);
    }
    x.dispose();
  });

  it("each of all optimizers is left as it was", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    await train(model, x, x, { epochs: 1, clipNorm: 0.1, compile, ...quiet });
    expect(Object.hasOwn(model.optimizer, "applyGradients")).toBe(false);
    x.dispose();
  });
});

it("a clipped compiled step with Adam equals TensorFlow.js's", async () => {
  const [ours, theirs, x] = [tinyModel(), tinyModel(), tinyData()];
  for (const model of [ours, theirs])
    model.compile({ optimizer: tf.train.adam(0.05), loss: "meanSquaredError" });
  const options = { epochs: 20, batchSize: 3, globalClipNorm: 0.2, ...quiet };
  await train(ours, x, x, options);
  await train(theirs, x, x, { ...options, compile: false });
  for (const [at, value] of weightsOf(theirs).entries()) expect(weightsOf(ours)[at]).toBeCloseTo(value, 5);
  x.dispose();
});

it.each<[string, FitOptions, RegExp]>([
  ["two ways of clipping", { clipNorm: 1, clipValue: 1 }, /one way of clipping; got clipNorm and clipValue/],
  ["a norm of 0", { globalClipNorm: 0 }, /globalClipNorm to be a finite number above 0; got 0/],
  [
    "an unknown record",
    { record: ["loss"] as never },
    /record of "learningRate" and "gradientNorm"; got loss/,
  ],
])("fit refuses %s", async (_, options, message) => {
  const [model, x] = [tinyModel(), tinyData()];
  const training = train(model, x, x, { ...options, ...quiet });
  await expect(training).rejects.toThrow(UsageError);
  await expect(training).rejects.toThrow(message);
  x.dispose();
});
