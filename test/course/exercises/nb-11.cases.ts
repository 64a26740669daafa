import type { ExerciseCases } from "./cases.js";

/** A sampleCode with its deviation to replace. */
const sample = (sigma: string, noise = "e[i]"): string =>
  `const sampleCode = (m, v, e) => m.map((mu, i) => mu + ${sigma} * ${noise});`;

/** A klTerm with parts to replace. */
const kl = ({ term = "m * m + Math.exp(v[i]) - v[i] - 1", by = "0.5" } = {}): string =>
  `const klTerm = (mean, v) => ${by} * mean.reduce((s, m, i) => s + ${term}, 0);`;

/** Trains a VAE and hands over its terms. */
const vae = (
  options: string,
  {
    epochs = 50,
    rebuilt = "await predict(m.autoencoder, test.features)",
    elbo = "-64 * e - k",
    of = "test",
  } = {},
): string =>
  `const m = variational(${options}); await fit(m.autoencoder, train.features, train.features, { epochs: ${epochs}, batchSize: 32, learningRate: cosineDecay(0.003), seed: 4, quiet: true }); const [a, v] = m.posterior.predict(${of}.features); const r = ${rebuilt}; const e = tf.mean(tf.metrics.binaryCrossentropy(test.features, r)).dataSync()[0]; const k = tf.mean(tf.sum(tf.mul(0.5, tf.sub(tf.add(tf.square(a), tf.exp(v)), tf.add(v, 1))), 1)).dataSync()[0]; const mine = { mean: a, logVariance: v, rebuilt: r, elbo: ${elbo} };`;

export const cases11: Readonly<Record<string, ExerciseCases>> = {
  "11.1": {
    right: [
      sample("Math.sqrt(Math.exp(v[i]))"),
      "const sampleCode = (m, v, e) => tf.add(m, tf.mul(tf.exp(tf.mul(0.5, v)), e));",
      "async function sampleCode(mu, logVar, eps) { const z = []; for (let j = 0; j < mu.length; j++) z.push(eps[j] * Math.E ** (0.5 * logVar[j]) + mu[j]); return z; }",
    ],
    wrong: [
      [sample("Math.exp(v[i])"), /variance σ²/],
      [sample("v[i]"), /log σ² itself/],
      ["const sampleCode = (m) => m;", /gives the mean/],
      [sample("Math.exp(v[i] / 2)", "Math.random()"), /given noise/],
      [sample("Math.exp(v[0] / 2)"), /own σ/],
      ["const sampleCode = () => [0.3, -0.2];", /own σ|values/],
      ["const sampleCode = (m) => { m.length; };", /return/],
    ],
  },
  "11.2": {
    right: [
      kl(),
      "const klTerm = (m, v) => tf.mul(-0.5, tf.sum(tf.sub(tf.sub(tf.add(1, v), tf.square(m)), tf.exp(v))));",
      "async function klTerm(mu, logVar) { let s = 0; for (const [j, l] of logVar.entries()) s -= 0.5 * (1 + l - mu[j] ** 2 - Math.exp(l)); return s; }",
    ],
    wrong: [
      [kl({ by: "-0.5" }), /sign/],
      [kl({ by: "1" }), /½/],
      [kl({ by: "0.5 / mean.length" }), /should be the sum/],
      [kl({ term: "m * m + v[i] - Math.log(v[i] + 3) - 1 + Math.log(3) + 1" }), /not right/],
      [kl({ term: "m * m + Math.exp(v[i]) - v[i]" }), /the same there/],
      [kl({ term: "m * m" }), /not right/],
      ["const klTerm = () => 0;", /not right/],
    ],
  },
  "11.3": {
    right: [
      vae("{ hidden: [64, 32], codeDim: 6, seed: 2 }"),
      vae("{ hidden: [128], codeDim: 10, activation: 'tanh', seed: 5 }"),
      vae("{ hidden: [64], codeDim: 12, beta: 0.8, seed: 6 }").replace("mean: a", "mean: a.arraySync()"),
    ],
    wrong: [
      [vae("{ codeDim: 2, seed: 1 }", { epochs: 20 }), /Which of the two/],
      [vae("{ codeDim: 8, beta: 64, seed: 1 }", { epochs: 5 }), /collapsed/],
      [vae("{ codeDim: 8, seed: 1 }", { epochs: 15, elbo: "64 * e + k" }), /wrong sign/],
      [vae("{ codeDim: 8, seed: 1 }", { epochs: 15, elbo: "-e - k" }), /mean over the pixels/],
      [vae("{ codeDim: 8, seed: 1 }", { epochs: 15, elbo: "-20" }), /does not follow|Which of the two/],
      [vae("{ codeDim: 8, seed: 1 }", { epochs: 15, rebuilt: "test.features" }), /too good/],
      [vae("{ codeDim: 8, seed: 1 }", { epochs: 2, of: "train" }), /shape/],
      ["const mine = { elbo: -20 };", /missing/],
    ],
    harmless: [/seed: /, /epochs: /, /codeDim: 9/, /hidden: /],
  },
  "11.4": {
    right: [
      "const samples = await predict(vae.decoder, tf.randomNormal([100, 2], 0, 1, 'float32', 9));",
      "const samples = (await predict(vae.decoder, tf.randomNormal([100, 2], 0, 1, 'float32', 10))).arraySync();",
      "const n = build(0.7)(8); await fit(n.autoencoder, train.features, train.features, { ...vaePlan, seed: 8 }); const samples = n.decoder.predict(tf.randomNormal([100, 2], 0, 1, 'float32', 3));",
    ],
    wrong: [
      ["const samples = tf.slice(test.features, 0, 100);", /real digits/],
      ["const samples = tf.randomUniform([100, 64], 0, 1, 'float32', 2);", /real digit is/],
      ["const samples = await predict(collapsed.decoder, tf.randomNormal([100, 2]));", /the same|kinds/],
      ["const samples = await predict(vae.decoder, tf.zeros([100, 2]));", /the same/],
      ["const samples = await predict(vae.decoder, tf.randomNormal([50, 2]));", /shape/],
      ["const samples = tf.randomNormal([100, 2]);", /shape/],
      [
        "const samples = await predict(vae.decoder, tf.randomUniform([100, 2], 0.5, 0.9, 'float32', 1));",
        /the same|kinds/,
      ],
      ["const samples = 0.9;", /numbers/],
    ],
    harmless: [/, 6\)/, /, 2\), 0, 1|0, 2, |1, 1, /],
  },
};
