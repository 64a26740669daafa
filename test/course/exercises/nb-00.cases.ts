import type { ExerciseCases } from "./cases.js";

export const cases00: Readonly<Record<string, ExerciseCases>> = {
  "00.1": {
    right: [
      "const percent = (a: number, b: number) => (a / b) * 100;",
      "async function percent(part: number, whole: number) { return 100 * part / whole; }",
      "function percent(part, whole) { return tf.scalar(100 * part / whole).dataSync()[0]; }",
    ],
    wrong: [
      ["const percent = (part: number, whole: number) => part / whole;", /share itself/],
      ["const percent = (part: number, whole: number) => (100 * whole) / part;", /which of the two/i],
      ["const percent = () => 25;", /which of the two/i],
      ["function percent(part: number, whole: number) { (100 * part) / whole; }", /return/],
      ["const percent = 25;", /should be a function/],
      ["const percent = (part: number, whole: number) => String((100 * part) / whole);", /one number/],
    ],
  },
  "00.2": {
    right: [
      "const ink = digits.features.arraySync().map((row) => row.reduce((sum, value) => sum + value, 0) / 64);",
      "const ink = digits.features.mean(1).dataSync();",
      "const ink = tf.mean(digits.features, 1, true); // [1797, 1]",
      "const ink = tf.div(tf.sum(digits.features, 1), 64);",
    ],
    wrong: [
      ["const ink = tf.mean(digits.features, 0);", /other axis/],
      ["const ink = tf.sum(digits.features, 1);", /sums/],
      ["const ink = tf.mean(digits.features);", /one value for each/],
      ["const ink = new Array(1797).fill(0.305);", /not the values/],
      ["const ink = tf.mean(digits.split().train.features, 1);", /1797/],
      ["const ink = tf.mean((await load('iris')).features, 1);", /1797/],
      ["const ink = tf.max(digits.features, 1);", /not the values/],
      ["const ink = load('digits');", /await/],
      ["const ink = tf.mean(digits.features, 1); ink.dispose();", /disposed/],
    ],
  },
  "00.3": {
    right: [
      "const x = iris.features.arraySync(); const figure = { data: [{ x: x.map((r) => r[2]), y: x.map((r) => r[3]), type: 'scatter', mode: 'markers' }], layout: {} };",
      "const figure = scatter(tf.reverse(tf.slice(iris.features, [0, 2], [-1, 2]), 1)); // width at the x axis",
      "const figure = scatter(iris.features.arraySync().map((row) => row.slice(2)).reverse(), { title: 'mine' });",
    ],
    wrong: [
      ["const figure = scatter(tf.slice(iris.features, [0, 0], [-1, 2]));", /sepals/],
      ["const figure = scatter(tf.slice(iris.features, [0, 1], [-1, 2]));", /not the petals/],
      ["const figure = scatter(tf.slice(iris.features, [0, 2], [100, 2]));", /each of the 150/],
      ["const figure = 'a scatter of the petals';", /Plotly figure/],
      ["const figure = { data: [{ x: [1], y: [2] }], layout: {} };", /each of the 150/],
      [
        "const figure = scatter(tf.slice((await load('wine')).features, [0, 2], [150, 2]));",
        /not the petals/,
      ],
    ],
  },
};
