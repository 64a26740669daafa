// `fit`, `evaluate` and `predict` compiled against themselves on TensorFlow.js's CPU backend, and against LayersModel.fit:
// every option through both paths, with the path that ran asserted.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import {
  callbacks,
  input,
  type LayersModel,
  layers,
  model as layersModel,
  regularizers,
  type SymbolicTensor,
  sequential,
} from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { evaluate, type FitOptions, predict, fit as train } from "../../src/train/index.js";
import { repository } from "../architecture/source-files.js";
import { cuda } from "../optional-tool.js";
import { datasetOf, tinyData, tinyModel, weightsOf } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const quiet = { quiet: true } as const;

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [at, value] of expected.entries()) expect(actual[at]).toBeCloseTo(value, 5);
}

const options: [string, FitOptions][] = [
  ["nothing", {}],
  ["short last batches", { batchSize: 3 }],
  ["no shuffling", { shuffle: false, batchSize: 2 }],
  ["a validation split", { validationSplit: 0.3, batchSize: 2 }],
  ["sample weights", { sampleWeight: tf.tensor1d([1, 2, 0, 1, 3, 1, 0.5]), batchSize: 3 }],
  ["an initial epoch", { initialEpoch: 2, batchSize: 3 }],
  ["callbacks at batches", { batchSize: 3, callbacks: { onBatchEnd: () => undefined } }],
  ["the WASM engine", { batchSize: 3, engine: "onnxruntime-web" }],
];

describe("compiled training equals TensorFlow.js's", () => {
  it.each(options)("with %s", async (_, given) => {
    const [ours, theirs, x] = [tinyModel(), tinyModel(), tinyData()];
    const all = { epochs: 4, seed: 3, ...given, ...quiet };
    const compiled = await train(ours, x, x, all);
    const eager = await train(theirs, x, x, { ...all, compile: false });
    expect(compiled).toMatchObject({ engine: given.engine ?? "onnxruntime-node", notice: undefined });
    expect(eager.engine).toBe("cpu");
    expect(Object.keys(compiled.history)).toEqual(Object.keys(eager.history));
    for (const name of Object.keys(eager.history))
      expectClose(compiled.history[name] as number[], eager.history[name] as number[]);
    expectClose(weightsOf(ours), weightsOf(theirs));
    x.dispose();
  });

  it("with class weights, as LayersModel.fit has them", async () => {
    const build = (): LayersModel => {
      const model = sequential({
        layers: [
          layers.dense({ units: 1, inputShape: [2], kernelInitializer: "ones", activation: "sigmoid" }),
        ],
      });
      model.compile({ optimizer: tf.train.sgd(0.5), loss: "binaryCrossentropy" });
      return model;
    };
    const [ours, theirs, x] = [build(), build(), tinyData()];
    const y = tf.tensor2d([0, 1, 0, 1, 1, 0, 1], [7, 1]);
    const classWeight = { 0: 1, 1: 4 };
    const given = { epochs: 3, batchSize: 3, shuffle: false, classWeight };
    const before = tf.memory().numTensors;
    const { history } = await train(ours, x, y, { ...given, ...quiet });
    expect(tf.memory().numTensors).toBe(before);
    await theirs.fit(x, y, { ...given, verbose: 0 });
    expectClose(weightsOf(ours), weightsOf(theirs));
    expect(history.loss[2]).toBeLessThan(history.loss[0] as number);
    tf.dispose([x, y]);
  });

  it("with two inputs and outputs, in lists and by name", async () => {
    const build = (): LayersModel => {
      const inputs = ["left", "right"].map((name) => input({ shape: [2], name }));
      const sum = layers.add().apply(inputs) as SymbolicTensor;
      const outputs = ["one", "two"].map(
        (name) => layers.dense({ units: 2, name, kernelInitializer: "ones" }).apply(sum) as SymbolicTensor,
      );
      const model = layersModel({ inputs, outputs });
      model.compile({ optimizer: tf.train.sgd(0.05), loss: "meanSquaredError" });
      return model;
    };
    const [lists, names, x] = [build(), build(), tinyData()];
    const y = tf.tidy(() => tf.mul(x, 0.5));
    const all = {
      epochs: 2,
      batchSize: 3,
      validationData: [
        [x, y],
        [x, y],
      ] as const,
      ...quiet,
    };
    const compiled = await train(lists, [x, y], [x, y], all);
    const eager = await train(
      names,
      { left: x, right: y },
      { one: x, two: y },
      { ...all, validationData: [{ left: x, right: y }, [x, y]], compile: false },
    );
    expect(Object.keys(compiled.history).sort()).toEqual(Object.keys(eager.history).sort());
    expect(compiled.history.one_loss).toHaveLength(2);
    expectClose(compiled.history.val_loss as number[], eager.history.val_loss as number[]);
    expectClose(weightsOf(lists), weightsOf(names));
    const outputs = await predict<tf.Tensor[]>(lists, [x, y]);
    expect(outputs.map(({ shape }) => shape)).toEqual([
      [7, 2],
      [7, 2],
    ]);
    tf.dispose([x, y, ...outputs]);
  });
});

