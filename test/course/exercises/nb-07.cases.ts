import type { ExerciseCases } from "./cases.js";

const cosine = ({ size = "Math.hypot(...a) * Math.hypot(...b)", outer = "Math.abs" } = {}): string =>
  `const cosine = (a, b) => ${outer}(a.map((v, i) => v * b[i]).reduce((s, v) => s + v)) / (${size});`;

/** A network of 2 codes. */
const winner = ({
  build = "stacked({ hidden: [48], codeDim: 2, seed: 2 })",
  epochs = 70,
  rows = "x",
} = {}): string =>
  `const winner = ${build}; await fit(winner.autoencoder, ${rows}, ${rows}, { epochs: ${epochs}, learningRate: cosineDecay(0.003), seed: 2, quiet: true });`;

export const cases07: Readonly<Record<string, ExerciseCases>> = {
  "07.1": {
    right: [
      cosine(),
      "const cosine = (a, b) => tf.abs(tf.metrics.cosineProximity(a, b));",
      "async function cosine(a, b) { let ab = 0, aa = 0, bb = 0; for (let i = 0; i < a.length; i++) { ab += a[i] * b[i]; aa += a[i] ** 2; bb += b[i] ** 2; } return Math.sqrt(ab ** 2 / aa / bb); }",
      "const cosine = match;",
    ],
    wrong: [
      [cosine({ outer: "" }), /sign/],
      [cosine({ size: "1" }), /product alone/],
      [cosine({ size: "Math.hypot(...a) ** 2 * Math.hypot(...b) ** 2" }), /Take the root/],
      [cosine({ size: "Math.hypot(...a)" }), /not the cosine/],
      ["const cosine = () => 0.348;", /not the cosine/],
      ["const cosine = (a, b) => { match(a, b); };", /return/],
    ],
    harmless: [/sum - value/], // the sign of the sum is dropped
  },
  "07.2": {
    right: [
      "const mixed = (E, D) => ({ E: E.map(([a, b, c]) => [a, b, c + 2 * a]), D: [D[0].map((v, i) => v - 2 * D[2][i]), D[1], D[2]] });",
      "const mixed = (E, D) => { const s = Math.SQRT1_2; const R = [[s, -s, 0], [s, s, 0], [0, 0, 1]]; return { E: tf.matMul(E, R), D: tf.matMul(R, D, true) }; };",
      "const mixed = async (E, D) => { const R = tf.tensor2d([[1, 0, 0], [1, 1, 0], [1, 1, 1]]), inverse = tf.tensor2d([[1, 0, 0], [-1, 1, 0], [0, -1, 1]]); return { D: tf.matMul(inverse, D).arraySync(), E: tf.matMul(E, R).arraySync() }; };",
    ],
    wrong: [
      ["const mixed = (E, D) => ({ E, D });", /same three directions/],
      [
        "const mixed = (E, D) => ({ E: E.map((r) => r.map((v) => 2 * v)), D: D.map((r) => r.map((v) => v / 2)) });",
        /same three directions/,
      ],
      [
        "const mixed = (E, D) => ({ E: E.map(([a, b, c]) => [b, -a, c]), D: [D[1], D[0].map((v) => -v), D[2]] });",
        /same three directions/,
      ],
      [
        "const mixed = (E, D) => ({ E: E.map(([a, b, c]) => [a + b, b, c]), D: [D[0].map((v, i) => v - D[1][i]), D[1], D[2]] });",
        /has to undo/,
      ],
      ["const mixed = (E, D) => ({ E: E.map(([a, b, c]) => [a + b, b, c]), D });", /has to undo/],
      ["const mixed = (E, D) => [E, D];", /object with/],
      ["const mixed = (E, D) => ({ E: D, D: E });", /shape/],
    ],
  },
  "07.3": {
    right: [
      "const recovered = pca(network.autoencoder.predict(x), { components: 3 }).components;",
      "const recovered = tf.neg(tf.tensor2d(pca(rebuilt, { components: 3, solver: 'full' }).components.map((row) => [...row])));",
      "const recovered = straightened(decayed.layers[1].getWeights()[0].arraySync());",
      "const own = undercomplete({ seed: 6 }); await fit(own.autoencoder, x, x, { epochs: 120, learningRate: cosineDecay(0.01), seed: 6, quiet: true }); const recovered = pca(own.autoencoder.predict(x), { components: 3 }).components;",
    ],
    wrong: [
      ["const recovered = linear.components;", /data itself/],
      ["const recovered = W2;", /from the weights/],
      ["const recovered = straightened(W2);", /from the weights/],
      ["const recovered = [...pca(rebuilt, { components: 3 }).components].reverse();", /strongest first/],
      ["const recovered = pca(rebuilt, { components: 2 }).components;", /shape/],
      ["const recovered = pca(await predict(network.encoder, x), { components: 3 }).components;", /shape/],
      ["const recovered = [0.9999, 0.9999, 0.9999];", /table/],
    ],
  },
  "07.4": {
    right: [
      "const bound = (x, k) => { const all = pca(x, { components: x.shape[1], solver: 'full' }).singularValues; return all.slice(k).reduce((s, v) => s + v * v, 0) / x.size; };",
      "const bound = (x, k) => reconstructionError(pca(x, { components: k }), x);",
      "const bound = async (x, k) => { const { explainedVariance } = pca(x, { components: x.shape[1] }); const [m, n] = x.shape; return explainedVariance.slice(k).reduce((s, v) => s + v, 0) * (m - 1) / (m * n); };",
    ],
    wrong: [
      [
        "const bound = (x, k) => pca(x, { components: x.shape[1] }).singularValues.slice(k).reduce((s, v) => s + v * v, 0);",
        /sum of the squares/,
      ],
      [
        "const bound = (x, k) => pca(x, { components: x.shape[1] }).singularValues.slice(k).reduce((s, v) => s + v * v, 0) / x.shape[0];",
        /rows only/,
      ],
      [
        "const bound = (x, k) => reconstructionError(pca(x, { components: k + 1 }), x);",
        /one component more/,
      ],
      ["const bound = () => 0.043926;", /one component|best plane|better plane/],
      ["const bound = (x, k) => 0;", /below what/],
      [
        "const bound = (x, k) => pca(x, { components: x.shape[1] }).singularValues.slice(k).reduce((s, v) => s + v, 0) / x.size;",
        /below what|better plane/,
      ],
    ],
  },
  "07.5": {
    right: [
      winner(),
      winner({
        build: "stacked({ hidden: [64, 32], codeDim: 2, seed: 3, activation: 'swish' })",
        epochs: 90,
      }),
      winner({ build: "stacked({ hidden: [32, 16], codeDim: 2, seed: 4, activation: 'tanh' })", epochs: 90 }),
    ],
    wrong: [
      [winner({ build: "stacked({ hidden: [48], codeDim: 3, seed: 2 })" }), /should have 2/],
      [winner({ build: "undercomplete({ codeDim: 2, seed: 2 })" }), /no better than PCA/],
      [
        winner({ build: "undercomplete({ codeDim: 2, codeActivation: 'tanh', seed: 2 })" }),
        /no better than PCA/,
      ],
      [winner({ epochs: 2 }), /asked for/],
      ["const winner = network;", /should have 2/],
      ["const winner = network.autoencoder;", /object with/],
      ["const winner = 0.044;", /object with/],
    ],
    harmless: [/./], // other sizes and recipes are other right answers
  },
};
