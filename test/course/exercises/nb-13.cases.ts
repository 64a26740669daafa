import type { ExerciseCases } from "./cases.js";

/** A threeParts with parts to replace: `keys` sorts the rows, `cut` takes them apart. */
const parts = ({
  stream = "random(seed)",
  keys = "s.next()",
  a = "n * 0.6",
  b = "n * 0.8",
  validation = "o.slice(i, j)",
  test = "o.slice(j)",
} = {}): string =>
  `const threeParts = (n, seed) => { const s = ${stream}; const k = Array.from({ length: n }, (_, r) => [${keys}, r]); const o = k.sort((p, q) => p[0] - q[0]).map((p) => p[1]); const i = Math.floor(${a}), j = Math.floor(${b}); return { train: o.slice(0, i), validation: ${validation}, test: ${test} }; };`;

/** A choose with parts to replace. */
const rule = ({
  score = "avg(v)",
  limit = "avg(best[1]) + dev(best[1])",
  n = "(v.length - 1)",
  take = "rows.find(([, v]) => avg(v) <= limit)[0]",
} = {}): string =>
  `function choose(results) { const rows = Object.entries(results); const avg = (v) => v.reduce((s, e) => s + e) / v.length; const dev = (v) => v.length < 2 ? 0 : Math.sqrt(v.reduce((s, e) => s + (e - avg(v)) ** 2, 0) / ${n}); const score = (v) => ${score}; let best = rows[0]; for (const row of rows) if (score(row[1]) < score(best[1])) best = row; const limit = ${limit}; return ${take}; }`;

/** Five runs of a model, handed over in one way or another. */
const runs = ({
  model = "undercomplete({ ...sizes, seed })",
  seeds = "[3, 4, 5, 6, 7]",
  rows = "x.validation",
  keep = "out",
  average = "mean(e)",
  spread = "sd(e)",
  train = "learn(model, seed, 0.02)",
} = {}): string =>
  `const outs = []; for (const seed of ${seeds}) { const model = ${model}; const done = await ${train}; const out = done.reconstruct(${rows}); outs.push(${keep}); } const e = outs.map((o) => reconstructionErrors(x.validation, o.shape?.[0] === 69 || Array.isArray(o) ? o : x.train.slice(0, 69)).mean); const mine = { validation: x.validation, rebuilt: outs, mean: ${average}, sd: ${spread} };`;

const honest = "{ raw, scaled: x, codeDim, errors, chosen, model, testError, limits }";
const project = (changes: string, before = ""): string =>
  `${before} const project = { ...${honest}, ${changes} };`;
const pcaChosen =
  "const own = { 'K-means': errors['K-means'], 'PCA 2': errors.PCA, linear: errors.linear.map((e) => e + 0.02) }; const fitted = pca(x.train, { components: 2 });";

