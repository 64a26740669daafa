import type { ExerciseCases } from "./cases.js";

/** A meanAndSd with parts to replace. */
const meanAndSd = ({ by = "(e.length - 1)", sd = "Math.sqrt(v)", mean = "m" } = {}): string =>
  `const meanAndSd = (e) => { const m = e.reduce((s, x) => s + x) / e.length; const v = e.reduce((s, x) => s + (x - m) * (x - m), 0) / ${by}; return { mean: ${mean}, sd: ${sd} }; };`;

/** Trains five of each for a few epochs; the check is not about how well. */
const halves = ({
  encoder = "{ encoder: [20], output: 'linear' }",
  decoder = "{ decoder: [20] }",
  epochs = 12,
  seeds = "[1, 2, 3, 4, 5]",
  seed = "seed",
} = {}): string =>
  `const train5 = async (parts) => { const list = []; for (const seed of ${seeds}) { const m = network(parts, ${seed}); if (${epochs} > 0) await fit(m, train.features, train.features, { epochs: ${epochs}, learningRate: 0.004, seed: ${seed}, quiet: true }); list.push(m); } return list; }; const halves = { encoder: await train5(${encoder}), decoder: await train5(${decoder}) };`;

/** Five "reconstructions" of a side: the held-out pictures, drawn towards the mean picture by about `level`. */
const side = (level: number, step = 0.002): string =>
  `[0, 1, 2, 3, 4].map((i) => tf.add(test.features, tf.mul(${level} + i * ${step}, tf.sub(tf.mean(train.features, 0, true), test.features))))`;
const noisy = (level: number): string =>
  `[1, 2, 3, 4, 5].map((seed) => tf.add(test.features, tf.randomNormal([360, 64], 0, ${level}, "float32", seed)))`;
const experiment = (baseline: string, changed: string, conclusion: string): string =>
  `const experiment = { question: "q", baseline: ${baseline}, changed: ${changed}, conclusion: ${JSON.stringify(conclusion)} };`;

