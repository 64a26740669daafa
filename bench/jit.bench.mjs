// Compiled training against TensorFlow.js's backends and, where it is installed, PyTorch, in one run: the course's
// model and a larger dense autoencoder on random numbers. First the losses of one epoch must agree, then epochs are
// timed in interleaved rounds. Prints medians with their spread, and ratios. Run: npm run bench:jit
// ROUNDS=n sets the rounds (15), SLOW=0 leaves TensorFlow.js's backends out on the larger model.
import { execFileSync, spawn } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs-core";
import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";
import { compileTraining } from "../dist/jit/index.js";

const rounds = Number(process.env.ROUNDS ?? 15);
const slowToo = process.env.SLOW !== "0";
const python = "/usr/bin/python3";
const models = [
  {
    name: "64-32-16-3-16-32-64, 1,437 rows, batch 32",
    rows: 1437,
    batch: 32,
    inputs: 64,
    slowRounds: rounds,
    layers: [
      [32, "elu"],
      [16, "elu"],
      [3, "linear"],
      [16, "elu"],
      [32, "elu"],
      [64, "sigmoid"],
    ],
  },
  {
    name: "784-128-32-128-784, 6,000 rows, batch 256",
    rows: 6000,
    batch: 256,
    inputs: 784,
    slowRounds: 1,
    layers: [
      [128, "relu"],
      [32, "relu"],
      [128, "relu"],
      [784, "sigmoid"],
    ],
  },
];

console.log(
  `${cpus()[0]?.model}, ${availableParallelism()} processors, Node ${process.version}, ${rounds} rounds\n`,
);
for (const model of models) await compare(model);

async function compare(spec) {
  const x = data(spec);
  const weights = build(spec)
    .getWeights()
    .map((weight) => ({ shape: weight.shape, values: weight.dataSync().slice() }));
  const contenders = [
    await ours("ours, native ONNX Runtime", "onnxruntime-node", spec, x, weights),
    await ours("ours, WASM ONNX Runtime", "onnxruntime-web", spec, x, weights),
    ...(hasTorch() ? [await torch(spec, x, weights)] : []),
    ...(slowToo || spec.slowRounds > 1
      ? [await eager("wasm", spec, x, weights), await eager("cpu", spec, x, weights)]
      : []),
  ];
  const losses = contenders.map(({ firstLoss }) => firstLoss);
  const spread = Math.max(...losses) - Math.min(...losses);
  if (!(spread < 1e-5)) throw new Error(`the first epoch's losses differ: ${losses}`);
  const times = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const { name, slow, epoch } of contenders) {
      if (slow && round >= spec.slowRounds) continue;
      times.get(name).push(await epoch());
    }
  console.log(`## ${spec.name}\n\nLosses of the first epoch agree to ${spread.toExponential(1)}.\n`);
  console.log("| | epoch, ms: median (least to most) | times native's | first call, ms |\n|---|--:|--:|--:|");
  const [native] = [...times.values()].map(median);
  for (const { name, first } of contenders) {
    const list = times.get(name);
    const range = `${ms(median(list))} (${ms(Math.min(...list))} to ${ms(Math.max(...list))})`;
    console.log(
      `| ${name} | ${range} | ${(median(list) / native).toFixed(1)} | ${first === undefined ? "" : ms(first)} |`,
    );
  }
  console.log("");
  for (const { end } of contenders) await end();
  x.dispose();
}

/** @returns a contender: its name, the loss of its first epoch, and a function that times one more */
async function ours(name, engine, spec, x, weights) {
  await tf.setBackend("cpu");
  const model = withWeights(build(spec), weights);
  const training = await compileTraining(model, { engine });
  const options = { epochs: 1, batchSize: spec.batch, shuffle: false };
  const started = performance.now();
  await training.train(x, x, { ...options, signal: AbortSignal.abort() });
  const first = performance.now() - started; // trace, session and four steps
  model.setWeights(weights.map(({ values, shape }) => tf.tensor(values, shape)));
  model.compile({ optimizer: tf.train.adam(0.001, 0.9, 0.999, 1e-7), loss: "meanSquaredError" });
  const { history } = await training.train(x, x, options);
  const epoch = async () => timed(() => training.train(x, x, options));
  return { name, first, firstLoss: history.loss[0], epoch, end: () => training.dispose() };
}

