import type { ExerciseCases } from "./cases.js";

const slope = ({ before = "2 *", by = "/ x.length", term = "v * (w * v - v)" } = {}): string =>
  `const slope = (w, x) => (${before} x.map((v) => ${term}).reduce((a, b) => a + b)) ${by};`;

const descend = ({ sign = "-", list = "way", at = "way[i]", start = "[w]" } = {}): string =>
  `const descend = (w, x, rate, steps) => { const way = ${start}; const c = x.reduce((s, v) => s + v * v, 0) / x.length; for (let i = 0; i < steps; i++) way.push(way[i] ${sign} rate * 2 * c * (${at} - 1)); return ${list}; };`;

/** A loop with parts to replace. */
const loop = ({
  apply = "opt.applyGradients(grads);",
  free = "tf.dispose([value, grads]);",
  seed = "seed",
  order = "seed",
  loss = "losses[epoch] += value.dataSync()[0] * n / x.shape[0];",
  optimizer = "tf.train.sgd(rate)",
  result = "{ losses, model }",
} = {}): string =>
  `const trainByHand = (x, { rate, epochs, seed }) => { const model = undercomplete({ inputDim: x.shape[1], codeDim: 3, seed: ${seed} }).autoencoder; const losses = new Array(epochs).fill(0); const opt = ${optimizer}; const w = model.trainableWeights.map((v) => v.read()); for (const { x: b, epoch, rows: n } of iterateBatches({ x }, { epochs, seed: ${order} })) { const { value, grads } = tf.variableGrads(() => tf.losses.meanSquaredError(b, model.apply(b)), w); ${apply} ${loss} ${free} } return ${result}; };`;

