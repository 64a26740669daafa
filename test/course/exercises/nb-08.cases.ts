import type { ExerciseCases } from "./cases.js";

/** A parameters with parts to replace. */
const parameters = ({ term = "w[i] * w[i + 1] + w[i + 1]", from = "0" } = {}): string =>
  `const parameters = (w) => { let n = 0; for (let i = ${from}; i < w.length - 1; i++) n += ${term}; return n; };`;

/** Trains for a few epochs and hands over. */
const champion = (options: string, { epochs = 60, result = "ae" } = {}): string =>
  `const ae = stacked(${options}); if (${epochs} > 0) await fit(ae.autoencoder, train.features, train.features, { epochs: ${epochs}, learningRate: 0.002, seed: 1, quiet: true }); const champion = ${result};`;

const walk = ({ steps = "(n - 1)", point = "v + (b[j] - v) * t", start = "a" } = {}): string =>
  `const walk = (a, b, n) => Array.from({ length: n }, (_, i) => { const t = i / ${steps}; return ${start}.map((v, j) => ${point}); });`;

export const cases08: Readonly<Record<string, ExerciseCases>> = {
  "08.1": {
    right: [
      parameters(),
      "const parameters = (w) => w.slice(1).map((to, i) => to * (w[i] + 1)).reduce((a, b) => a + b, 0);",
      "async function parameters(w) { const m = tf.sequential(); w.slice(1).forEach((units, i) => m.add(tf.layers.dense({ units, inputShape: i ? undefined : [w[0]] }))); return m.countParams(); }",
    ],
    wrong: [
      [parameters({ term: "w[i] * w[i + 1]" }), /weights only/],
      [parameters({ term: "w[i] * w[i + 1] + w[i]" }), /Each layer|biases/],
      [parameters({ from: "1" }), /Each layer/],
      [
        "const parameters = (w) => w.slice(1).reduce((s, to, i) => s + w[i] * to, 0) + w.reduce((s, n) => s + n);",
        /input, too/,
      ],
      ["const parameters = () => 5379;", /10-4-10/],
      ["const parameters = (w) => w.reduce((s, n) => s + n);", /Each layer/],
    ],
  },
  "08.2": {
    right: [
      "const own = stacked({ hidden: [40, 20, 10], activation: 'tanh' });",
      "const own = stacked({ hidden: [100, 50], outputActivation: 'linear', seed: 9 });",
      "const i = tf.input({ shape: [64] }); const d = (units, activation) => tf.layers.dense({ units, activation }); const h = d(3, 'linear').apply(d(9, 'relu').apply(d(20, 'relu').apply(i))); const encoder = tf.model({ inputs: i, outputs: h }); const decoder = tf.sequential({ layers: [tf.layers.dense({ units: 12, activation: 'selu', inputShape: [3] }), d(30, 'selu'), d(64, 'sigmoid')] }); const own = { encoder, decoder, autoencoder: tf.model({ inputs: i, outputs: decoder.apply(h) }) };",
    ],
    wrong: [
      ["const own = stacked({ hidden: [32, 16] });", /Choose other/],
      ["const own = stacked({ hidden: [48] });", /1 hidden layer/],
      ["const own = stacked({ hidden: [48, 24], activation: 'linear' });", /0 hidden layers/],
      ["const own = stacked({ hidden: [48, 24], codeDim: 4 });", /has 4 numbers/],
      [
        "const own = { ...stacked({ hidden: [48, 24], seed: 1 }), decoder: stacked({ hidden: [48, 24], seed: 2 }).decoder };",
        /share their layers/,
      ],
      [
        "const a = stacked({ hidden: [48, 24] }); const own = { encoder: a.autoencoder, decoder: a.autoencoder, autoencoder: a.autoencoder };",
        /has 64 numbers/,
      ],
      ["const own = { encoder: 1, decoder: 2, autoencoder: 3 };", /model of TensorFlow/],
    ],
    harmless: [/hidden: \[/, /seed: /],
  },
  "08.3": {
    right: [
      champion("{ hidden: [64, 32], activation: 'tanh', seed: 2 }"),
      champion("{ hidden: [128], seed: 3 }", { epochs: 90 }),
      "const champion = { encoder: model.encoder, decoder: model.decoder };",
    ],
    wrong: [
      [champion("{ seed: 2 }", { epochs: 2 }), /we want 0.0371/],
      [champion("{ seed: 2 }", { epochs: 0 }), /Was this model trained/],
      [champion("{ seed: 2, codeDim: 8 }", { epochs: 0 }), /has 8 numbers/],
      [
        champion("{ seed: 2, codeActivation: 'relu' }", {
          epochs: 0,
          result:
            "{ ...ae, encoder: tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [64], activation: 'relu', kernelInitializer: 'zeros' })] }) }",
        }),
        /dead/,
      ],
      [
        champion("{ seed: 2 }", { epochs: 0, result: "{ encoder: model.encoder, decoder: ae.decoder }" }),
        /belong together/,
      ],
      ["const champion = { encoder: model.autoencoder, decoder: model.decoder };", /has 64 numbers/],
      ["const champion = { encoder: 0.0337, decoder: 0.0337 };", /model of TensorFlow/],
    ],
    harmless: [/hidden: \[/, /seed: /, /epochs: /],
  },
  "08.4": {
    right: [
      walk(),
      walk({ point: "t * b[j] + (1 - t) * v" }),
      "const walk = async (a, b, n) => tf.tidy(() => { const t = tf.reshape(tf.linspace(0, 1, n), [n, 1]); return tf.add(tf.mul(tf.sub(1, t), [a]), tf.mul(t, [b])); });",
    ],
    wrong: [
      [walk({ steps: "n" }), /last point/],
      [walk({ point: "t * v + (1 - t) * b[j]" }), /wrong way/],
      [walk({ point: "v + (b[j] - v) * t * t" }), /equal distances/],
      ["const walk = (a, b, n) => [a, b];", /Asked for 10/],
      ["const walk = (a, b, n) => Array(n).fill(a);", /last point/],
      ["const walk = (a, b, n) => Array.from({ length: n }, (_, i) => i / (n - 1));", /table/],
    ],
  },
};
