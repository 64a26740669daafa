import type { ExerciseCases } from "./cases.js";

/** An areaUnder with parts to replace. */
const areaUnder = ({ win = "a > b", tie = "0.5", by = "n" } = {}): string =>
  `const areaUnder = (y, s) => { let sum = 0, n = 0; s.forEach((a, i) => s.forEach((b, j) => { if (y[i] === 1 && y[j] === 0) { n += 1; sum += ${win} ? 1 : a === b ? ${tie} : 0; } })); return sum / ${by}; };`;

/** Trains an encoder for a few epochs and encodes with it. */
const codes = (
  options: string,
  {
    epochs = 40,
    result = "{ train: await predict(ae.encoder, train.features), test: await predict(ae.encoder, test.features) }",
  } = {},
): string =>
  `const ae = stacked(${options}); await fit(ae.autoencoder, train.features, train.features, { epochs: ${epochs}, learningRate: 0.003, seed: 3, quiet: true }); const mine = ${result};`;

const clusters =
  "const a = (await kMeans(train.features, { clusters: 10, restarts: 15, seed: 5 })).labels; const b = (await kMeans(linear.transform(train.features), { clusters: 10, restarts: 5, seed: 5 })).labels; const d = adjustedRandIndex(train.labels, a) - adjustedRandIndex(train.labels, b);";
const drop = ({ pixels = "a", coded = "b", value = "d" } = {}): string =>
  `${clusters} const pixels = ${pixels}; const coded = ${coded}; const drop = ${value};`;

const retrieve = ({
  sort = "d[a] - d[b]",
  cut = ".slice(0, k)",
  term = "Math.abs(v - q[i]) ** 2",
  give = "p",
} = {}): string =>
  `const retrieve = (q, codes, k) => { const d = codes.map((c) => c.reduce((s, v, i) => s + ${term}, 0)); const p = d.map((_, i) => i).sort((a, b) => ${sort})${cut}; return ${give}; };`;

