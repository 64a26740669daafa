// The engines in programs of their own: without the native package the WASM one takes over, and the package as built
// imports nothing that may be missing.
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { engineNames } from "../../src/jit/session/engine.js";
import { repository } from "../architecture/source-files.js";
import { cuda } from "../optional-tool.js";
import { webgpu } from "../webgpu.js";

const jit = pathToFileURL(join(repository, "dist/jit/index.js")).href;

/** Lets every import of onnxruntime-node fail as if it were not installed. */
const withoutNative = `data:text/javascript,${encodeURIComponent(`
  import { register } from "node:module";
  register("data:text/javascript," + encodeURIComponent(\`
    export async function resolve(specifier, context, next) {
      if (specifier === "onnxruntime-node") throw new Error("Cannot find package 'onnxruntime-node'");
      return next(specifier, context);
    }\`));`)}`;

/** Trains a little and prints which engine did it. */
const program = `
  import * as tf from "@tensorflow/tfjs-core";
  import { layers, sequential } from "@tensorflow/tfjs-layers";
  const { compileTraining } = await import(process.argv[1]);
  const model = sequential();
  model.add(layers.dense({ units: 2, inputShape: [2] }));
  model.compile({ optimizer: tf.train.adam(0.1), loss: "meanSquaredError" });
  const training = await compileTraining(model);
  const x = tf.tensor2d([[1, 2], [3, 4]]);
  const { history, engine } = await training.train(x, x, { epochs: 20 });
  console.log(JSON.stringify({ engine, learnt: history.loss[19] < history.loss[0], backend: tf.getBackend() }));
  await training.dispose();`;

function run(...options: string[]): unknown {
  return runProgram(program, options);
}

function runProgram(text: string, options: readonly string[] = []): unknown {
  const args = [...options, "--input-type=module", "-e", text, jit];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: repository, encoding: "utf8" }));
}

it("in plain Node the native engine trains, beside TensorFlow.js's WASM backend, and the process ends", () => {
  expect(run()).toEqual({ engine: "onnxruntime-node", learnt: true, backend: "wasm" });
});

/** Trains on the same rows before and after others, which makes the engine forget them. */
const again = `
  import * as tf from "@tensorflow/tfjs-core";
  import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";
  const { fit } = await import(new URL("../train/index.js", process.argv[1]).href);
  const { readyBackend } = await import(new URL("../core/tensorflow.js", process.argv[1]).href);
  const backend = await readyBackend();
  const [x, other] = [tf.tensor2d([[1, 2], [3, 4]]), tf.ones([2, 2])];
  const losses = [];
  for (const rows of [x, other, x]) {
    const model = sequential();
    model.add(layers.dense({ units: 2, inputShape: [2], kernelInitializer: initializers.glorotUniform({ seed: 1 }) }));
    model.compile({ optimizer: tf.train.sgd(0.01), loss: "meanSquaredError" });
    losses.push((await fit(model, rows, rows, { epochs: 3, quiet: true })).history.loss[2]);
  }
  console.log(JSON.stringify({ backend, same: losses[0] === losses[2], rows: Array.from(x.dataSync()) }));`;

it("rows of the WASM backend go to the engine and stay where they are", () => {
  expect(runProgram(again)).toEqual({ backend: "wasm", same: true, rows: [1, 2, 3, 4] });
});

it("without onnxruntime-node the WASM engine trains, and the process ends", () => {
  expect(run("--import", withoutNative)).toEqual({
    engine: "onnxruntime-web",
    learnt: true,
    backend: "wasm",
  });
});

/** Trains with dropout and prints the weights' bits. */
const dropping = `
  import * as tf from "@tensorflow/tfjs-core";
  import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";
  const { compileTraining } = await import(process.argv[1]);
  const model = sequential();
  const kernelInitializer = initializers.glorotUniform({ seed: 1 });
  model.add(layers.dense({ units: 8, inputShape: [3], kernelInitializer }));
  model.add(layers.dropout({ rate: 0.4 }));
  model.add(layers.gaussianNoise({ stddev: 0.1 }));
  model.add(layers.dense({ units: 3, kernelInitializer }));
  model.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" });
  const x = tf.tensor2d(Array.from({ length: 90 }, (_, at) => Math.sin(at)), [30, 3]);
  const training = await compileTraining(model, { threads: 1 });
  await training.train(x, x, { epochs: 20, batchSize: 8, seed: 5 });
  await training.dispose();
  console.log(JSON.stringify(model.getWeights().map((weight) => Buffer.from(weight.dataSync().buffer).toString("hex"))));`;

it("training with dropout and noise gives the same bits in every process", () => {
  const first = runProgram(dropping);
  expect(first).toEqual(runProgram(dropping));
  expect(JSON.stringify(first)).toMatch(/[1-9a-f]{8}/);
});

it.skipIf(cuda.missing)(`CUDA trains ${cuda.reason}`, () => {
  const onCuda = program.replace("compileTraining(model)", 'compileTraining(model, { device: "cuda" })');
  expect(runProgram(onCuda)).toEqual({ engine: "onnxruntime-node", learnt: true, backend: "wasm" });
});

it.skipIf(webgpu.missing)(`WebGPU trains ${webgpu.reason}`, () => {
  const onGpu = program.replace("compileTraining(model)", 'compileTraining(model, { device: "webgpu" })');
  expect(runProgram(onGpu)).toEqual({ engine: "onnxruntime-node", learnt: true, backend: "wasm" });
});

/** Takes a row that is not there, in a function and in a training. */
const outside = `
  import * as tf from "@tensorflow/tfjs-core";
  import { layers, sequential } from "@tensorflow/tfjs-layers";
  const { jit, compileTraining } = await import(process.argv[1]);
  const model = sequential();
  model.add(layers.embedding({ inputDim: 2, outputDim: 1, inputLength: 1 }));
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const training = await compileTraining(model);
  const rows = [tf.tensor2d([[0], [7]]), tf.zeros([2, 1, 1])];
  const picked = jit((x, at) => tf.gather(x, at));
  for (const run of [() => picked(tf.ones([2, 1]), tf.tensor1d([7], "int32")), () => training.train(...rows)])
    await run().catch((error) => console.log(error.name));
  await training.dispose();`;

it.each(engineNames)("%s prints nothing beside the errors that are thrown", (engine) => {
  const args = ["--input-type=module", "-e", outside, jit];
  const env = { ...process.env, LATENT_LAB_ENGINE: engine };
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: repository, encoding: "utf8", env });
  expect({ stdout, stderr }).toEqual({ stdout: "UsageError\nUsageError\n", stderr: "" });
});

/** Ends the engine's thread by a tensor that cannot be made, as a crash would, between two calls each. */
const crashing = `
  import * as tf from "@tensorflow/tfjs-core";
  import { layers, sequential } from "@tensorflow/tfjs-layers";
  const { compileTraining, jit } = await import(process.argv[1]);
  const { loadEngine } = await import(new URL("session/engine.js", process.argv[1]).href);
  const { fit } = await import(new URL("../train/index.js", process.argv[1]).href);
  const model = sequential();
  model.add(layers.dense({ units: 2, inputShape: [2] }));
  model.compile({ optimizer: tf.train.adam(0.1), loss: "meanSquaredError" });
  const training = await compileTraining(model);
  const x = tf.tensor2d([[1, 2], [3, 4]]);
  const double = jit((a) => tf.mul(a, 2));
  const each = async () => [
    (await fit(model, x, x, { epochs: 2, quiet: true })).engine,
    (await training.train(x, x)).engine,
    ...(await double(tf.tensor1d([1, 2]))).dataSync(),
  ];
  const before = await each();
  const engine = await loadEngine();
  engine.hold({ data: new Float32Array(2), shape: [3], dtype: "float32" });
  while (!engine.ended) await new Promise((resume) => setTimeout(resume, 5));
  console.log(JSON.stringify({ before, after: await each() }));
  await training.dispose();`;

it("after a crash of the engine's thread the next call starts another one", () => {
  const works = ["onnxruntime-node", "onnxruntime-node", 2, 4];
  expect(runProgram(crashing)).toEqual({ before: works, after: works });
});
