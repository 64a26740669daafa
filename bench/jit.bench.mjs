// Compiled training against PyTorch eager (where Debian's python3-torch is) and TensorFlow.js's backends, in one run.
// All start from the same weights and see the same batches; the first epoch's losses must agree before anything is timed.
// Then whole epochs take turns, three at a time. Writes its section of RESULTS.md. Run: npm run bench:jit
// ROUNDS=n sets the rounds (15), SLOW=0 leaves TensorFlow.js's backends out, WRITE=0 only prints.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { readyBackend } from "../dist/core/tensorflow.js";
import { load } from "../dist/data/index.js";
import { jit } from "../dist/jit/index.js";
import { stacked } from "../dist/models/index.js";
import { reconstructionError, fit as train } from "../dist/train/index.js";
import { data, models } from "./jit-models.mjs";
import { circumstances, median, table, versionOf, writeSection } from "./report.mjs";

const rounds = Number(process.env.ROUNDS ?? 15);
const together = 3; // epochs of a round, as people train: a round is not only a start
const slowToo = process.env.SLOW !== "0";
const python = "/usr/bin/python3";
const folder = mkdtempSync(join(tmpdir(), "bench-jit-"));
await readyBackend();
const [, , task, which] = process.argv;
if (task === "--memory") await memoryOfOurs();
else if (task === "--first") await firstOfOurs(models[Number(which)]);
else if (task === "--next") await nextOfOurs(models[Number(which)]);
else if (task === "--eager") await firstOfTheirs(models[Number(which)]);
else await main();
rmSync(folder, { recursive: true });
process.exit();

async function main() {
  const version = torchVersion();
  const lines = [
    `${circumstances()} ONNX Runtime ${versionOf("onnxruntime-web")}, TensorFlow.js ${versionOf("@tensorflow/tfjs-core")}, ${version ? `PyTorch ${version}, eager, without denormal numbers` : "**PyTorch is not installed here**: its column is empty"}. ` +
      `${rounds} interleaved rounds of ${together} epochs, Adam; the machine was shared, load ${loadavg()[0].toFixed(1)} at the start.`,
    "",
  ];
  const [rows, details] = [[], []];
  const only = process.env.ONLY; // a part of names, to look at some models
  for (const spec of models.filter(({ name }) => !only || new RegExp(only).test(name))) {
    const { row, detail } = await compare(spec, version);
    rows.push(row);
    details.push(detail);
  }
  const head = [
    "an epoch: median (range), ms",
    "ours, native",
    "ours, WASM",
    "PyTorch",
    "TensorFlow.js WASM",
    "TensorFlow.js CPU",
    "ours ÷ PyTorch",
    "target",
  ];
  lines.push(table(head, rows), "", ...details.map((each) => `- ${each}`), "");
  lines.push(...(await others(version)));
  const text = lines.join("\n");
  console.log(text);
  if (process.env.WRITE !== "0") writeSection("jit", text);
}

