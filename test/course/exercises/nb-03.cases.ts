import type { ExerciseCases } from "./cases.js";

/** A covariance with parts to replace. */
const covariance = ({ by = "x.length - 1", centre = "- m[c]" } = {}): string =>
  `function covariance(x) { const m = x[0].map((_, c) => x.reduce((s, r) => s + r[c], 0) / x.length); const z = x.map((r) => r.map((v, c) => v ${centre})); return m.map((_, i) => m.map((_, j) => z.reduce((s, r) => s + r[i] * r[j], 0) / (${by}))); }`;

const power = ({ rounds = 2000, normal = "u.map((v) => v / Math.hypot(...u))", result = "v" } = {}): string =>
  `function firstComponent(C) { let v = C.map((_, i) => Math.sin(i + 1)); for (let t = 0; t < ${rounds}; t++) { const u = C.map((r) => r.reduce((s, c, i) => s + c * v[i], 0)); v = ${normal}; } return ${result}; }`;

const rebuild = ({ centre = "(row[i] - mean[i])", add = "mean[i] + " } = {}): string =>
  `const rebuild = (x, mean, V) => x.map((row) => { const z = V.map((v) => v.reduce((s, c, i) => s + c * ${centre}, 0)); return row.map((_, i) => ${add} z.reduce((s, c, j) => s + c * V[j][i], 0)); });`;