export const cases09: Readonly<Record<string, ExerciseCases>> = {
  "09.1": {
    right: [
      meanAndSd(),
      "const meanAndSd = (e) => { const n = e.length; let s = 0, q = 0; for (const x of e) { s += x; q += x * x; } return { sd: Math.sqrt((q - (s * s) / n) / (n - 1)), mean: s / n }; };",
      "async function meanAndSd(list) { const t = tf.tensor1d(list); const { mean, variance } = tf.moments(t); return { mean, sd: tf.sqrt(tf.mul(variance, list.length / (list.length - 1))) }; }",
    ],
    wrong: [
      [meanAndSd({ by: "e.length" }), /divide by n/],
      [meanAndSd({ sd: "v" }), /variance/],
      [meanAndSd({ mean: "e[0]" }), /mean of 5/],
      [meanAndSd({ sd: "0.001" }), /standard deviation of 5/],
      ["const meanAndSd = () => ({ mean: 0.0344, sd: 0.0009 });", /mean of 5/],
      ["const meanAndSd = (e) => [e[0], e[1]];", /mean/],
    ],
  },
  "09.2": {
    right: [
      halves(),
      halves({
        encoder: "{ encoder: [16, 8], output: 'linear' }",
        decoder: "{ decoder: [8, 24] }",
        epochs: 16,
      }),
      halves({ seeds: "[7, 8, 9, 20, 21, 22]" }),
    ],
    wrong: [
      [halves({ seeds: "[1, 2]", epochs: 1 }), /five seeds/],
      [halves({ seed: "1", epochs: 8 }), /seed of its own/],
      [halves({ epochs: 0 }), /trained long enough/],
      [
        halves({ encoder: "{ decoder: [20] }", decoder: "{ encoder: [20], output: 'linear' }", epochs: 1 }),
        /no hidden layer/,
      ],
      [halves({ encoder: "{ encoder: [20] }", epochs: 1 }), /bent output/],
      [halves({ decoder: "{ encoder: [20], decoder: [20] }" }), /bent encoder/],
      [
        "const halves = { encoder: [0.049, 0.048, 0.05, 0.049, 0.047], decoder: [0.042, 0.041, 0.04, 0.04, 0.04] };",
        /model of TensorFlow/,
      ],
      [halves({ encoder: "{ encoder: [20], output: 'linear', codeDim: 4 }", epochs: 1 }), /three neurons/],
    ],
    harmless: [/epochs: /, /seed of \[/, /\[24\]/],
  },
  "09.3": {
    right: [
      "const deadCodes = (codes) => Array.from(tf.moments(codes, 0).variance.dataSync()).filter((v) => v < 1e-10).length;",
      "const deadCodes = (codes) => { const rows = codes.arraySync(); return rows[0].filter((_, c) => rows.every((r) => r[c] === rows[0][c])).length; };",
      "const deadCodes = async (codes) => tf.sum(tf.cast(tf.less(tf.sub(tf.max(codes, 0), tf.min(codes, 0)), 1e-6), 'int32'));",
    ],
    wrong: [
      [
        "const deadCodes = (codes) => Array.from(tf.mean(codes, 0).dataSync()).filter((v) => v === 0).length;",
        /constant but not 0|zeros/,
      ],
      [
        "const deadCodes = (codes) => { const r = codes.arraySync(); return r[0].filter((_, c) => r.every((x) => x[c] === 0)).length; };",
        /constant but not 0/,
      ],
      [
        "const deadCodes = (codes) => Array.from(tf.moments(codes, 0).variance.dataSync()).filter((v) => v < 0.05).length;",
        /vary/,
      ],
      [
        "const deadCodes = (codes) => Array.from(tf.moments(codes, 0).variance.dataSync()).filter((v) => v > 1e-8).length;",
        /Codes that all vary/,
      ],
      ["const deadCodes = () => 0;", /One column/],
      [
        "const deadCodes = (codes) => { const r = codes.arraySync(); return r[0].filter((v, c) => v === r[1][c] || v === 0).length; };",
        /but for one row/,
      ],
    ],
    harmless: [/1e-6/],
  },
  "09.4": {
    right: [
      "const pcaBaseline = (rows, components) => reconstructionError(pca(train.features.slice(0, rows), { components, solver: 'full' }), test.features);",
      "async function pcaBaseline(n, k) { const fitted = pca(tf.tensor2d(train.features.arraySync().slice(0, n)), { components: k }); return tf.losses.meanSquaredError(test.features, fitted.reconstruct(test.features)); }",
      "const pcaBaseline = (rows, components) => tf.mean(tf.squaredDifference(test.features, pca(tf.slice(train.features, 0, rows), { components }).reconstruct(test.features))).dataSync()[0];",
    ],
    wrong: [
      [
        "const pcaBaseline = (rows, components) => reconstructionError(pca(train.features, { components }), test.features);",
        /all training rows/,
      ],
      [
        "const pcaBaseline = (rows, components) => { const few = tf.slice(train.features, 0, rows); return reconstructionError(pca(few, { components }), few); };",
        /fitted to/,
      ],
      [
        "const pcaBaseline = (rows) => reconstructionError(pca(tf.slice(train.features, 0, rows), { components: 5 }), test.features);",
        /how many components/,
      ],
      [
        "const pcaBaseline = (rows, components) => reconstructionError(pca(tf.slice(test.features, 0, rows), { components }), test.features);",
        /Which rows|stopped/,
      ],
      ["const pcaBaseline = () => 0.043601;", /all training rows|Which rows/],
      [
        "const pcaBaseline = (rows, components) => pca(tf.slice(train.features, 0, rows), { components });",
        /one number/,
      ],
    ],
  },
  "09.5": {
    right: [
      experiment(side(0.2), side(0.1), "better"),
      experiment(side(0.1), side(0.2), "worse"),
      experiment(side(0.1, 0.01), side(0.101, 0.01), "no clear difference"),
      `const experiment = { conclusion: "worse", changed: ${side(0.3)}.map((t) => t.arraySync()), baseline: ${side(0.2)} };`,
    ],
    wrong: [
      [experiment(side(0.1), side(0.2), "better"), /do not support/],
      [experiment(side(0.1, 0.01), side(0.101, 0.01), "worse"), /do not support/],
      [experiment(`${side(0.1)}.slice(0, 3)`, side(0.2), "worse"), /five seeds/],
      [experiment(noisy(0.1), noisy(0.2), "worse"), /as if by chance/],
      [experiment(side(0.1, 0), side(0.2), "worse"), /seed of its own/],
      [experiment(side(0.1), side(0.1), "no clear difference"), /anything changed/],
      [experiment(side(0.1), "[0.05, 0.051, 0.052, 0.053, 0.054]", "worse"), /numbers|table/],
      [experiment(side(0.1), side(0.2), "it is worse, I think"), /should be "better"/],
      [
        experiment(
          side(0.1),
          "[1, 2, 3, 4, 5].map((i) => tf.slice(train.features, [0, 0], [10 * i, 64]))",
          "worse",
        ),
        /shape/,
      ],
    ],
    harmless: [/epochs: /, /seed of \[/, /decoder: \[/],
  },
};
