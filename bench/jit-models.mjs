// The models of the jit's bench, for TensorFlow.js; jit_torch.py builds the same ones for PyTorch.
import * as tf from "@tensorflow/tfjs-core";
import { initializers, input, layers, model as layersModel, sequential } from "@tensorflow/tfjs-layers";

const seeded = (seed) => ({ kernelInitializer: initializers.glorotUniform({ seed }) });
const adam = () => tf.train.adam(0.001, 0.9, 0.999, 1e-7);

function dense(inputs, list) {
  const model = sequential();
  for (const [at, [units, activation]] of list.entries())
    model.add(
      layers.dense({ units, activation, ...(at === 0 ? { inputShape: [inputs] } : {}), ...seeded(at + 1) }),
    );
  model.compile({ optimizer: adam(), loss: "meanSquaredError" });
  return model;
}

const courseLayers = [
  [32, "elu"],
  [16, "elu"],
  [3, "linear"],
  [16, "elu"],
  [32, "elu"],
  [64, "sigmoid"],
];
const denseLayers = [
  [128, "relu"],
  [32, "relu"],
  [128, "relu"],
  [784, "sigmoid"],
];

function convolutional() {
  const model = sequential();
  const common = { kernelSize: 3, strides: 2, padding: "same" };
  model.add(
    layers.conv2d({ ...common, filters: 16, activation: "relu", inputShape: [28, 28, 1], ...seeded(1) }),
  );
  model.add(layers.conv2d({ ...common, filters: 8, activation: "relu", ...seeded(2) }));
  model.add(layers.conv2dTranspose({ ...common, filters: 16, activation: "relu", ...seeded(3) }));
  model.add(layers.conv2dTranspose({ ...common, filters: 1, activation: "sigmoid", ...seeded(4) }));
  model.compile({ optimizer: adam(), loss: "meanSquaredError" });
  return model;
}

/** z = mean + exp(log variance / 2) · noise, new noise at each step. */
class Sampling extends layers.Layer {
  static className = "BenchSampling";
  computeOutputShape(shapes) {
    return shapes[0];
  }
  call([mean, logVariance]) {
    return tf.tidy(() => tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), tf.randomNormal(mean.shape))));
  }
}

/** 784-256-8-256-784; the output carries mean and log variance along, for the loss. */
function vae() {
  const x = input({ shape: [784] });
  const hidden = layers.dense({ units: 256, activation: "relu", ...seeded(1) }).apply(x);
  const mean = layers.dense({ units: 8, ...seeded(2) }).apply(hidden);
  const logVariance = layers.dense({ units: 8, ...seeded(3) }).apply(hidden);
  const z = new Sampling({}).apply([mean, logVariance]);
  const back = layers.dense({ units: 256, activation: "relu", ...seeded(4) }).apply(z);
  const output = layers.dense({ units: 784, activation: "sigmoid", ...seeded(5) }).apply(back);
  const model = layersModel({ inputs: x, outputs: layers.concatenate().apply([output, mean, logVariance]) });
  const loss = (truth, given) => {
    const [reconstruction, mu, logS] = tf.split(given, [784, 8, 8], 1);
    const rows = tf.slice(truth, [0, 0], [-1, 784]);
    const divergence = tf.sum(tf.sub(tf.add(tf.square(mu), tf.exp(logS)), tf.add(logS, 1)), 1);
    return tf.add(tf.mean(tf.squaredDifference(rows, reconstruction), 1), tf.mul(divergence, 0.5 / 784));
  };
  model.compile({ optimizer: adam(), loss });
  return model;
}

function lstm() {
  const model = sequential();
  const gates = { recurrentActivation: "sigmoid", unitForgetBias: false };
  const start = (seed) => ({
    ...seeded(seed),
    recurrentInitializer: initializers.glorotUniform({ seed: seed + 9 }),
  });
  model.add(layers.lstm({ units: 32, inputShape: [16, 8], ...gates, ...start(1) }));
  model.add(layers.repeatVector({ n: 16 }));
  model.add(layers.lstm({ units: 32, returnSequences: true, ...gates, ...start(2) }));
  model.add(layers.dense({ units: 8, ...seeded(3) }));
  model.compile({ optimizer: adam(), loss: "meanSquaredError" });
  return model;
}

/**
 * `slow` is how many rows TensorFlow.js's backends train; their times are multiplied up. `agree` is how far the first
 * epoch's losses may part: the VAE's contenders draw different noise.
 */
export const models = [
  {
    ...{ name: "course: 64-32-16-3-16-32-64, 1,437 rows, batch 32", kind: "dense", layers: courseLayers },
    ...{
      shape: [64],
      rows: 1437,
      batch: 32,
      build: () => dense(64, courseLayers),
      target: 0.4,
      slow: 1437,
      first: 150,
    },
  },
  {
    ...{ name: "dense: 784-128-32-128-784, 60,000 rows, batch 256", kind: "dense", layers: denseLayers },
    ...{
      shape: [784],
      rows: 60000,
      batch: 256,
      build: () => dense(784, denseLayers),
      target: 0.6,
      wasm: 50,
      slow: 2560,
      agree: 1e-4, // after 235 steps; beta powers are float32 in TensorFlow.js, doubles in PyTorch
    },
  },
  {
    ...{ name: "convolutional: 28×28×1, 16 and 8 filters, 1,280 rows, batch 128", kind: "convolutional" },
    ...{ shape: [28, 28, 1], rows: 1280, batch: 128, build: convolutional, target: 1, slow: 128 },
  },
  {
    ...{ name: "VAE: 784-256-8-256-784, 6,400 rows, batch 128", kind: "vae" },
    ...{ shape: [784], rows: 6400, batch: 128, build: vae, slow: 1280, agree: 2e-3 },
  },
  {
    ...{ name: "LSTM: 16 steps of 8, 32 units, 640 rows, batch 32", kind: "lstm" },
    ...{ shape: [16, 8], rows: 640, batch: 32, build: lstm, slow: 128 },
  },
];

/** Uniform in [0, 1), from a small linear congruential generator so that each run has the same. */
export function data({ rows, shape }) {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const size = shape.reduce((product, each) => product * each, rows);
  return tf.tensor(Float32Array.from({ length: size }, next), [rows, ...shape]);
}
