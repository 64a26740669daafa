// PCA and K-means on 60,000 × 784 against scikit-learn (where Debian's python3-sklearn is), in one run, in turns, on the
// same bytes. Errors must agree before times count. Writes its section of RESULTS.md. Run: npm run bench:analysis
// ROUNDS=n sets the rounds (3), WRITE=0 only prints.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs-core";
import { kMeans, pca } from "../dist/analysis/index.js";
import { random } from "../dist/core/random.js";
import { readyBackend } from "../dist/core/tensorflow.js";
import { circumstances, median, table, writeSection } from "./report.mjs";

const rounds = Number(process.env.ROUNDS ?? 3);
const [rows, columns, groups, components] = [60_000, 784, 10, 32];
await readyBackend();
const folder = mkdtempSync(join(tmpdir(), "bench-analysis-"));
const values = likeImages();
writeFileSync(join(folder, "data"), values);
const x = tf.tensor2d(values, [rows, columns]);
const theirs = await scikit();
const jobs = { "PCA, 32 components": ourPca, "K-means, 10 clusters, one start": ourKMeans };
const result = [];
for (const [at, [name, ours]] of Object.entries(jobs).entries()) {
  const [own, other] = [[], []];
  for (let round = 0; round < rounds; round++) {
    own.push(await ours(round));
    if (theirs) other.push(await theirs.ask(`${["pca", "kmeans"][at]} ${round}`));
  }
  const pairs = other.map(({ seconds }, each) => own[each].seconds / seconds);
  const quality = (list) => median(list.map(({ quality }) => quality)).toPrecision(6);
  const time = (list) => `${median(list.map(({ seconds }) => seconds)).toFixed(2)} s`;
  const steps = (list) =>
    list[0].iterations ? ` (${list.map(({ iterations }) => iterations).join(", ")} steps)` : "";
  const agree = other.length ? Math.abs(quality(own) / quality(other) - 1) : 0;
  if (agree > 1e-3) throw new Error(`${name}: ${quality(own)} and ${quality(other)} differ.`);
  const ratio = pairs.length ? median(pairs) : undefined;
  result.push([
    ...[name, time(own) + steps(own), other.length ? time(other) + steps(other) : "–"],
    ratio === undefined ? "–" : ratio.toFixed(2),
    ratio === undefined ? "–" : ratio <= 1.5 ? "≤ 1.5: met" : "≤ 1.5: **missed**",
    `${quality(own)} / ${other.length ? quality(other) : "–"}`,
  ]);
}
theirs?.end();
rmSync(folder, { recursive: true });
const head = ["median", "ours", "scikit-learn", "ours ÷ theirs", "target", "error or inertia, ours / theirs"];
const text = [
  `${circumstances()} ${theirs ? `scikit-learn ${theirs.version}` : "**scikit-learn is not installed here**: its column is empty"}. ` +
    `60,000 × 784 numbers in single precision for both (ten groups of noisy, smooth pictures), ${rounds} rounds in turns; the machine was shared, load ${loadavg()[0].toFixed(1)} at the end.`,
  "",
  table(head, result),
  "",
  "Both K-means start at the same ten rows, others in each round, and end when the centres move by less than 0.0001 of the variance. Each time of ours includes compiling, which a fit with several restarts needs once.",
].join("\n");
console.log(text);
if (process.env.WRITE !== "0") writeSection("analysis", text);
process.exit();

function ourPca() {
  const started = performance.now();
  const fitted = pca(x, { components });
  const seconds = (performance.now() - started) / 1000;
  return { seconds, quality: 1 - fitted.explainedVarianceRatio.reduce((sum, share) => sum + share, 0) };
}

async function ourKMeans(seed) {
  const started = performance.now();
  const { inertia, iterations } = await kMeans(x, {
    clusters: groups,
    initialization: startAt(seed),
    tolerance: 1e-4,
  });
  return { seconds: (performance.now() - started) / 1000, quality: inertia, iterations };
}

/** The same start for both: ten rows. */
function startAt(round) {
  const from = round * groups;
  return Array.from({ length: groups }, (_, at) =>
    Array.from(values.subarray((from + at) * columns, (from + at + 1) * columns)),
  );
}

/** Ten smooth patterns, each varied along 20 shared smooth directions, with noise; in [0, 1]. */
function likeImages() {
  const stream = random(0);
  const wave = () => {
    const [a, b, c] = [stream.next() * 0.5, stream.next() * 0.5, stream.next() * 6.3];
    return Float32Array.from({ length: columns }, (_, at) =>
      Math.sin(a * (at % 28) + b * Math.floor(at / 28) + c),
    );
  };
  const [means, directions] = [Array.from({ length: groups }, wave), Array.from({ length: 20 }, wave)];
  const made = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const mean = means[stream.integer(groups)];
    const shares = directions.map(() => (stream.next() - 0.5) * 0.8);
    for (let at = 0; at < columns; at++) {
      let value = 0.5 + mean[at] * 0.2 + (stream.next() - 0.5) * 0.2;
      for (let each = 0; each < shares.length; each++) value += shares[each] * directions[each][at] * 0.2;
      made[row * columns + at] = Math.min(1, Math.max(0, value));
    }
  }
  return made;
}

async function scikit() {
  const program = `
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np, sklearn
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
x = np.fromfile(${JSON.stringify(join(folder, "data"))}, dtype=np.float32).reshape(${rows}, ${columns})
print(json.dumps(sklearn.__version__), flush=True)
for line in sys.stdin:
    job, seed = line.split()
    start = time.perf_counter()
    if job == "pca":
        m = PCA(${components}, random_state=int(seed)).fit(x)
        r = dict(seconds=time.perf_counter() - start, quality=float(1 - m.explained_variance_ratio_.sum()))
    else:
        m = KMeans(${groups}, n_init=1, init=x[int(seed) * ${groups}:(int(seed) + 1) * ${groups}]).fit(x)
        r = dict(seconds=time.perf_counter() - start, quality=float(m.inertia_), iterations=m.n_iter_)
    print(json.dumps(r), flush=True)
`;
  const child = spawn("/usr/bin/python3", ["-c", program], { stdio: ["pipe", "pipe", "ignore"] });
  child.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) return undefined;
  const ask = async (line) => {
    child.stdin.write(`${line}\n`);
    return JSON.parse((await lines.next()).value);
  };
  return { version: JSON.parse(first.value), ask, end: () => child.stdin.end() };
}