export const cases03: Readonly<Record<string, ExerciseCases>> = {
  "03.1": {
    right: [
      covariance(),
      "const covariance = (x) => { const t = tf.tensor2d(x); const z = tf.sub(t, tf.mean(t, 0)); return tf.div(tf.matMul(z, z, true), x.length - 1); };",
      "const covariance = (x) => { const n = x.length, mean = (f) => x.reduce((s, r) => s + f(r), 0) / n; return x[0].map((_, i) => x[0].map((_, j) => ((mean((r) => r[i] * r[j]) - mean((r) => r[i]) * mean((r) => r[j])) * n) / (n - 1))); };",
    ],
    wrong: [
      [covariance({ by: "x.length" }), /divide by m/],
      [covariance({ by: "1" }), /sums of products/],
      [covariance({ centre: "" }), /not centred/],
      [
        "const covariance = (x) => x[0].map((_, i) => x[0].map((_, j) => (i === j ? 1 : 0)));",
        /entries differ/,
      ],
      ["const covariance = () => [[0.69, -0.04], [-0.04, 0.19]];", /shape/],
      ["const covariance = (x) => x.map((r) => r.map((v) => v * v));", /shape/],
      ["const covariance = (x) => { x.length; };", /return/],
    ],
    harmless: [/→ const mean = x\[1\]/], // every row has as many columns
  },
  "03.2": {
    right: [
      power(),
      power({ result: "v.map((c) => -c)" }),
      "const firstComponent = (C) => tf.tidy(() => { let v = tf.ones([C.length, 1]); for (let i = 0; i < 1500; i++) { v = tf.matMul(C, v); v = tf.div(v, tf.norm(v)); } return v.dataSync(); });",
    ],
    wrong: [
      [power({ normal: "u" }), /finite|length/],
      [power({ rounds: 1 }), /variance along|length/],
      [power({ result: "v.map((c) => 2 * c)" }), /length 2/],
      ["const firstComponent = (C) => C.map((_, i) => (i === 0 ? 1 : 0));", /variance along/],
      ["const firstComponent = () => [0.36, -0.08, 0.86, 0.36];", /length|values/],
      ["const firstComponent = (C) => C.map(() => 0);", /zero/],
      ["const firstComponent = (C) => C[0].map((v) => v / Math.hypot(...C[0]));", /variance along/],
    ],
    harmless: [/let v = /, /< 501/, /round = 1;/, /sum - value \* v/], // −C has the same directions,
  },
  "03.3": {
    right: [
      rebuild(),
      "const rebuild = (x, mean, V) => tf.tidy(() => { const z = tf.matMul(tf.sub(x, mean), V, false, true); return tf.add(tf.matMul(z, V), mean).arraySync(); });",
      "async function rebuild(x, mean, V) { const back = mean.map((m) => m); return x.map((row) => { const out = [...back]; for (const v of V) { let z = 0; for (let i = 0; i < v.length; i++) z += v[i] * (row[i] - mean[i]); for (let i = 0; i < v.length; i++) out[i] += z * v[i]; } return out; }); }",
    ],
    wrong: [
      [rebuild({ add: "" }), /added again/],
      [rebuild({ centre: "row[i]" }), /mean|differ/],
      [rebuild({ centre: "row[i]", add: "" }), /not centred/],
      ["const rebuild = (x) => x;", /input itself/],
      ["const rebuild = (x, mean) => x.map(() => mean);", /differ/],
      [
        "const rebuild = (x, mean, V) => x.map((row) => V.map((v) => v.reduce((s, c, i) => s + c * (row[i] - mean[i]), 0)));",
        /shape/,
      ],
      [rebuild({ centre: "(row[i] + mean[i])" }), /differ/],
    ],
  },
  "03.4": {
    right: [
      "const componentsFor = (r, share) => { let n = 0; for (let s = 0; s < share - 1e-12; n++) s += r[n]; return n; };",
      "const componentsFor = (r, share) => r.findIndex((_, i) => r.slice(0, i + 1).reduce((s, v) => s + v, 0) >= share) + 1;",
      "const componentsFor = async (r, share) => Array.from(tf.cumsum(tf.tensor1d(r)).dataSync()).filter((s) => s < share).length + 1;",
    ],
    wrong: [
      [
        "const componentsFor = (r, share) => r.findIndex((_, i) => r.slice(0, i + 1).reduce((s, v) => s + v, 0) >= share);",
        /start at 0/,
      ],
      ["const componentsFor = () => 3;", /Add the ratios/],
      ["const componentsFor = (r, share) => r.filter((v) => v < share).length;", /Add the ratios|start at 0/],
      ["const componentsFor = (r, share) => r.length;", /Add the ratios/],
      [
        "const componentsFor = (r, share) => { let s = 0; for (let i = 0; i < r.length; i++) { s += r[i]; if (s >= share) return s; } };",
        /gives/,
      ],
      ["const componentsFor = (r, share) => Math.ceil(share * r.length);", /gives|start/],
    ],
  },
  "03.5": {
    right: [
      "const rebuilt = pca(train.features, { components: 3, solver: 'full' }).reconstruct(test.features).arraySync();",
      "const three = pca(train.features, { components: 3 }); const rebuilt = three.inverseTransform(three.transform(test.features));",
      "const own = pca(train.features, { components: 3 }); const rebuilt = test.features.arraySync().map((row) => { const z = own.components.map((v) => v.reduce((s, c, i) => s + c * (row[i] - own.mean[i]), 0)); return row.map((_, i) => own.mean[i] + z.reduce((s, c, j) => s + c * own.components[j][i], 0)); });",
      "const rebuilt = pca(train.features, { components: 3, whiten: true }).reconstruct(test.features);",
    ],
    wrong: [
      ["const rebuilt = pca(digits.features, { components: 3 }).reconstruct(test.features);", /all rows/],
      [
        "const rebuilt = pca(test.features, { components: 3 }).reconstruct(test.features);",
        /held-out rows themselves/,
      ],
      [
        "const rebuilt = pca(train.features, { components: 3 }).reconstruct(train.features);",
        /training rows/,
      ],
      [
        "const rebuilt = pca(train.features, { components: 4 }).reconstruct(test.features);",
        /How many components/,
      ],
      ["const rebuilt = test.features;", /input itself/],
      ["const rebuilt = uncentred.reconstruct(test.features);", /which mean/],
      ["const rebuilt = 0.043601;", /numbers/],
      [
        "const rebuilt = tf.reverse(pca(train.features, { components: 3 }).reconstruct(test.features), 0);",
        /which rows/,
      ],
    ],
  },
};