describe("datasets", () => {
  it.each([[true], [false]])("train and validate as the same rows do, compiled: %s", async (compile) => {
    const [ours, theirs, x] = [tinyModel(), tinyModel(), tinyData()];
    const before = tf.memory().numTensors;
    const result = await train(ours, datasetOf(x, 3), {
      ...{ epochs: 3, validationData: datasetOf(x, 4), compile, ...quiet },
    });
    expect(tf.memory().numTensors).toBe(before);
    const rows = await train(theirs, x, x, {
      ...{ epochs: 3, batchSize: 3, shuffle: false, validationData: [x, x], compile: false, ...quiet },
    });
    for (const name of ["loss", "val_loss", "val_mae"])
      expectClose(result.history[name] as number[], rows.history[name] as number[]);
    expectClose(weightsOf(ours), weightsOf(theirs));
    const { loss } = await evaluate(ours, datasetOf(x, 2));
    expect(loss).toBeCloseTo((await evaluate(theirs, x, x)).loss, 5);
    x.dispose();
  });

  it("go on from epoch to epoch with batchesPerEpoch, and their end is explained", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    const { history } = await train(model, datasetOf(x, 2), { epochs: 2, batchesPerEpoch: 2, ...quiet });
    expect(history.loss).toHaveLength(2);
    for (const batchesPerEpoch of [2, 3]) {
      const longer = await train(model, datasetOf(x, 2), { epochs: 9, batchesPerEpoch, ...quiet });
      expect(longer).toMatchObject({ epochs: 2, stopped: "dataset" });
      expect(longer.history.loss).toHaveLength(2);
      expect(longer.notice).toContain("ended after 4 batches");
    }
    x.dispose();
  });
});

