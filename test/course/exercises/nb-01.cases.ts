import type { ExerciseCases } from "./cases.js";

const standard = "new StandardScaler().fit(wine.features, { whole: true }).transform(wine.features)";

export const cases01: Readonly<Record<string, ExerciseCases>> = {
  "01.1": {
    right: [
      "const accuracyOf = (a, b) => a.map((v, i) => (v === b[i] ? 1 : 0)).reduce((s, v) => s + v, 0) / a.length;",
      "function accuracyOf(p, y) { let right = 0; for (let i = 0; i < y.length; i++) if (p[i] === y[i]) right++; return right / y.length; }",
      "const accuracyOf = (p, y) => tf.mean(tf.equal(p, y).toFloat());",
      "const accuracyOf = (p: number[], y: number[]) => accuracy(y, p);",
    ],
    wrong: [
      ["const accuracyOf = (p, y) => p.filter((v, i) => v === y[i]).length;", /number of right answers/],
      ["const accuracyOf = (p, y) => p.filter((v, i) => v !== y[i]).length / y.length;", /wrong answers/],
      ["const accuracyOf = (p, y) => (100 * p.filter((v, i) => v === y[i]).length) / y.length;", /per cent/],
      ["const accuracyOf = () => 0.9;", /Count the places/],
      ["const accuracyOf = (p, y) => (p.every((v, i) => v === y[i]) ? 1 : 0);", /Count the places/],
      ["const accuracyOf = (p, y) => { p.filter((v, i) => v === y[i]).length / y.length; };", /return/],
    ],
  },
  "01.2": {
    right: [
      "const clean = wine.features;",
      "const clean = leaky.arraySync().map((row) => row.filter((_, at) => at !== 5));",
      "const clean = tf.gather(leaky, [12, 13, 0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11], 1);",
      `const clean = ${standard};`,
    ],
    wrong: [
      ["const clean = leaky;", /Column 5 .* still tells/],
      ["const clean = tf.slice(leaky, [0, 0], [-1, 13]);", /still tells/],
      ["const clean = tf.slice(leaky, [0, 6], [-1, -1]);", /missing/],
      ["const clean = tf.slice(wine.features, [0, 0], [-1, 12]);", /missing/],
      ["const clean = tf.reverse(wine.features, 0);", /another order|still tells/],
      ["const clean = wine.split().train.features;", /178 rows/],
      ["const clean = tf.concat([before, tf.mul(codes, -2).expandDims(1), after], 1);", /still tells/],
      ["const clean = 13;", /numbers \(a tensor or an array\)/],
    ],
    harmless: [/→ .*\[(1, 1, 2|0, 2, 2)\]/, /→ .*\]\.some\(\(label/], // one cultivar is enough to see it
  },
  "01.3": {
    right: [
      "const neighbors = kNeighborsClassifier(xTrain, train.labels, { neighbors: 5 }); const classify = (x) => neighbors.predict(scaler.transform(x));",
      "const other = logisticRegression(xTrain, train.labels, { c: 0.1 }); const classify = async (x) => Array.from(other.predict(scaler.transform(x)));",
      "const raw = logisticRegression(train.features, train.labels); const classify = (x) => raw.predict(x);",
    ],
    wrong: [
      ["const classify = () => test.labels;", /classify/],
      ["const classify = (x) => new Int32Array(x.shape[0]).fill(1);", /same class/],
      ["const classify = (x) => logisticRegression(xTrain, train.labels).predict(x);", /scaled/],
      [
        "const classify = (x) => kNeighborsClassifier(train.features, train.labels, { neighbors: 5 }).predict(x);",
        /scaled/,
      ],
      ["const classify = (x) => kNeighborsClassifier(xTrain, train.labels).predict(xTest);", /another order/],
      ["const classify = logisticRegression(xTrain, train.labels);", /should be a function/],
      ["const classify = (x) => tf.argMax(x, 1);", /same class|whole numbers|right for/],
    ],
  },
  "01.4": {
    right: [
      `const clusters = (await kMeans(${standard}, { clusters: 3, seed: 9, restarts: 3 })).labels;`,
      `const clusters = Array.from((await kMeans(${standard}, { clusters: 3 })).labels, (label) => (label + 1) % 3);`,
      "const { MinMaxScaler } = await import('latent-lab/data'); const scaledToOne = new MinMaxScaler().fit(wine.features, { whole: true }).transform(wine.features); const clusters = (await kMeans(scaledToOne, { clusters: 3 })).labels;",
    ],
    wrong: [
      ["const clusters = (await kMeans(wine.features, { clusters: 3 })).labels;", /thousand times/],
      ["const clusters = wine.labels;", /labels themselves/],
      ["const clusters = wine.labels.arraySync().map((label) => (label + 1) % 3);", /labels themselves/],
      [`const clusters = (await kMeans(${standard}, { clusters: 4 })).labels;`, /3 clusters/],
      ["const clusters = new Int32Array(178);", /3 clusters/],
      [
        "const clusters = (await kMeans((await load('iris')).features, { clusters: 3 })).labels;",
        /178 values/,
      ],
      [`const clusters = kMeans(${standard}, { clusters: 3 });`, /await/],
    ],
    harmless: [/seed: 0/],
  },
};