export const cases13: Readonly<Record<string, ExerciseCases>> = {
  "13.1": {
    right: [
      parts(),
      "function threeParts(count, seed) { const next = random(seed); const left = Array.from({ length: count }, (_, i) => i); for (let i = count - 1; i > 0; i--) { const j = Math.floor(next.next() * (i + 1)); [left[i], left[j]] = [left[j], left[i]]; } const n = Math.round(count / 5); return { test: left.splice(0, n), validation: Int32Array.from(left.splice(0, n)), train: left }; }",
      "const threeParts = (n, seed) => { const outer = trainTestSplit({ r: tf.range(0, n, 1, 'int32') }, { testSize: 0.2, seed }); const inner = trainTestSplit(outer.train, { testSize: 0.25, seed }); return { train: inner.train.r, validation: inner.test.r, test: outer.test.r }; };".replaceAll(
        /([a-z]+: (?:inner|outer)\.[a-z]+\.r)/g,
        "$1.arraySync()",
      ),
    ],
    wrong: [
      [parts({ keys: "r" }), /drawn?|order/i],
      [parts({ stream: "random(1)" }), /Another seed/],
      [parts({ keys: "Math.random()" }), /same seed gives other/],
      [parts({ test: "o.slice(i)" }), /two places/],
      [parts({ a: "n * 0.7", b: "n * 0.8" }), /60 %, 20 % and 20 %/],
      [parts({ validation: "o.slice(i + 5, j)" }), /hold \d+ together/],
      ["const threeParts = () => ({ train: [0, 1], validation: [2], test: [3] });", /hold 4 together/],
      [
        "const threeParts = (n) => { const r = Array.from({ length: n }, (_, i) => i); return { train: r.filter((i) => i % 5 < 3), validation: r.filter((i) => i % 5 === 3), test: r.filter((i) => i % 5 === 4) }; };",
        /regular|order/,
      ],
      ["const threeParts = (n) => Array.from({ length: n }, (_, i) => i);", /there is no `train`/],
    ],
    harmless: [/next\(\)/, /stream|Math\.round/, /a\]! - keys|b\]!/],
  },
  "13.2": {
    right: [
      rule(),
      "const choose = async (results) => { const t = Object.keys(results).map((k) => { const v = tf.tensor1d(results[k]); const { mean: m, variance } = tf.moments(v); const n = v.size; return [k, m.dataSync()[0], n > 1 ? Math.sqrt(variance.dataSync()[0] * n / (n - 1)) : 0]; }); const low = [...t].sort((p, q) => p[1] - q[1])[0]; return t.filter((r) => r[1] <= low[1] + low[2] + 1e-7)[0][0]; };",
      "const choose = (errors) => { const names = Object.keys(errors), m = names.map((k) => mean(errors[k])); const at = m.indexOf(Math.min(...m)); const line = m[at] + (errors[names[at]].length > 1 ? sd(errors[names[at]]) : 0); for (let i = 0; i < at; i++) if (m[i] <= line) return names[i]; return names[at]; };",
    ],
    wrong: [
      [rule({ limit: "avg(best[1])" }), /smallest mean\. There is a simpler/],
      [rule({ score: "Math.min(...v)", take: "best[0]" }), /smallest single error|single error/],
      [rule({ take: "rows[0][0]" }), /above the limit/],
      [rule({ n: "v.length" }), /n − 1/],
      [rule({ limit: "avg(best[1]) + 2 * dev(best[1])" }), /above the limit/],
      [rule({ take: "rows.find(([, v]) => avg(v) - dev(v) <= avg(best[1]))[0]" }), /above the limit/],
      ["const choose = () => 'one hidden layer';", /one of the names/],
      ["const choose = (results) => Math.min(...Object.values(results).flat());", /one of the names/],
      [rule({ take: "rows.findLast(([, v]) => avg(v) <= limit)[0]" }), /smallest mean|simpler/],
    ],
    harmless: [/values\.length > \d/],
  },
  "13.3": {
    right: [
      runs(),
      runs({ keep: "out.arraySync()", seeds: "[0, 1, 2, 3, 4, 5]" }),
      runs({ model: "stacked({ ...sizes, hidden: [8, 8], activation: 'relu', seed })" }),
      runs({ spread: "sd(e) * Math.sqrt(4 / 5)" }),
    ],
    wrong: [
      [runs({ seeds: "[1, 2, 3]" }), /five reconstructions/],
      [runs({ model: "undercomplete({ ...sizes, seed: 1 })", train: "learn(model, 1)" }), /same error/],
      [runs({ rows: "x.train" }), /shape/],
      [runs({ keep: "x.validation.add(1e-4 * Math.random() * seed)" }), /equals its input/],
      [runs({ train: "Promise.resolve({ reconstruct: (r) => model.autoencoder.predict(r) })" }), /trained/],
      [runs({ average: "Math.min(...e)" }), /not the mean/],
      [runs({ average: "e.reduce((a, b) => a + b)" }), /not the mean/],
      [runs({ spread: "sd(e) ** 2" }), /variance/],
      [runs({ spread: "0.002" }), /not the standard deviation/],
      [runs({ average: "0.0859" }), /not the mean/],
      ["const mine = 0.0859;", /table|numbers|undefined/],
    ],
    harmless: [/seed of |hidden: /],
  },
  "13.4": {
    right: [
      `const project = ${honest};`,
      project("errors: own, chosen: 'PCA 2', model: fitted, testError: testPca", pcaChosen),
      project(
        "raw: r, scaled: z, codeDim: 4, errors: own, chosen: 'PCA', model: found, testError: await reconstructionError(found, z.test), limits: 'Wines of one region only. Three growers, one year, nothing else was measured.'",
        `const wine = await load("wine"); const o = trainTestSplit({ f: wine.features }, { testSize: 0.2, seed: 4 }); const i = trainTestSplit(o.train, { testSize: 0.25, seed: 4 }); const r = { train: i.train.f, validation: i.test.f, test: o.test.f }; const s = new StandardScaler().fit(r.train); const z = { train: s.transform(r.train), validation: s.transform(r.validation), test: s.transform(r.test) }; const found = pca(z.train, { components: 4 }); const e = await reconstructionError(found, z.validation); const own = { PCA: [e], 'K-means': [1, 2, 3, 4, 5].map((k) => 2 * e + k), other: [1, 2, 3, 4, 5].map((k) => 3 * e + k) };`,
      ),
      project(
        "raw: { train: raw.train.arraySync(), validation: raw.validation.arraySync(), test: raw.test.arraySync() }, model: { autoencoder: { predict: (r) => model.reconstruct(r) } }",
      ),
    ],
    wrong: [
      [project("chosen: 'two hidden layers'"), /rule does not take/],
      [project("testError: testError * 0.9"), /Compute it with this model/],
      [project("testError: mean(errors[chosen])"), /Compute it with this model/],
      [project("errors: { PCA: errors.PCA, deep: errors[chosen] }"), /three or more/],
      [project("errors: { ...errors, linear: errors.linear.slice(0, 2) }"), /five seeds/],
      [project("errors: { ...errors, PCA: [0.09] }"), /as many numbers/],
      [project("limits: 'None.'"), /two sentences/],
      [
        project(
          "scaled: z",
          "const w = new StandardScaler().fit(imputer.transform(data.features), { whole: true }); const t = (p) => w.transform(imputer.transform(p)); const z = { train: t(raw.train), validation: t(raw.validation), test: t(raw.test) };",
        ),
        /on these alone/,
      ],
      [
        project(
          "scaled: { ...x, test: z }",
          "const f = imputer.transform(raw.test); const z = new StandardScaler().fit(f.add(0)).transform(f);",
        ),
        /other numbers than/,
      ],
      [project("raw: { ...raw, test: raw.train }, scaled: { ...x, test: x.train }"), /training rows, too/],
      [project("model: pca(x.train, { components: 2 })"), /Train the chosen recipe/],
      [project("codeDim: 4"), /nothing is compressed/],
      ["const project = 8;", /open/],
      [
        `const project = { raw: 1, scaled: 2, codeDim: 2, errors: 3, chosen: 'PCA', model: 4, testError: 0.1, limits: 5 };`,
        /open/,
      ],
    ],
  },
};
