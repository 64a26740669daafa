// Trains the course's "honest losses" (notebook 09) with the seeds, epochs and learning rates of the PyTorch reference, and
// writes notebooks/honest-losses.json: mean and sd beside the reference's. Where it was stopped it goes on.
// `npm run honest-losses` takes some minutes; `-- --again` starts from nothing.
import { readFile, writeFile } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs-node";
import { adjustedRandIndex, kMeans, pca, probe } from "../dist/analysis/index.js";
import { load } from "../dist/data/index.js";
import { cosineDecay, fitSeeds, predict, reconstructionError } from "../dist/train/index.js";

const target = new URL("../notebooks/honest-losses.json", import.meta.url);
const again = process.argv.includes("--again");
const results = again
  ? {}
  : await readFile(target, "utf8").then(
      (text) => JSON.parse(text).results,
      () => ({}),
    );
const { train, test } = (await load("digits")).split();

const [{ runs: references }, { binaryCrossentropy }] = await Promise.all(
  ["training-runs", "autoencoders"].map(async (name) =>
    JSON.parse(await readFile(new URL(`../test/golden/${name}.json`, import.meta.url), "utf8")),
  ),
);

/** A network of the reference by its name there: its recipe, and the mean and sd of its held-out error. */
function asThere(name, { reference, ...more } = {}) {
  const { dims, activations, epochs, lr, decay, opt, seeds, test } = references[name];
  return {
    ...{ dims, activations, epochs, seeds, sgd: opt === "sgd", ...more },
    // PyTorch's CosineAnnealingLR, stepped once an epoch.
    learningRate: decay === "cosine" ? cosineDecay(lr, { staircase: true }) : lr,
    reference: { mean: Number(test.mean.toFixed(5)), sd: Number(test.sd.toFixed(5)), ...reference },
  };
}

const stackedCosine = asThere("stacked_elu_adam3e-3_cosine_100");
const small = (rows) => ({
  ...{ ...stackedCosine, rows, epochs: Math.round((100 * 1437) / rows), seeds: 5 },
  reference: {},
});
const runs = {
  "stacked, Adam 0.001": asThere("GATE_stacked_elu_adam1e-3_b32", {
    codes: true,
    reference: { logistic: 0.732, neighbors: 0.797, ari: 0.53 },
  }),
  "stacked, cosine, 300 epochs": asThere("stacked_elu_adam3e-3_cosine_300"),
  "stacked, cosine": stackedCosine,
  "deep encoder, linear decoder": asThere("deep_encoder_lin_decoder_64_32_16_3_64_elu_cosine_100"),
  "linear encoder, deep decoder": asThere("deep_decoder_only_64_3_16_32_64_elu_cosine_100"),
  "ReLU codes, 64-3-64": asThere("nonlinear_64_3relu_64sigmoid", {
    dead: true,
    reference: { dead: 7, of: 30 },
  }),
  "stacked, plain SGD 0.1": asThere("stacked_elu_sgd0.1_200"),
  "k = 32, 64-48-32-48-64": asThere("k32_direct_64_48_32_48_64_elu_cosine_100"),
  "50 training rows": small(50),
  "100 training rows": small(100),
  "200 training rows": small(200),
  "400 training rows": small(400),
};

for (const [name, run] of Object.entries(runs)) {
  if (results[name]) continue;
  const rows = tf.slice(train.features, 0, run.rows ?? 1437);
  const options = { seeds: run.seeds, epochs: run.epochs, learningRate: run.learningRate, quiet: true };
  const { values, mean, sd } = await fitSeeds((seed) => network(run, seed), rows, rows, {
    ...options,
    measure: (model) => measured(model, run),
  });
  const components = Math.min(...run.dims);
  const linear = pca(rows, { components });
  results[name] = {
    ...{ network: run.dims.join("-"), epochs: run.epochs, seeds: run.seeds },
    ...{ mean: digits(mean.test), sd: digits(sd.test), worst: digits(Math.max(...values.test)) },
    ...(run.codes
      ? { logistic: digits(mean.logistic), neighbors: digits(mean.neighbors), ari: digits(mean.ari) }
      : {}),
    ...(run.dead
      ? { dead: values.dead.reduce((sum, each) => sum + each, 0), of: components * run.seeds }
      : {}),
    ...{ pca: digits(await reconstructionError(linear, test.features)), reference: run.reference },
  };
  await save();
  console.log(name.padEnd(30), JSON.stringify(results[name]));
}
const entropy = tf.metrics.binaryCrossentropy(test.features, tf.clipByValue(test.features, 1e-7, 1 - 1e-7));
results["binary cross-entropy of a perfect reconstruction"] = {
  value: digits(tf.mean(entropy).dataSync()[0]),
  reference: { value: Number(binaryCrossentropy.perfect_reconstruction_test.toFixed(5)) },
};
await save();

/** Dense layers of the given widths, the narrowest the coding layer; started as Keras starts them. */
function network({ dims, activations, sgd, learningRate }, seed) {
  const input = tf.input({ shape: [dims[0]] });
  const at = dims.indexOf(Math.min(...dims)) - 1;
  const outputs = [];
  for (const [layer, units] of dims.slice(1).entries()) {
    const start = tf.initializers.glorotUniform({ seed: 1000 * seed + layer + 1 });
    const dense = tf.layers.dense({ units, activation: activations[layer], kernelInitializer: start });
    outputs.push(dense.apply(outputs.at(-1) ?? input));
  }
  const autoencoder = tf.model({ inputs: input, outputs: outputs.at(-1) });
  const encoder = tf.model({ inputs: input, outputs: outputs[at] });
  autoencoder.compile({
    optimizer: sgd ? tf.train.sgd(learningRate) : tf.train.adam(0.001),
    loss: "meanSquaredError",
  });
  return { autoencoder, encoder, dispose: () => autoencoder.dispose() };
}

async function measured({ autoencoder, encoder }, { codes, dead }) {
  const found = { test: await reconstructionError(autoencoder, test.features) };
  if (!codes && !dead) return found;
  const inside = await predict(encoder, train.features);
  const { variance } = tf.moments(inside, 0);
  if (dead) return { ...found, dead: Array.from(variance.dataSync()).filter((each) => each < 1e-12).length };
  const held = { codes: await predict(encoder, test.features), labels: test.labels };
  const { labels } = await kMeans(inside, { clusters: 10, restarts: 20, seed: 0 });
  return {
    ...found,
    ...probe({ codes: inside, labels: train.labels }, held),
    ari: adjustedRandIndex(train.labels, labels),
  };
}

function digits(value) {
  return Number(value.toPrecision(4));
}

function save() {
  const made =
    "npm run honest-losses; held-out mean squared error of the digits, mean and sd over seeds; reference: PyTorch 1.13, scikit-learn 1.2.1";
  return writeFile(target, `${JSON.stringify({ made, results }, null, 2)}\n`);
}