async function compare(spec, version) {
  const x = data(spec);
  const weights = weightsOf(spec.build());
  const native = await best([1, availableParallelism()], (threads) =>
    ours("onnxruntime-node", spec, x, weights, threads),
  );
  const contenders = [
    native,
    await ours("onnxruntime-web", spec, x, weights),
    ...(version ? [await torch(spec, x, weights)] : []),
  ];
  if (slowToo) contenders.push(await eager("wasm", spec, x, weights), await eager("cpu", spec, x, weights));
  const checked = contenders.filter(({ loss }) => loss !== undefined);
  const spread = Math.max(...checked.map(({ loss }) => loss)) - Math.min(...checked.map(({ loss }) => loss));
  if (!(spread < (spec.agree ?? 1e-5)))
    throw new Error(
      `${spec.name}: the first epoch's losses differ: ${checked.map(({ name, loss }) => `${name} ${loss}`)}`,
    );
  const times = new Map(contenders.map(({ name, once }) => [name, once === undefined ? [] : [once]]));
  for (let round = 0; round < rounds; round++)
    for (const { name, epoch, warm } of contenders) {
      if (warm) await epoch();
      if (epoch) times.get(name).push(await epoch());
    }
  const cell = (name) => {
    const list = times.get(name);
    if (!list?.length) return "–";
    return list.length === 1
      ? ms(list[0])
      : `${ms(median(list))} (${ms(Math.min(...list))}–${ms(Math.max(...list))})`;
  };
  const names = ["onnxruntime-node", "onnxruntime-web", "PyTorch", "wasm", "cpu"];
  // Of each round, so that what slowed both down counts for neither.
  const pairs = ratios(times, "onnxruntime-node", "PyTorch");
  const ratio = pairs.length
    ? `${median(pairs).toFixed(2)} (${Math.min(...pairs).toFixed(2)}–${Math.max(...pairs).toFixed(2)})`
    : "–";
  const verdict = !spec.target
    ? "–"
    : !pairs.length
      ? `≤ ${spec.target}`
      : median(pairs) <= spec.target
        ? `≤ ${spec.target}: met`
        : `≤ ${spec.target}: **missed**`;
  const threads = contenders.filter((each) => each.threads).map(({ name, threads }) => `${name} ${threads}`);
  const detail = `${spec.name}: first epochs' losses agree to ${spread.toExponential(1)}; threads ${threads.join(", ")}; ${firstCalls(spec)}${timesWasm(spec, times)}.`;
  console.error(detail, names.map(cell).join(" | "), ratio);
  for (const { end } of contenders) await end?.();
  x.dispose();
  return { row: [spec.name, ...names.map(cell), ratio, verdict], detail };
}

/** The one's times by the other's, round by round: what slows a round down slows both. */
function ratios(times, one, other) {
  return (times.get(other) ?? []).map((time, at) => times.get(one)[at] / time);
}

/** How many times as fast as TensorFlow.js's WASM backend, where a target is set. */
function timesWasm(spec, times) {
  if (!spec.wasm || !slowToo) return "";
  const ratio = median(ratios(times, "wasm", "onnxruntime-node"));
  return `; ${ratio.toFixed(0)} times as fast as TensorFlow.js's WASM (target ≥ ${spec.wasm}: ${ratio >= spec.wasm ? "met" : "**missed**"})`;
}

/** The fastest of the contenders made with these thread counts, in rounds by turns: by the median, which is what is told. */
async function best(counts, make) {
  const all = [];
  for (const count of new Set(counts)) all.push({ ...(await make(count)), times: [] });
  for (let round = 0; round < 7; round++) for (const each of all) each.times.push(await each.epoch());
  return all.reduce((winner, each) => (median(each.times) < median(winner.times) ? each : winner));
}

/**
 * @returns a contender: its name, the loss of its first epoch, a function that times one more, and whether a turn begins with
 *   some that do not count: a virtual machine gives its second processor a core of its own only after a while
 */
async function ours(engine, spec, x, weights, threads) {
  const model = withWeights(spec.build(), weights);
  const options = { batchSize: spec.batch, shuffle: false, quiet: true, engine, threads, epochs: 1 };
  const y = targets(spec, x);
  const { history, notice } = await train(model, x, y, options);
  if (notice) throw new Error(notice);
  const epochs = engine === "onnxruntime-web" && spec.rows > 5000 ? 1 : together; // it takes long
  const epoch = async () => (await timed(() => train(model, x, y, { ...options, epochs }))) / epochs;
  const warm = engine === "onnxruntime-node";
  return { name: engine, loss: history.loss[0], threads: threads ?? 1, epoch, warm };
}

/** TensorFlow.js's own fit on a share of the rows: by turns with the others on WebAssembly, once in plain JavaScript. */
async function eager(backend, spec, x, weights) {
  const options = { epochs: 1, batchSize: spec.batch, shuffle: false, verbose: 0, yieldEvery: "never" };
  const on = async (body) => {
    const before = tf.getBackend();
    await tf.setBackend(backend);
    try {
      return await body();
    } finally {
      await tf.setBackend(before);
    }
  };
  return on(async () => {
    const own = tf.tidy(() => tf.slice(tf.tensor(x.dataSync(), x.shape), 0, spec.slow));
    const model = withWeights(spec.build(), weights);
    const y = targets(spec, own);
    const run = () => model.fit(own, y, options);
    const epoch = () => on(async () => (await timed(run)) * (spec.rows / spec.slow));
    let history;
    try {
      const once = (await timed(async () => ({ history } = await run()))) * (spec.rows / spec.slow);
      const loss = spec.slow === spec.rows ? history.loss[0] : undefined;
      return { name: backend, loss, ...(backend === "cpu" ? { once } : { epoch }) };
    } catch (error) {
      if (!/not registered/.test(error.message)) throw error;
      return { name: backend }; // WebAssembly has no gradient of convolutions' filters
    }
  });
}