async function eager(backend, spec, x, weights) {
  await tf.setBackend(backend);
  const model = withWeights(build(spec), weights);
  const own = tf.tensor(x.dataSync().slice(), x.shape);
  const options = { epochs: 1, batchSize: spec.batch, shuffle: false, verbose: 0, yieldEvery: "never" };
  const { history } = await model.fit(own, own, options);
  const epoch = async () => {
    await tf.setBackend(backend);
    const time = await timed(() => model.fit(own, own, options));
    await tf.setBackend("cpu");
    return time;
  };
  return {
    name: `TensorFlow.js, ${backend}`,
    slow: true,
    firstLoss: history.loss[0],
    epoch,
    end: async () => own.dispose(),
  };
}

function hasTorch() {
  try {
    execFileSync(python, ["-c", "import torch"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** PyTorch eager in a process of its own; one epoch for each line that it reads. The better of 1 and all threads. */
async function torch(spec, x, weights) {
  const child = spawn(python, ["-c", torchProgram], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line) => {
    child.stdin.write(`${line}\n`);
    return JSON.parse((await lines.next()).value);
  };
  const parts = {
    ...spec,
    x: Array.from(x.dataSync()),
    weights: weights.map(({ values, shape }) => ({ shape, values: Array.from(values) })),
  };
  const { loss, version } = await ask(JSON.stringify(parts));
  return {
    name: `PyTorch ${version}`,
    firstLoss: loss,
    epoch: () => ask("epoch"),
    end: async () => child.stdin.end(),
  };
}

const torchProgram = `
import json, sys, time, os, torch
spec = json.loads(sys.stdin.readline())
x = torch.tensor(spec["x"], dtype=torch.float32).reshape(spec["rows"], spec["inputs"])
acts = dict(elu=torch.nn.ELU, relu=torch.nn.ReLU, sigmoid=torch.nn.Sigmoid, linear=torch.nn.Identity)
parts, width = [], spec["inputs"]
for at, (units, act) in enumerate(spec["layers"]):
    layer = torch.nn.Linear(width, units)
    w, b = spec["weights"][2 * at], spec["weights"][2 * at + 1]
    layer.weight.data = torch.tensor(w["values"]).reshape(w["shape"]).t().contiguous()
    layer.bias.data = torch.tensor(b["values"])
    parts += [layer, acts[act]()]; width = units
model = torch.nn.Sequential(*parts)
adam = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)
def epoch():
    total, batch = 0.0, spec["batch"]
    for at in range(0, len(x), batch):
        rows = x[at:at + batch]
        loss = torch.nn.functional.mse_loss(model(rows), rows)
        adam.zero_grad(); loss.backward(); adam.step()
        total += loss.item() * len(rows)
    return total / len(x)
first = epoch()
best = {}
for threads in {1, os.cpu_count()}:
    torch.set_num_threads(threads); epoch()
    t = time.perf_counter(); epoch(); best[time.perf_counter() - t] = threads
torch.set_num_threads(best[min(best)])
print(json.dumps(dict(loss=first, version=torch.__version__)), flush=True)
for line in sys.stdin:
    t = time.perf_counter(); epoch()
    print(json.dumps(1000 * (time.perf_counter() - t)), flush=True)
`;

function build({ inputs, layers: list }) {
  const model = sequential();
  for (const [at, [units, activation]] of list.entries())
    model.add(
      layers.dense({
        units,
        activation,
        ...(at === 0 ? { inputShape: [inputs] } : {}),
        kernelInitializer: initializers.glorotUniform({ seed: at + 1 }),
      }),
    );
  model.compile({ optimizer: tf.train.adam(0.001, 0.9, 0.999, 1e-7), loss: "meanSquaredError" });
  return model;
}

function withWeights(model, weights) {
  model.setWeights(weights.map(({ values, shape }) => tf.tensor(values, shape)));
  return model;
}

/** Uniform in [0, 1), from a small linear congruential generator so that each run has the same. */
function data({ rows, inputs }) {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return tf.tensor2d(Float32Array.from({ length: rows * inputs }, next), [rows, inputs]);
}

async function timed(body) {
  const started = performance.now();
  await body();
  return performance.now() - started;
}

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function ms(value) {
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}