export const cases05: Readonly<Record<string, ExerciseCases>> = {
  "05.1": {
    right: [
      slope(),
      "const slope = (w, x) => 2 * (w - 1) * tf.tidy(() => tf.mean(tf.square(x)).dataSync()[0]);",
      "const slope = (w, x) => tf.grad((v) => tf.mean(tf.squaredDifference(tf.mul(v, x), x)))(tf.scalar(w));",
      "async function slope(w, x) { let s = 0; for (const v of x) s += v * v; return (2 * (w - 1) * s) / x.length; }",
    ],
    wrong: [
      [slope({ before: "-2 *" }), /sign/],
      [slope({ before: "" }), /factor 2/],
      [slope({ by: "" }), /sum/],
      [slope({ before: "", term: "(w * v - v) ** 2" }), /cost itself/],
      [slope({ term: "(w * v - v)" }), /another one/],
      ["const slope = () => -0.2343;", /another one/],
      ["const slope = (w, x) => { w * x.length; };", /return/],
    ],
  },
  "05.2": {
    right: [
      descend(),
      "const descend = (w, x, rate, steps) => { const c = tf.mean(tf.square(x)).dataSync()[0]; return Array.from({ length: steps + 1 }, (_, t) => 1 + (1 - 2 * rate * c) ** t * (w - 1)); };",
      "async function descend(start, x, eta, n) { const way = new Float32Array(n + 1); way[0] = start; for (let t = 1; t <= n; t++) way[t] = way[t - 1] - eta * slope(way[t - 1], x); return way; }",
    ],
    wrong: [
      [descend({ sign: "+" }), /uphill/],
      [descend({ at: "w" }), /anew/],
      [descend({ list: "way.slice(1)" }), /the start among/],
      [descend({ list: "way.at(-1)" }), /numbers/],
      [descend({ start: "[1]" }), /begin with/],
      ["const descend = (w, x, rate, steps) => Array.from({ length: steps + 1 }, () => w);", /differ/],
      ["const descend = (w, x, rate, steps) => [0, 0.2, 0.4];", /should have/],
    ],
  },
  "05.3": {
    right: [
      "const largestRate = (x) => 1 / tf.mean(tf.square(x)).dataSync()[0];",
      "const largestRate = async (x) => { const c = x.reduce((s, v) => s + v * v, 0) / x.length; return 1 / c; };",
      "const largestRate = (x) => { let [low, high] = [0, 1e6]; for (let i = 0; i < 80; i++) { const rate = (low + high) / 2; const w = 1 + 0.5 - rate * slope(1.5, x); if (Math.abs(w - 1) < 0.5) low = rate; else high = rate; } return high; };",
    ],
    wrong: [
      ["const largestRate = (x) => 0.5 * x.length / x.reduce((s, v) => s + v * v, 0);", /above yours still/],
      ["const largestRate = (x) => 2 * x.length / x.reduce((s, v) => s + v * v, 0);", /below yours diverges/],
      ["const largestRate = () => 4.2687;", /for|For/],
      [
        "const largestRate = (x) => x.reduce((s, v) => s + v * v, 0) / x.length;",
        /above yours still|below yours/,
      ],
      [
        "const largestRate = (x) => x.length / x.reduce((s, v) => s + v, 0);",
        /above yours still|below yours/,
      ],
      ["const largestRate = () => 0;", /above 0/],
    ],
  },
  "05.4": {
    right: [
      loop(),
      loop({ optimizer: "tf.train.momentum(rate / 10, 0.9)" }),
      "const trainByHand = async (x, { rate, epochs, seed }) => { const all = undercomplete({ inputDim: x.shape[1], seed }); const step = trainStep(all.autoencoder, { optimizer: tf.train.sgd(rate) }); const losses = []; let n = 0; for (const { x: b, epoch } of iterateBatches({ x }, { epochs, batchSize: 32, seed })) { const c = step(b, b); losses[epoch] = (losses[epoch] ?? 0) + c.dataSync()[0]; if (epoch === 0) n++; c.dispose(); } return { losses: losses.map((v) => v / n), model: all }; };",
      "const trainByHand = async (x, { rate, epochs, seed }) => { const { autoencoder: model } = undercomplete({ inputDim: x.shape[1], seed }); model.compile({ optimizer: tf.train.sgd(rate), loss: 'meanSquaredError' }); const { history } = await fit(model, x, x, { epochs, seed, quiet: true }); return { losses: history.loss, model }; };",
    ],
    wrong: [
      [loop({ apply: "" }), /does not fall/],
      [loop({ free: "value.dispose();" }), /left behind/],
      [loop({ free: "" }), /left behind/],
      [loop({ seed: "undefined" }), /two curves/],
      [loop({ order: "Date.now() % 100000 + Math.floor(Math.random() * 1e6)" }), /two curves/],
      [loop({ seed: "1", order: "1" }), /Another seed/],
      [loop({ loss: "losses[epoch] += value.dataSync()[0];" }), /mean over the batches/],
      [loop({ loss: "" }), /losses.* are 0/],
      [loop({ optimizer: "tf.train.sgd(-rate)" }), /does not fall|finite/],
      [loop({ result: "losses" }), /object with/],
      ["const trainByHand = (x, { epochs }) => ({ losses: Array(epochs).fill(0.05), model: small });", /./],
    ],
    harmless: [
      /codeDim: 4/, // given, and not what is practised
      /batchSize: 33/, // another size of the batches is no mistake
      /shape\[0\] \/ 33/, // ten batches, also by this count
      /=> 1\);/, // the losses start at 1: found by the comparison with the model's error
    ],
  },
  "05.5": {
    right: [
      "const meanCost = (x, W) => tf.tidy(() => leaky(x, W));",
      "const meanCost = (x, W) => { const a = tf.matMul(x, W), b = tf.sub(a, x), c = tf.square(b), d = tf.mean(c); const v = d.dataSync()[0]; tf.dispose([a, b, c, d]); return v; };",
      "const meanCost = async (x, W) => { const d = tf.tidy(() => tf.losses.meanSquaredError(x, tf.matMul(x, W))); const [v] = await d.data(); d.dispose(); return v; };",
    ],
    wrong: [
      ["const meanCost = leaky;", /left behind/],
      [
        "const meanCost = (x, W) => tf.tidy(() => tf.mean(tf.squaredDifference(tf.matMul(x, W), x)));",
        /left behind/,
      ],
      [
        "const meanCost = (x, W) => { const v = tf.tidy(() => leaky(x, W)); x.dispose(); return v; };",
        /belong to the caller/,
      ],
      [
        "const meanCost = (x, W) => tf.tidy(() => tf.sum(tf.squaredDifference(tf.matMul(x, W), x)).dataSync()[0]);",
        /not the mean/,
      ],
      ["const meanCost = () => 0;", /not the mean/],
      ["const meanCost = (x, W) => { tf.tidy(() => leaky(x, W)); };", /return/],
    ],
  },
};
