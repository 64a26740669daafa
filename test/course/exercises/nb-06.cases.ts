import type { ExerciseCases } from "./cases.js";

const linear = ({
  name = "bottleneck",
  build = "codeDim: 3",
  rows = "x",
  epochs = 60,
  rate = 0.01,
} = {}): string =>
  `const ${name} = undercomplete({ ${build}, learningRate: ${rate}, seed: 8 }); await fit(${name}.autoencoder, ${rows}, ${rows}, { epochs: ${epochs}, seed: 8, quiet: true });`;

const bent = ({ codes = 3, epochs = 80, extra = "", hidden = "[64, 32]" } = {}): string =>
  `const spriteModel = stacked({ inputDim: 256, hidden: ${hidden}, codeDim: ${codes}, seed: 4${extra} }); await fit(spriteModel.autoencoder, discs.train.features, discs.train.features, { epochs: ${epochs}, learningRate: cosineDecay(0.004), seed: 4, quiet: true });`;

/** The three models with parts to replace. */
const sandwich = ({
  units = 3,
  out = 64,
  decode = "down",
  result = "{ encoder, decoder, autoencoder }",
} = {}): string =>
  `var { sandwich } = (() => { const a = tf.input({ shape: [64] }), b = tf.input({ shape: [${units}] }); const up = tf.layers.dense({ units: ${units}, useBias: false }), down = tf.layers.dense({ units: ${out}, activation: 'sigmoid' }); const z = up.apply(a); const encoder = tf.model({ inputs: a, outputs: z }); const decoder = tf.model({ inputs: b, outputs: down.apply(b) }); const autoencoder = tf.model({ inputs: a, outputs: (${decode}).apply(z) }); return { sandwich: ${result} }; })();`;

export const cases06: Readonly<Record<string, ExerciseCases>> = {
  "06.1": {
    right: [
      "const parameters = (n, k) => (n + 1) * k + (k + 1) * n;",
      "const parameters = (n, k) => undercomplete({ inputDim: n, codeDim: k, seed: 1 }).autoencoder.countParams();",
      "const parameters = async (n, k) => 2 * n * k + n + k;",
    ],
    wrong: [
      ["const parameters = (n, k) => 2 * n * k;", /bias as well/],
      ["const parameters = (n, k) => n * k + k;", /encoder alone/],
      ["const parameters = (n, k) => n * k + n;", /decoder alone/],
      ["const parameters = (n, k) => 2 * n * k + 2 * n + k;", /biases of the inputs/],
      ["const parameters = () => 451;", /two layers/],
      ["const parameters = (n, k) => n + k + n;", /two layers/],
    ],
  },
  "06.2": {
    right: [
      sandwich(),
      "const sandwich = undercomplete({ inputDim: 64, codeDim: 3, seed: 5 });",
      "var { sandwich } = (() => { const encoder = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [64] })] }); const decoder = tf.sequential({ layers: [tf.layers.dense({ units: 64, inputShape: [3] })] }); const autoencoder = tf.sequential({ layers: [...encoder.layers, ...decoder.layers] }); return { sandwich: { autoencoder, decoder, encoder } }; })();",
    ],
    wrong: [
      [sandwich({ decode: "tf.layers.dense({ units: 64 })" }), /do not share/],
      [sandwich({ units: 4 }), /3 numbers a row/],
      [sandwich({ out: 32 }), /64 numbers a row/],
      [sandwich({ result: "autoencoder" }), /object with the models/],
      [sandwich({ result: "{ encoder: decoder, decoder: encoder, autoencoder }" }), /should take rows of 64/],
      ["const sandwich = 3;", /object with the models/],
      ["const sandwich = undercomplete({ inputDim: 32, codeDim: 3 });", /rows of 64/],
    ],
  },
  "06.3": {
    right: [
      linear(),
      "const { autoencoder: bottleneck } = undercomplete({ seed: 9, learningRate: 0.01 }); await fit(bottleneck, x, x, { epochs: 80, learningRate: cosineDecay(0.01), quiet: true });",
      "const bottleneck = undercomplete({ seed: 3 }); bottleneck.autoencoder.compile({ optimizer: tf.train.rmsprop(0.003), loss: 'meanSquaredError' }); await fit(bottleneck.autoencoder, x, x, { epochs: 120, learningRate: cosineDecay(0.003), seed: 3, quiet: true });",
      linear({ build: "inputDim: 64, codeDim: 2 + 1", rows: "train.features" }),
    ],
    wrong: [
      ["const bottleneck = undercomplete({ seed: 1 });", /trained on the digits/],
      [linear({ epochs: 3, rate: 0.001 }), /asked for/],
      [linear({ build: "codeDim: 2" }), /found their use|asked for/],
      [linear({ build: "codeDim: 8" }), /three dimensions/],
      [linear().replace("undercomplete(", "stacked("), /three dimensions/],
      [
        linear({ rows: "tf.randomUniform([1437, 64], 0, 1, 'float32', 1)" }),
        /trained on the digits|asked for/,
      ],
      ["const bottleneck = 0.0438;", /should be a model/],
      ["const bottleneck = linear;", /should be a model/],
    ],
    harmless: [/seed: 43/, /epochs: 51/, /inputDim: 65/, /1\.01|0\.01/],
  },
  "06.4": {
    right: [
      "const directions = shown.decoder.getWeights()[0].arraySync();",
      "const directions = tf.reverse(tf.mul(-2, shown.decoder.getWeights()[0]), 0);",
      "const directions = pca(await predict(shown.autoencoder, x), { components: 3 }).components;",
    ],
    wrong: [
      ["const directions = bottleneck.encoder.getWeights()[0];", /encoder's weights/],
      ["const directions = linear.components;", /PCA's plane itself/],
      ["const directions = bottleneck.decoder.getWeights()[1];", /table/],
      ["const directions = undercomplete({ seed: 1 }).decoder.getWeights()[0];", /largest angle/],
      ["const directions = pca(x, { components: 4 }).components.slice(1);", /largest angle/],
      ["const directions = pca(x, { components: 2 }).components;", /Three directions/],
      ["const directions = 2.1;", /numbers/],
    ],
  },
  "06.5": {
    right: [
      bent(),
      bent({ extra: ", activation: 'swish'", hidden: "[128, 64]" }),
      "const spriteModel = coders[3];",
      "const spriteModel = { encoder: coders[3].encoder, decoder: coders[3].decoder };",
    ],
    wrong: [
      [bent({ codes: 4 }), /should have 3/],
      [bent({ codes: 2 }), /should have 3/],
      [bent({ epochs: 3 }), /asked for/],
      ["const spriteModel = undercomplete({ inputDim: 256, codeDim: 3, seed: 1 });", /asked for/],
      ["const spriteModel = shown;", /rows of 256/],
      ["const spriteModel = coders[3].autoencoder;", /object with the models/],
      ["const spriteModel = 0.0002;", /object with the models/],
    ],
    harmless: [/./], // other sizes and recipes are other right answers
  },
};