/** TensorFlow.js wants targets as wide as the VAE's output, which carries mean and log variance along. */
function targets({ kind }, x) {
  return kind === "vae"
    ? tf.pad(x, [
        [0, 0],
        [0, 16],
      ])
    : x;
}

function torchVersion() {
  try {
    return execFileSync(python, ["-c", "import torch; print(torch.__version__)"], {
      stdio: ["ignore", "pipe", "ignore"],
    })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

async function torch(spec, x, weights) {
  const child = spawn(python, [new URL("jit_torch.py", import.meta.url).pathname], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line) => {
    child.stdin.write(`${line}\n`);
    return JSON.parse((await lines.next()).value);
  };
  const paths = { data: join(folder, "data"), weights: join(folder, "weights") };
  writeFileSync(paths.data, x.dataSync());
  writeFileSync(paths.weights, Buffer.concat(weights.map(({ values }) => Buffer.from(values.buffer))));
  const { build: _, name: __, ...rest } = spec;
  const { loss, threads } = await ask(
    JSON.stringify({ ...rest, ...paths, shapes: weights.map(({ shape }) => shape) }),
  );
  return {
    name: "PyTorch",
    loss,
    threads,
    warm: true,
    async epoch() {
      let sum = 0;
      for (let at = 0; at < together; at++) sum += await ask("epoch");
      return sum / together;
    },
    memory: () => ask("memory"),
    end: () => child.stdin.end(),
  };
}

/** Notebook 08's training, memory, and the share of the machine's peak. */
async function others(version) {
  const lines = [];
  if (slowToo) lines.push(await notebook08());
  const dense = models[1];
  const memory = inOwnProcess("--memory");
  let theirs;
  if (version) {
    const x = data(dense);
    const weights = weightsOf(dense.build());
    const contender = await torch(dense, x, weights);
    theirs = await contender.memory();
    contender.end();
    x.dispose();
  }
  lines.push(
    `- Memory at its highest while the dense model trains on 60,000 rows (188 MB), a process of its own: ours ${memory.toFixed(0)} MB` +
      (theirs
        ? `, PyTorch ${theirs.toFixed(0)} MB: ${(memory / theirs).toFixed(2)} times (target ≤ 1.5: ${memory / theirs <= 1.5 ? "met" : "**missed**"}).`
        : "."),
  );
  lines.push(await shareOfPeak(dense));
  return lines;
}

async function notebook08() {
  const { train: rows, test } = (await load("digits")).split();
  const results = [];
  for (const compile of [true, false]) {
    const { autoencoder } = stacked({ seed: 0 });
    await tf.setBackend("wasm");
    const result = await train(autoencoder, rows.features, rows.features, {
      epochs: 100,
      seed: 0,
      quiet: true,
      compile,
    });
    results.push({ ...result, error: await reconstructionError(autoencoder, test.features) });
  }
  const [ours, theirs] = results;
  return (
    `- Notebook 08, 100 epochs of the course's model on the digits: ${ours.engine} ${ours.seconds.toFixed(2)} s with its first call, TensorFlow.js ${theirs.engine} ${theirs.seconds.toFixed(2)} s: ` +
    `${(theirs.seconds / ours.seconds).toFixed(1)} times as fast (target 8); held-out error ${ours.error.toFixed(4)} and ${theirs.error.toFixed(4)}, the reference's band is 0.0318 to 0.0371.`
  );
}

async function shareOfPeak(spec) {
  const [size, count] = [2048, 8];
  const a = tf.randomUniform([size, size], 0, 1 / size);
  const product = jit(
    (x) => {
      let y = x;
      for (let at = 0; at < count; at++) y = tf.matMul(y, x);
      return y;
    },
    { engine: "onnxruntime-node", threads: availableParallelism() },
  );
  const x = data(spec);
  const model = spec.build();
  const options = {
    batchSize: spec.batch,
    shuffle: false,
    quiet: true,
    engine: "onnxruntime-node",
    epochs: 1,
  };
  await train(model, x, x, options);
  (await product(a)).dispose();
  const shares = [];
  const parameters = 2 * (784 * 128 + 128 * 32);
  for (let round = 0; round < 5; round++) {
    const peak = (count * 2 * size ** 3) / (await timed(async () => (await product(a)).dispose()));
    const speed =
      (spec.rows * 2 * (3 * parameters - 784 * 128)) / (await timed(() => train(model, x, x, options)));
    shares.push({ peak, speed });
  }
  const [peak, speed] = ["peak", "speed"].map((name) => median(shares.map((each) => each[name])) / 1e6);
  return `- The dense model computes ${speed.toFixed(0)} GFLOP/s in matrix products, all else included; a MatMul of ${size}×${size} in the same run ${peak.toFixed(0)}: ${Math.round((100 * speed) / peak)} % of the peak.`;
}

/** The number that this script prints in a process of its own. */
function inOwnProcess(...task) {
  return Number(execFileSync(process.execPath, [new URL(import.meta.url).pathname, ...task]).toString());
}

/** What a model's first call costs. The target is compilation's: what comes to it in a fresh process stands beside it. */
function firstCalls(spec) {
  const [next, first, theirs] = ["--next", "--first", "--eager"].map((task) =>
    Array.from({ length: 5 }, () => inOwnProcess(task, models.indexOf(spec))),
  );
  const told = (times) => `${ms(median(times))} ms (${ms(Math.min(...times))}–${ms(Math.max(...times))})`;
  const target = spec.first
    ? ` (target ≤ ${spec.first}: ${median(next) <= spec.first ? "met" : "**missed**"})`
    : "";
  return (
    `first call (record, session, one step) ${told(next)} in a process that has trained another model${target}, ` +
    `${told(first)} in a fresh one, where the engine starts; TensorFlow.js's own first batch in a fresh one, plain JavaScript, ${told(theirs)}`
  );
}

/** Prints how long the first training of one batch takes in this process, in milliseconds. */
async function firstOfOurs(spec) {
  const x = data({ ...spec, rows: spec.batch });
  const model = spec.build();
  const options = { batchSize: spec.batch, quiet: true, epochs: 1 };
  console.log(await timed(() => train(model, x, targets(spec, x), options)));
}

/** The same, after a training of another model. */
async function nextOfOurs(spec) {
  const other = sequential({ layers: [layers.dense({ units: 4, inputShape: [8], activation: "relu" })] });
  other.compile({ optimizer: "sgd", loss: "meanAbsoluteError" });
  await train(other, tf.zeros([32, 8]), tf.ones([32, 4]), { quiet: true, epochs: 1 });
  await firstOfOurs(spec);
}

async function firstOfTheirs(spec) {
  await tf.setBackend("cpu");
  const x = data({ ...spec, rows: spec.batch });
  const model = spec.build();
  console.log(await timed(() => model.trainOnBatch(x, targets(spec, x))));
}

async function memoryOfOurs() {
  const spec = models[1];
  const x = data(spec);
  await train(spec.build(), x, x, { batchSize: spec.batch, quiet: true, epochs: 3 });
  console.log(process.resourceUsage().maxRSS / 1024);
}

function weightsOf(model) {
  return model.getWeights().map((weight) => ({ shape: weight.shape, values: weight.dataSync().slice() }));
}

function withWeights(model, weights) {
  const tensors = weights.map(({ values, shape }) => tf.tensor(values.slice(), shape));
  model.setWeights(tensors);
  tf.dispose(tensors);
  return model;
}

async function timed(body) {
  const started = performance.now();
  await body();
  return performance.now() - started;
}

function ms(value) {
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}
