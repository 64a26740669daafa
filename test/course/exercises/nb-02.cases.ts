import type { ExerciseCases } from "./cases.js";

const square = "const sq = (a, b) => a.reduce((s, v, i) => s + (v - b[i]) ** 2, 0);";
const mean =
  "const mean = (rows) => rows[0].map((_, c) => rows.reduce((s, r) => s + r[c], 0) / rows.length);";
const wineScaled =
  "const { StandardScaler: S } = await import('latent-lab/data'); const w = (await load('wine')).features; const sw = new S().fit(w, { whole: true }).transform(w);";
const clustering = (x: string, clusters: number, restarts = 20, seed = 5): string =>
  `(await kMeans(${x}, { clusters: ${clusters}, restarts: ${restarts}, seed: ${seed} })).labels`;
const bestOf = (iris: string, wine: string, digits: string): string =>
  `${wineScaled} const best = { iris: ${iris}, wine: ${wine}, digits: ${digits} };`;
const good = {
  iris: clustering("iris.features", 3),
  wine: clustering("sw", 3),
  digits: "spread.labels",
};

/** A whole run of Lloyd's algorithm, with parts to replace. */
function lloyd({
  assign = "d.indexOf(Math.min(...d))",
  start = "start",
  until = "300",
  push = "",
} = {}): string {
  return `${square} ${mean} function lloyd(x, start) { let centers = ${start}, labels = [], inertias = [];
    for (let round = 0; round < ${until}; round++) {
      const next = x.map((row) => { const d = centers.map((c) => sq(row, c)); return ${assign}; });
      if (String(next) === String(labels)) break;
      labels = next;
      centers = centers.map((c, k) => { const m = x.filter((_, i) => labels[i] === k); return m.length ? mean(m) : c; });
      inertias.push(${push || "x.reduce((s, row, i) => s + sq(row, centers[labels[i]]), 0)"});
    } return { centers, labels, inertias }; }`;
}

