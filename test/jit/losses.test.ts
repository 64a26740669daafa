// Every loss, by the names of the layers API and as tf.losses, in 20 steps against TensorFlow.js's own.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { beforeAll, expect, it } from "vitest";
import { dense, uniform } from "./models.js";
import { compareTraining } from "./training-pairs.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

type Loss = (truth: tf.Tensor, output: tf.Tensor) => tf.Tensor;

/** Loss, the activation before it, and whether targets are one of five classes or numbers in [0, 1). */
const losses: [
  name: string,
  loss: string | Loss,
  activation: string,
  targets: "class" | "number" | "index",
][] = [
  ...(
    [
      ["meanSquaredError", "linear", "number"],
      ["meanAbsoluteError", "selu", "number"],
      ["meanAbsolutePercentageError", "sigmoid", "number"],
      ["meanSquaredLogarithmicError", "softplus", "number"],
      ["squaredHinge", "tanh", "class"],
      ["hinge", "tanh", "class"],
      ["categoricalHinge", "tanh", "class"],
      ["logcosh", "linear", "number"],
      ["categoricalCrossentropy", "softmax", "class"],
      ["sparseCategoricalCrossentropy", "softmax", "index"],
      ["binaryCrossentropy", "sigmoid", "number"],
      ["kullbackLeiblerDivergence", "softmax", "number"],
      ["poisson", "softplus", "number"],
      ["cosineProximity", "tanh", "number"],
    ] as const
  ).map(([name, activation, targets]): (typeof losses)[number] => [name, name, activation, targets]),
  ["tf.losses.absoluteDifference", (y, p) => tf.losses.absoluteDifference(y, p), "tanh", "number"],
  ["tf.losses.cosineDistance", (y, p) => tf.losses.cosineDistance(y, p, 1), "tanh", "number"],
  ["tf.losses.hingeLoss", (y, p) => tf.losses.hingeLoss(y, p), "tanh", "class"],
  ["tf.losses.huberLoss", (y, p) => tf.losses.huberLoss(y, p, undefined, 0.3), "tanh", "number"],
  ["tf.losses.logLoss", (y, p) => tf.losses.logLoss(y, p), "sigmoid", "number"],
  ["tf.losses.meanSquaredError", (y, p) => tf.losses.meanSquaredError(y, p), "linear", "number"],
  ["tf.losses.sigmoidCrossEntropy", (y, p) => tf.losses.sigmoidCrossEntropy(y, p), "linear", "class"],
  ["tf.losses.softmaxCrossEntropy", (y, p) => tf.losses.softmaxCrossEntropy(y, p), "linear", "class"],
  [
    "tf.losses.computeWeightedLoss",
    (y, p) => tf.losses.computeWeightedLoss(tf.abs(tf.sub(y, p)), tf.scalar(0.5)),
    ...(["linear", "number"] as const),
  ],
];

it.each(losses)("20 steps with %s equal the CPU backend's", async (_name, loss, activation, targets) => {
  const x = uniform(40, 5, 3);
  const index = tf.tidy(() => tf.cast(tf.expandDims(tf.argMax(x, 1), 1), "float32"));
  const classes = tf.tidy(() => tf.cast(tf.oneHot(tf.argMax(x, 1), 5), "float32"));
  const y = { class: classes, number: x, index }[targets];
  const build = (): LayersModel => {
    const model = dense({
      inputs: 5,
      layers: [
        [7, "relu"],
        [5, activation],
      ],
    });
    // Not Adam: it makes steps of full length out of gradients that are rounding errors.
    model.compile({
      optimizer: tf.train.sgd(targets === "number" ? 0.005 : 0.05),
      loss: loss as "hinge",
      metrics: ["accuracy"],
    });
    return model;
  };
  const off = await compareTraining(build, [x, y], { epochs: 2, batchSize: 4 });
  expect(off.weights).toBeLessThan(1e-5);
  expect(off.losses / (1 + Math.abs(off.history[0] as number))).toBeLessThan(1e-5);
  tf.dispose([x, index, classes]);
});