describe("the user's code between steps", () => {
  it("sees and sets weights at the end of an epoch", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    const seen: number[][] = [];
    const start = model.getWeights().map((weight) => weight.clone());
    const onEpochEnd = (): void => {
      seen.push(weightsOf(model));
      model.setWeights(start);
    };
    const { history } = await train(model, x, x, {
      epochs: 3,
      batchSize: 7,
      callbacks: { onEpochEnd },
      ...quiet,
    });
    expect(history.loss[1]).toBeCloseTo(history.loss[0] as number, 6);
    expectClose(seen[2] as number[], seen[0] as number[]);
    expectClose(
      weightsOf(model),
      start.flatMap((weight) => Array.from(weight.dataSync())),
    );
    tf.dispose([x, ...start]);
  });

  it("sees the weights after each batch, may stop there, and is told of yields", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    const [seen, yields]: [string[], number[]] = [[], []];
    const result = await train(model, x, x, {
      ...{ epochs: 5, batchSize: 2, ...quiet },
      callbacks: {
        onBatchEnd(batch, logs) {
          seen.push(`${batch} ${logs?.size} ${weightsOf(model)[0]}`);
          model.stopTraining = seen.length === 3;
        },
      },
    });
    expect(result.stopped).toBe("callback");
    expect(new Set(seen).size).toBe(3);
    const onYield = (epoch: number): void => void yields.push(epoch);
    const many = tf.randomUniform([2000, 2]);
    await train(model, many, many, { epochs: 60, batchSize: 4, callbacks: { onYield }, ...quiet });
    expect(yields.length).toBeGreaterThan(1);
    tf.dispose([x, many]);
  });

  const hooks = ["onTrainBegin", "onEpochEnd"] as const;
  it.each(hooks)("may change in %s numbers that a loss of its own and layers depend on", async (hook) => {
    const run = async (compile: boolean, own: boolean) => {
      let factor = 1;
      const model = tinyModel();
      const loss = (truth: tf.Tensor, output: tf.Tensor) =>
        tf.mul(tf.mean(tf.squaredDifference(truth, output), -1), factor);
      const penalty = regularizers.l2({ l2: 0.1 });
      Object.assign(model.layers[0] as object, { kernelRegularizer: penalty });
      model.compile({ optimizer: tf.train.sgd(0.1), loss: own ? loss : "meanSquaredError" });
      const change = (): void => {
        factor = 3;
        Object.assign(penalty, { l2: 0.5 });
      };
      const { engine } = await train(model, x, x, {
        epochs: 3,
        callbacks: { [hook]: change },
        compile,
        ...quiet,
      });
      return { weights: weightsOf(model), engine };
    };
    const x = tinyData();
    for (const own of [true, false]) {
      const [compiled, eager] = [await run(true, own), await run(false, own)];
      expect([compiled.engine, eager.engine]).toEqual(["onnxruntime-node", "cpu"]);
      expectClose(compiled.weights, eager.weights);
    }
    x.dispose();
  });

  it("may compile the model anew, with other metrics, and change a learning rate", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    await train(model, x, x, { epochs: 1, ...quiet });
    model.compile({ optimizer: tf.train.adam(0.01), loss: "meanAbsoluteError", metrics: ["mse"] });
    const { history } = await train(model, x, x, { epochs: 2, ...quiet });
    expect(Object.keys(history)).toEqual(["loss", "mse"]);
    (model.optimizer as unknown as { learningRate: number }).learningRate = 0;
    const before = weightsOf(model);
    await train(model, x, x, { epochs: 2, ...quiet });
    expect(weightsOf(model)).toEqual(before);
    x.dispose();
  });

  it("finds two models at once apart, and a disposed one refused", async () => {
    const [one, two, alone, x] = [tinyModel(), tinyModel(0.01), tinyModel(), tinyData()];
    await Promise.all([one, two].map((model) => train(model, x, x, { epochs: 20, batchSize: 2, ...quiet })));
    await train(alone, x, x, { epochs: 20, batchSize: 2, ...quiet });
    expect(weightsOf(one)).toEqual(weightsOf(alone));
    expect(weightsOf(two)).not.toEqual(weightsOf(one));
    one.dispose();
    await expect(train(one, x, x, quiet)).rejects.toThrow(UsageError);
    await expect(predict(one, x)).rejects.toThrow("disposed of");
    x.dispose();
  });

  it("restores nothing when a loss is no number: the weights of the last good steps stay", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    const patience = callbacks.earlyStopping({ monitor: "loss", patience: 1 });
    await train(model, x, x, { epochs: 3, callbacks: patience, ...quiet });
    const before = weightsOf(model);
    const broken = tf.tidy(() => tf.div(x, 0));
    await expect(train(model, broken, broken, quiet)).rejects.toThrow("contain NaN");
    expect(weightsOf(model)).toEqual(before);
    tf.dispose([x, broken]);
  });
});