export const cases02: Readonly<Record<string, ExerciseCases>> = {
  "02.1": {
    right: [
      "function nearest(p, cs) { let best = 0; const d = (c) => Math.hypot(...c.map((v, i) => v - p[i])); cs.forEach((c, i) => { if (d(c) < d(cs[best])) best = i; }); return best; }",
      "const nearest = (p, cs) => tf.argMin(tf.sum(tf.squaredDifference(tf.tensor2d(cs), p), 1));",
      `${square} const nearest = async (p, cs) => cs.map((c, i) => [sq(c, p), i]).sort((a, b) => a[0] - b[0])[0][1];`,
    ],
    wrong: [
      [
        `${square} const nearest = (p, cs) => { const d = cs.map((c) => sq(c, p)); return d.indexOf(Math.max(...d)); };`,
        /farthest/,
      ],
      [
        "const nearest = (p, cs) => { const d = cs.map((c) => c[0] - p[0]); return d.indexOf(Math.min(...d)); };",
        /misses|farthest/,
      ],
      [
        "const nearest = (p, cs) => { const d = cs.map((c) => Math.abs(c[0] - p[0])); return d.indexOf(Math.min(...d)); };",
        /misses|farthest/,
      ],
      [`${square} const nearest = (p, cs) => Math.min(...cs.map((c) => sq(c, p)));`, /place of a centre/],
      ["const nearest = () => 1;", /misses|farthest/],
      [
        `${square} const nearest = (p, cs) => 1 + cs.map((c) => sq(c, p)).indexOf(Math.min(...cs.map((c) => sq(c, p))));`,
        /misses|farthest|place/,
      ],
      ["const nearest = (p, cs) => { cs.length; };", /return/],
    ],
    harmless: [/\*\* 2, 1\)\);$/], // the same 1 more for every centre
  },
  "02.2": {
    right: [
      `${mean} const centersOf = (x, z, old) => old.map((c, k) => { const m = x.filter((_, i) => z[i] === k); return m.length ? mean(m) : c; });`,
      "function centersOf(x, z, old) { const n = old.map(() => 0), s = old.map((c) => c.map(() => 0)); x.forEach((r, i) => { n[z[i]]++; r.forEach((v, c) => { s[z[i]][c] += v; }); }); return s.map((r, k) => (n[k] ? r.map((v) => v / n[k]) : old[k])); }",
      `${mean} const centersOf = async (x, z, old) => tf.tensor2d(old.map((c, k) => { const m = x.filter((_, i) => z[i] === k); return m.length > 0 ? mean(m) : c; }));`,
    ],
    wrong: [
      [
        "const centersOf = (x, z, old) => old.map((c, k) => c.map((_, j) => { const m = x.filter((_, i) => z[i] === k); return m.reduce((s, r) => s + r[j], 0) / m.length; }));",
        /NaN/,
      ],
      [
        "const centersOf = (x, z, old) => old.map((c, k) => c.map((_, j) => { const m = x.filter((_, i) => z[i] === k); return m.reduce((s, r) => s + r[j], 0) / (m.length || 1); }));",
        /keep its old centre/,
      ],
      [
        "const centersOf = (x, z, old) => old.map((c, k) => { const m = x.filter((_, i) => z[i] === k); return m.length ? c.map((_, j) => m.reduce((s, r) => s + r[j], 0)) : c; });",
        /sums/,
      ],
      ["const centersOf = (x, z, old) => old;", /mean of the points/],
      [`${mean} const centersOf = (x, z, old) => old.map(() => mean(x));`, /keep its old centre/],
      [
        `${mean} const centersOf = (x, z, old) => [0, 1, 3].map((k) => mean(x.filter((_, i) => z[i] === k)));`,
        /shape/,
      ],
    ],
  },
  "02.3": {
    right: [
      lloyd(),
      lloyd({ until: "1000", push: "inertia(x, labels)" }).replace(
        /^/,
        "const { inertia } = await import('latent-lab/analysis'); ",
      ),
      "async function lloyd(x, start) { const { steps, labels, centers } = await kMeans(x, { clusters: start.length, initialization: start, trace: true }); return { centers, labels, inertias: steps.map((s) => s.inertia) }; }",
      lloyd({ assign: "d.reduce((b, v, i) => (v < d[b] ? i : b), 0)" }),
    ],
    wrong: [
      [lloyd({ until: "1" }), /round/],
      [lloyd({ until: "2" }), /until no point|nearer/],
      [lloyd({ assign: "d.indexOf(Math.max(...d))" }), /rises|nearer/],
      [lloyd({ start: "x.slice(0, start.length)" }), /not where `start` leads/],
      [lloyd({ push: "round" }), /rises/],
      [lloyd({ push: "100 / (round + 1)" }), /sum of squared distances/],
      [lloyd().replace("return { centers, labels, inertias }", "return centers"), /no `centers`/],
      ["const lloyd = () => ({ centers: [[1, 2]], labels: [0], inertias: [2, 1] });", /150 values/],
    ],
    harmless: [/< 301/, /round = 1;/],
  },
  "02.4": {
    right: [
      bestOf(good.iris, good.wine, good.digits),
      bestOf(clustering("iris.features", 3, 50, 77), clustering("sw", 3, 8, 3), "Array.from(anyRows.labels)"),
      bestOf(
        `tf.tensor1d(${good.iris})`,
        `Array.from(${good.wine}, (z) => (z + 1) % 3)`,
        "Array.from(spread.labels, (z) => 9 - z)",
      ),
    ],
    wrong: [
      [bestOf(good.iris, clustering("w", 3), good.digits), /standardized/],
      [bestOf(good.iris, good.wine, clustering("digits.features", 10, 1, 1)), /how many starts/],
      [bestOf(good.iris, good.wine, "digits.labels"), /lower is possible/],
      [bestOf("iris.labels", good.wine, good.digits), /lower is possible/],
      [bestOf(good.wine, good.iris, good.digits), /150 values/],
      [bestOf(clustering("iris.features", 4), good.wine, good.digits), /3 clusters/],
      [bestOf("new Int32Array(150)", good.wine, good.digits), /3 clusters/],
    ],
    harmless: [/→ .*restarts: (21|41)/],
  },
  "02.5": {
    right: [
      "async function chooseK(x) { let best = 0, at = 2; for (let k = 2; k <= 9; k++) { const s = silhouette(x, (await kMeans(x, { clusters: k, seed: 4 })).labels); if (s > best) [best, at] = [s, k]; } return at; }",
      "const chooseK = async (x) => { const J = [0]; for (let k = 1; k <= 8; k++) J.push((await kMeans(x, { clusters: k })).inertia); let at = 2, most = 0; for (let k = 2; k < 8; k++) { const bend = Math.log(J[k - 1] / J[k]) - Math.log(J[k] / J[k + 1]); if (bend > most) [most, at] = [bend, k]; } return at; };",
      "const chooseK = async (x) => { const s = await Promise.all([2, 3, 4, 5, 6, 7].map(async (k) => silhouette(x, (await kMeans(x, { clusters: k })).labels))); return tf.argMax(s).dataSync()[0] + 2; };",
    ],
    wrong: [
      ["const chooseK = () => 4;", /gives 4/],
      [
        "const chooseK = async (x) => { const J = []; for (let k = 2; k <= 7; k++) J.push((await kMeans(x, { clusters: k })).inertia); return J.indexOf(Math.min(...J)) + 2; };",
        /tells nothing/,
      ],
      [
        "const chooseK = async (x) => { const s = []; for (let k = 2; k <= 7; k++) s.push(silhouette(x, (await kMeans(x, { clusters: k })).labels)); return s.indexOf(Math.max(...s)); };",
        /gives/,
      ],
      [
        "const chooseK = async (x) => { const s = []; for (let k = 2; k <= 7; k++) s.push(silhouette(x, (await kMeans(x, { clusters: k })).labels)); return Math.max(...s); };",
        /gives/,
      ],
      [
        "const chooseK = async (x) => { const s = []; for (let k = 2; k <= 7; k++) s.push(silhouette(x, (await kMeans(x, { clusters: k })).labels)); return s.indexOf(Math.min(...s)) + 2; };",
        /gives/,
      ],
      [
        "const chooseK = async (x) => { for (let k = 2; k <= 7; k++) silhouette(x, (await kMeans(x, { clusters: k })).labels); };",
        /return/,
      ],
    ],
    harmless: [/candidates = \[2, 3, 4, 5, 6, 7\];? → .*(7, 7|, 8\])/],
  },
  "02.6": {
    right: [
      "function randIndex(a, b) { let n = 0, p = 0; for (let i = 0; i < a.length; i++) for (let j = i + 1; j < a.length; j++) { p++; if ((a[i] === a[j]) === (b[i] === b[j])) n++; } return n / p; }",
      "const randIndex = (a, b) => { let n = 0; a.forEach((u, i) => a.forEach((v, j) => { if (i !== j && (u === v) === (b[i] === b[j])) n++; })); return n / (a.length * (a.length - 1)); };",
      "const randIndex = (a, b) => { const same = (z) => tf.equal(tf.expandDims(z, 1), tf.expandDims(z, 0)); const n = a.length; return (tf.sum(tf.equal(same(a), same(b)).toFloat()).dataSync()[0] - n) / (n * (n - 1)); };",
    ],
    wrong: [
      ["const randIndex = (a, b) => a.filter((v, i) => v === b[i]).length / a.length;", /other names/],
      ["const randIndex = (a, b) => adjustedRandIndex(a, b);", /adjusted/],
      ["const randIndex = () => 1;", /counts once|agreement/],
      [
        "function randIndex(a, b) { let n = 0, p = 0; for (let i = 0; i < a.length; i++) for (let j = 0; j < a.length; j++) { p++; if ((a[i] === a[j]) === (b[i] === b[j])) n++; } return n / p; }",
        /two different rows/,
      ],
      [
        "function randIndex(a, b) { let n = 0, p = 0; for (let i = 0; i < a.length; i++) for (let j = i + 1; j < a.length; j++) { p++; if (a[i] === a[j] && b[i] === b[j]) n++; } return n / p; }",
        /full agreement is 1/,
      ],
      [
        "function randIndex(a, b) { let n = 0; for (let i = 0; i < a.length; i++) for (let j = i + 1; j < a.length; j++) if ((a[i] === a[j]) === (b[i] === b[j])) n++; return n; }",
        /full agreement is 1/,
      ],
    ],
  },
};