export const cases10: Readonly<Record<string, ExerciseCases>> = {
  "10.1": {
    right: [
      areaUnder(),
      "async function areaUnder(labels, scores) { return rocCurve(labels, scores).auc; }",
      "const areaUnder = (y, s) => { const p = s.filter((_, i) => y[i]), n = s.filter((_, i) => !y[i]); return tf.mean(tf.add(tf.cast(tf.greater(tf.tensor2d(p, [p.length, 1]), n), 'float32'), tf.mul(0.5, tf.cast(tf.equal(tf.tensor2d(p, [p.length, 1]), n), 'float32')))); };",
    ],
    wrong: [
      [areaUnder({ win: "a < b" }), /wrong way round/],
      [areaUnder({ tie: "0" }), /one half/],
      [areaUnder({ by: "s.length" }), /200 pairs/],
      ["const areaUnder = () => 0.938;", /200 pairs/],
      [
        "const areaUnder = (y, s) => s.filter((v, i) => (v > 0.5 ? 1 : 0) === y[i]).length / s.length;",
        /200 pairs/,
      ],
      ["const areaUnder = (y, s) => { y.length; };", /return/],
    ],
  },
  "10.2": {
    right: [
      "const suspicion = scorePca(normal, 1);",
      "const suspicion = fromMean.map((value) => Math.log(value) - 3);",
      "const suspicion = tf.sum(tf.abs(held), 1);",
      "const near = kMeans; const suspicion = (await import('latent-lab/analysis')).nearestNeighbors(held, known, { k: 5 }).distances.map((row) => row[4]);",
    ],
    wrong: [
      ["const suspicion = scorePca(parts.train.features, 3);", /Which rows/],
      ["const suspicion = fromMean.map((value) => -value);", /wrong way round/],
      ["const suspicion = truth;", /two different values/],
      ["const suspicion = truth.map((value, at) => value + at / 1000);", /too good/],
      ["const suspicion = fromMean.slice(0, 100);", /143 values/],
      ["const suspicion = 0.97;", /numbers/],
      ["const suspicion = truth.map((_, at) => Math.sin(at));", /Which rows/],
    ],
    harmless: [/normal, 3\)/],
  },
  "10.3": {
    right: [
      codes("{ seed: 2, hidden: [64, 32] }"),
      codes("{ seed: 4, activation: 'tanh', hidden: [64, 32] }"),
      codes("{ seed: 5, hidden: [128] }", {
        epochs: 60,
        result:
          "{ test: (await predict(ae.encoder, test.features)).arraySync(), train: (await predict(ae.encoder, train.features)).arraySync() }",
      }),
    ],
    wrong: [
      [
        "const mine = { train: linear.transform(train.features), test: linear.transform(test.features) };",
        /PCA's codes reach/,
      ],
      [codes("{ seed: 1 }", { epochs: 1 }), /PCA's codes reach/],
      [codes("{ seed: 1, codeDim: 5 }", { epochs: 1 }), /has 5 columns/],
      [
        codes("{ seed: 1 }", {
          epochs: 1,
          result:
            "{ train: await predict(ae.encoder, train.features), test: await predict(ae.encoder, train.features) }",
        }),
        /shape/,
      ],
      ["const mine = { train: train.features, test: test.features };", /64 columns/],
      ["const mine = { train: tf.zeros([1437, 3]), test: tf.zeros([360, 3]) };", /PCA's codes reach|stopped/],
      [
        "const y = (p) => p.labels.arraySync().map((l) => [l, 0.5 * l, 1]); const mine = { train: y(train), test: y(test) };",
        /label itself/,
      ],
      ["const mine = { train: 0.75 };", /train. and .test/],
    ],
    harmless: [/seed: /, /epochs: /],
  },
  "10.4": {
    right: [
      drop(),
      drop({ pixels: "Array.from(a, (c) => 9 - c)", coded: "tf.tensor1d(Array.from(b), 'int32')" }),
      drop({ value: "tf.scalar(d)" }),
    ],
    wrong: [
      [drop({ value: "-d" }), /wrong sign/],
      [drop({ pixels: "b", coded: "a", value: "-d" }), /does better|exchanged/],
      [drop({ value: "0.15" }), /your lists have/],
      [drop({ coded: "train.labels" }), /not clusters/],
      [drop({ pixels: "a.map(() => 3)" }), /1 clusters/],
      [drop({ coded: "b.slice(0, 360)" }), /1437 values/],
      [drop({ coded: "Array.from(b).reverse()" }), /in their order/],
    ],
    harmless: [/clusters: 10, restarts: 11|seed: 1/],
  },
  "10.5": {
    right: [
      retrieve(),
      retrieve({ sort: "Math.sqrt(d[a]) - Math.sqrt(d[b])" }),
      "const retrieve = async (query, codes, count) => Array.from(tf.topk(tf.neg(tf.norm(tf.sub(tf.tensor2d(codes), query), 'euclidean', 1)), count).indices.dataSync());",
      "function retrieve(q, c, n) { const left = c.map((row, at) => [Math.hypot(...row.map((v, i) => v - q[i])), at]); left.sort(([a], [b]) => a - b); return left.slice(0, n).map(([, at]) => at); }",
    ],
    wrong: [
      [retrieve({ sort: "d[b] - d[a]" }), /farthest/],
      [retrieve({ cut: "" }), /Asked for 5/],
      [retrieve({ give: "p.map((i) => d[i])" }), /places are not right/],
      [retrieve({ give: "[...p].reverse()" }), /another order|farthest/],
      [retrieve({ term: "(i === 0 ? Math.abs(v - q[i]) : 0)" }), /not right/],
      [retrieve({ term: "v * q[i]" }), /not right|farthest/],
      ["const retrieve = () => [0, 1, 2, 3, 4];", /not right/],
    ],
    harmless: [/\*\* 2, 1\)\);/], // one more for each distance: the order stays
  },
};