describe("what cannot be compiled", () => {
  it("is trained by TensorFlow.js with one line of notice, and the same result", async () => {
    const build = (): LayersModel => {
      const model = tinyModel();
      const spectrum = (truth: tf.Tensor, output: tf.Tensor): tf.Tensor =>
        tf.mean(tf.abs(tf.spectral.rfft(tf.sub(output, truth) as tf.Tensor2D)));
      model.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError", metrics: [spectrum] });
      return model;
    };
    const [ours, theirs, x] = [build(), build(), tinyData()];
    const before = tf.memory().numTensors;
    const result = await train(ours, x, x, { epochs: 2, batchSize: 3, shuffle: false, ...quiet });
    expect(result.engine).toBe("cpu");
    expect(result.notice).toMatch(/^\w+ cannot be compiled: training ran on cpu\.$/);
    expect(tf.memory().numTensors).toBe(before);
    await theirs.fit(x, x, { epochs: 2, batchSize: 3, shuffle: false, verbose: 0 });
    expectClose(weightsOf(ours), weightsOf(theirs));
    x.dispose();
  });

  it("an engine that does not exist is refused", async () => {
    const x = tinyData();
    await expect(train(tinyModel(), x, x, { engine: "abacus" as never, ...quiet })).rejects.toThrow(
      "expected engine onnxruntime-node or onnxruntime-web; got abacus",
    );
    x.dispose();
  });

  const noGpu = `a device without its hardware is refused in words${cuda.missing ? "" : " (skipped: it is there)"}`;
  it.skipIf(!cuda.missing)(noGpu, async () => {
    const x = tinyData();
    await expect(train(tinyModel(), x, x, { device: "cuda", ...quiet })).rejects.toThrow(
      "expected device cuda; ONNX Runtime does not start on it",
    );
    x.dispose();
  });
});

describe("predict and evaluate, compiled", () => {
  it.each(["onnxruntime-node", "onnxruntime-web"] as const)("equal TensorFlow.js's on %s", async (engine) => {
    const [model, x] = [tinyModel(), tinyData()];
    const apply = vi.spyOn(model, "predictOnBatch");
    for (const batchSize of [2, 1024]) {
      const output = await predict(model, x, { engine, batchSize });
      const expected = await predict(model, x, { compile: false });
      expectClose(Array.from(output.dataSync()), Array.from(expected.dataSync()));
      tf.dispose([output, expected]);
      const held = await evaluate(model, x, x, { engine, batchSize });
      const other = await evaluate(model, x, x, { compile: false });
      expect(held.mae).toBeCloseTo(other.mae as number, 6);
      expect(held.loss).toBeCloseTo(other.loss, 6);
    }
    expect(apply).toHaveBeenCalledTimes(2); // only where it was asked for
    x.dispose();
  });
});

it("two processes give the same weights to the bit", () => {
  const program = `
    import * as tf from "@tensorflow/tfjs-core";
    import { fit } from ${JSON.stringify(pathToFileURL(join(repository, "dist/train/index.js")).href)};
    import { stacked } from ${JSON.stringify(pathToFileURL(join(repository, "dist/models/index.js")).href)};
    const { autoencoder } = stacked({ seed: 1 });
    const x = tf.tensor2d(Float32Array.from({ length: 200 * 64 }, (_, at) => Math.abs(Math.sin(at))), [200, 64]);
    const { engine } = await fit(autoencoder, x, x, { epochs: 10, seed: 4, quiet: true, validationSplit: 0.2 });
    const bits = autoencoder.getWeights().map((weight) => Buffer.from(weight.dataSync().slice().buffer).toString("hex"));
    console.log(engine + bits.join(""));`;
  const run = () =>
    execFileSync(process.execPath, ["--input-type=module", "-e", program], { cwd: repository }).toString();
  const first = run();
  expect(first).toMatch(/^onnxruntime-node[0-9a-f]{1000}/);
  expect(run()).toBe(first);
});
