import type { ExerciseCases } from "./cases.js";

/** A cost with parts to replace. */
const cost = ({ by = "x.length * x[0].length", of = "** 2", end = "" } = {}): string =>
  `const cost = (x, y) => ${end}(x.reduce((s, r, i) => s + r.reduce((t, v, j) => t + (v - y[i][j]) ${of}, 0), 0) / (${by}));`;

/** A layer of 64 × 64 that is trained on `rows`. */
const trained = (rows: string, { rate = 0.01, epochs = 60, schedule = "cosineDecay(0.01)" } = {}): string =>
  `const universal = trivial({ trainable: true, learningRate: ${rate}, seed: 5 }); await fit(universal.autoencoder, ${rows}, ${rows}, { epochs: ${epochs}, learningRate: ${schedule}, seed: 5, quiet: true });`;

const noise = "const u = tf.randomUniform([1500, 64], 0, 1, 'float32', 11);";

export const cases04: Readonly<Record<string, ExerciseCases>> = {
  "04.1": {
    right: [
      "const copyLayer = (n) => ({ weights: tf.eye(n), bias: tf.zeros([n]) });",
      "function copyLayer(n) { const weights = []; for (let i = 0; i < n; i++) { weights.push(new Array(n).fill(0)); weights[i][i] = 1; } return { weights, bias: new Float32Array(n) }; }",
      "const copyLayer = async (size) => ({ bias: Array(size).fill(0), weights: Array.from({ length: size }, (_, r) => Array.from({ length: size }, (_, c) => +(r === c))) });",
    ],
    wrong: [
      ["const copyLayer = (n) => ({ weights: tf.ones([n, n]), bias: tf.zeros([n]) });", /no other/],
      ["const copyLayer = (n) => ({ weights: tf.eye(n), bias: tf.ones([n]) });", /bias is not 0/],
      ["const copyLayer = (n) => ({ weights: tf.eye(64), bias: tf.zeros([64]) });", /shape/],
      ["const copyLayer = (n) => ({ weights: tf.reverse(tf.eye(n), 0), bias: tf.zeros([n]) });", /exactly 0/],
      ["const copyLayer = (n) => ({ weights: tf.mul(tf.eye(n), 0.999), bias: tf.zeros([n]) });", /exactly 0/],
      ["const copyLayer = (n) => tf.eye(n);", /object with/],
      ["const copyLayer = (n) => { tf.eye(n); };", /return/],
    ],
  },
  "04.2": {
    right: [
      cost(),
      "const cost = (x, y) => tf.losses.meanSquaredError(x, y);",
      "const cost = async (x, y) => tf.mean(tf.squaredDifference(tf.tensor2d(x), tf.tensor2d(y))).dataSync()[0];",
      "const cost = (x, y) => { const all = x.flat(), other = y.flat(); return all.map((v, i) => (other[i] - v) ** 2).reduce((a, b) => a + b) / all.length; };",
    ],
    wrong: [
      [cost({ by: "1" }), /sum of the squares/],
      [cost({ by: "x.length" }), /rows only/],
      [cost({ by: "x[0].length" }), /columns only/],
      [cost({ end: "Math.sqrt" }), /square root/],
      [cost({ of: "* Math.sign(v - y[i][j])" }), /without their sign/],
      [cost({ of: "" }), /not the mean square/],
      ["const cost = () => 0;", /not the mean square/],
      ["const cost = (x, y) => tf.squaredDifference(x, y);", /one number/],
    ],
  },
  "04.3": {
    right: [
      "const constantPixels = (x) => { const out = []; for (let c = x[0].length - 1; c >= 0; c--) if (new Set(x.map((r) => r[c])).size === 1) out.push(c); return out; };",
      "const constantPixels = (x) => tf.tidy(() => { const t = tf.tensor2d(x); const same = tf.equal(tf.max(t, 0), tf.min(t, 0)).dataSync(); return [...same].flatMap((yes, c) => (yes ? [c] : [])); });",
      "const constantPixels = async (x) => x[0].map((_, c) => c).filter((c) => !x.some((r) => r[c] !== x[1][c]));",
    ],
    wrong: [
      ["const constantPixels = () => [0, 32, 39];", /vary|missing/],
      [
        "const constantPixels = (x) => x[0].map((_, c) => c).filter((c) => x.every((r) => r[c] === 0));",
        /need not be 0/,
      ],
      ["const constantPixels = (x) => x[0].map((_, c) => c).filter((c) => x[0][c] === x[1][c]);", /do vary/],
      [
        "const constantPixels = (x) => x[0].map((_, c) => c + 1).filter((c) => x.every((r) => r[c - 1] === x[0][c - 1]));",
        /vary/,
      ],
      [
        "const constantPixels = (x) => x[0].map((_, c) => x.every((r) => r[c] === x[0][c]));",
        /list of numbers/,
      ],
      ["const constantPixels = () => [];", /missing/],
    ],
    harmless: [/x\[0\]\.map/, /=== x\[1\]\[column\]/],
  },
  "04.4": {
    right: [
      "const strange = tf.oneHot(tf.fill([8], 32, 'int32'), 64);",
      "const strange = Array.from({ length: 6 }, (_, i) => Array.from({ length: 64 }, (_, at) => (at % 8 === 0 || at % 8 === 7 ? 1 : i / 9)));",
      "const strange = tf.ones([5, 64]);",
    ],
    wrong: [
      ["const strange = test.features.slice(0, 10);", /never seen ink/],
      ["const strange = tf.zeros([6, 64]);", /never seen ink/],
      ["const strange = tf.mul(tf.ones([6, 64]), 5);", /outside 0 to 1/],
      ["const strange = tf.ones([2, 64]);", /Five pictures/],
      ["const strange = tf.ones([6, 8]);", /64 numbers/],
      ["const strange = 0.03;", /numbers/],
    ],
    harmless: [/length: 6/, /\[1, 32, 39\]/, /\[0, 33, 39\]/, /\[0, 32, 40\]/, /\? 1 : 1/],
  },
  "04.5": {
    right: [
      noise + trained("u"),
      "const u = tf.randomNormal([1500, 64], 0, 1, 'float32', 12); " +
        trained("u").replaceAll("seed: 5", "seed: 9"),
      "const universal = tf.sequential(); universal.add(tf.layers.dense({ units: 64, inputShape: [64], useBias: false })); universal.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' }); { const u = tf.randomUniform([1500, 64], 0, 1, 'float32', 13); await fit(universal, u, u, { epochs: 60, learningRate: cosineDecay(0.01), quiet: true }); }",
      "const rows = tf.concat([train.features, tf.sub(1, train.features), tf.randomUniform([1500, 64], 0, 1, 'float32', 14)]); const { autoencoder: universal } = trivial({ trainable: true, learningRate: 0.01, seed: 6 }); await fit(universal, rows, rows, { epochs: 60, learningRate: cosineDecay(0.01), quiet: true });",
    ],
    wrong: [
      ["const universal = layer;", /noise is not/],
      ["const universal = copier;", /not trained/],
      [noise + trained("u", { epochs: 1 }), /asked for/],
      [trained("train.features"), /noise is not/],
      [
        "const universal = trivial({ trainable: true }); universal.autoencoder.setWeights([tf.eye(64), tf.zeros([64])]);",
        /set by hand/,
      ],
      ["const universal = 0.00001;", /should be a model/],
      ["const universal = trivial({ trainable: true, seed: 1 });", /held-out digits/],
      [`${noise + trained("u")} universal.dispose();`, /disposed of/],
    ],
    harmless: [
      /\[1501, 64\]/,
      /seed: \d/,
      /"float32", 4/,
      /epochs: 61/,
      /0, 2, "float32"/,
      /, 1, 1, /,
      /\[1500, 64\], 1, /,
    ],
  },
};
