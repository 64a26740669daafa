// Checkpoints: a training that is cut off and resumed gives to the bit what an uninterrupted one gives.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, layers, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { DatasetError, UsageError } from "../../src/core/errors.js";
import { cosineDecay, earlyStopping, type FitOptions, fit as train } from "../../src/train/index.js";
import { repository } from "../architecture/source-files.js";
import { datasetOf, eachInFolder, tinyData, tinyModel, weightsOf } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});
let folder: string;
eachInFolder((path) => {
  folder = path;
});

const quiet = { quiet: true } as const;
const epochs = 12;

function compiledWith(optimizer: tf.Optimizer): LayersModel {
  const model = tinyModel();
  model.compile({ optimizer, loss: "meanSquaredError" });
  return model;
}

/** Trains, and stops it after an epoch as an interrupt does. */
async function cutOff(model: LayersModel, x: tf.Tensor, options: FitOptions, after: number): Promise<void> {
  const abort = new AbortController();
  const onEpochBegin = (epoch: number): void => {
    if (epoch === after) abort.abort();
  };
  const callbacks = [...[options.callbacks ?? []].flat(), { onEpochBegin }] as FitOptions["callbacks"];
  const result = await train(model, x, x, { ...options, callbacks, signal: abort.signal } as FitOptions);
  expect(result.stopped).toBe("interrupted");
}

const optimizers: [string, () => tf.Optimizer][] = [
  ["SGD", () => tf.train.sgd(0.1)],
  ["Momentum", () => tf.train.momentum(0.05, 0.9)],
  ["Adam", () => tf.train.adam(0.05)],
  ["Adamax", () => tf.train.adamax(0.05)],
  ["centred RMSProp", () => tf.train.rmsprop(0.02, 0.9, 0.5, 1e-7, true)],
  ["Adagrad", () => tf.train.adagrad(0.1)],
  ["Adadelta", () => tf.train.adadelta(0.5)],
];

/** Arguments of a Node.js that trains, and prints the epochs and the weights. */
function args(more: string): string[] {
  const library = (name: string): string => pathToFileURL(join(repository, "dist", name, "index.js")).href;
  const program = `
      import * as tf from "@tensorflow/tfjs-core";
      import { fit } from "${library("train")}";
      import { stacked } from "${library("models")}";
      const { autoencoder } = stacked({ seed: 1 });
      const x = tf.tensor2d(Float32Array.from({ length: 200 * 64 }, (_, at) => Math.abs(Math.sin(at))), [200, 64]);
      const result = await fit(autoencoder, x, x, { seed: 4, quiet: true, ${more} });
      const bits = autoencoder.getWeights().map((weight) => Buffer.from(weight.dataSync().slice().buffer).toString("hex"));
      console.log(result.epochs + " " + bits.join(""));`;
  return ["--input-type=module", "-e", program];
}
const place = { cwd: repository, stdio: "pipe" } as const;

describe("a resumed training equals an uninterrupted one to the bit", () => {
  it.each(optimizers)("with %s", async (_, optimizer) => {
    const x = tinyData();
    const options: FitOptions = {
      ...{ epochs, batchSize: 3, seed: 7, validationSplit: 0.3, learningRate: cosineDecay(0.05), ...quiet },
    };
    const whole = compiledWith(optimizer());
    const { history } = await train(whole, x, x, options);
    const checkpoint = { folder, every: 2 };
    await cutOff(compiledWith(optimizer()), x, { ...options, checkpoint }, 5);
    const resumed = compiledWith(optimizer()); // as in a new process
    const result = await train(resumed, x, x, { ...options, checkpoint, resume: true });
    expect([result.epochs, result.stopped]).toEqual([epochs - 4, "completed"]);
    expect(result.history).toEqual(history);
    expect(weightsOf(resumed)).toEqual(weightsOf(whole));
    x.dispose();
  });

  it("by TensorFlow.js, and with layers that draw random numbers, compiled", async () => {
    const x = tinyData();
    const noisy = (): LayersModel => {
      const model = sequential({
        layers: [
          layers.dense({ units: 4, inputShape: [2], kernelInitializer: "ones" }),
          layers.batchNormalization(),
          layers.dropout({ rate: 0.5 }),
          layers.dense({ units: 2, kernelInitializer: "ones" }),
        ],
      });
      model.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" });
      return model;
    };
    const pairs: [() => LayersModel, boolean][] = [
      [() => tinyModel(), false],
      [noisy, true],
    ];
    for (const [at, [build, compile]] of pairs.entries()) {
      const options: FitOptions = { epochs, batchSize: 3, seed: 1, compile, ...quiet };
      const [whole, resumed] = [build(), build()];
      const checkpoint = { folder: join(folder, String(at)) };
      await train(whole, x, x, options);
      await cutOff(build(), x, { ...options, checkpoint }, 7);
      await train(resumed, x, x, { ...options, checkpoint, resume: true });
      expect(weightsOf(resumed)).toEqual(weightsOf(whole));
    }
    x.dispose();
  });

  it("in the same model, trained further meanwhile, without new tensors", async () => {
    const [model, whole, x] = [
      compiledWith(tf.train.adam(0.05)),
      compiledWith(tf.train.adam(0.05)),
      tinyData(),
    ];
    const options = { epochs, batchSize: 3, ...quiet };
    await train(whole, x, x, options);
    await train(model, x, x, { ...options, epochs: 4, checkpoint: { folder } });
    await train(model, x, x, { epochs: 3, ...quiet });
    const tensors = tf.memory().numTensors;
    await train(model, x, x, { ...options, checkpoint: { folder }, resume: true });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(weightsOf(model)).toEqual(weightsOf(whole));
    x.dispose();
  });

  it("after its process was killed", async () => {
    const at = `checkpoint: { folder: ${JSON.stringify(folder)}, keep: 3 }`;
    const child = spawn(process.execPath, args(`epochs: 100000, ${at}`), { ...place, stdio: "ignore" });
    const ended = once(child, "exit");
    while (newestIn(folder) < 20) await new Promise((resolve) => setImmediate(resolve));
    child.kill("SIGKILL");
    await ended;
    const reached = newestIn(folder);
    const run = (more: string): string[] =>
      execFileSync(process.execPath, args(more), { ...place, encoding: "utf8" })
        .trim()
        .split(" ");
    const [further, resumed] = run(`epochs: ${reached + 10}, ${at}, resume: true`);
    const [, whole] = run(`epochs: ${reached + 10}`);
    expect(further).toBe("10");
    expect(resumed).toBe(whole);
  });
});

function newestIn(path: string): number {
  return Math.max(0, ...readdirSync(path).map((name) => Number(/^epoch-(\d+)\./.exec(name)?.[1] ?? 0)));
}

describe("checkpoints", () => {
  it.skipIf(process.platform === "win32")("that cannot be written are refused before the first step", () => {
    chmodSync(folder, 0o555);
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const at = `epochs: 5, checkpoint: { folder: ${JSON.stringify(folder)}, every: 1000 }`;
    const { stderr } = spawnSync(process.execPath, args(at), { ...place, ...nobody, encoding: "utf8" });
    expect(stderr).toMatch(/UsageError: fit: expected checkpoint\.folder to be a folder.*EACCES/);
  });

  it("are written every few epochs and at the end, and only the newest kept", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    await train(model, x, x, { epochs: 11, checkpoint: { folder, every: 4, keep: 3 }, ...quiet });
    expect(readdirSync(folder).sort()).toEqual(
      [4, 8, 11].map((n) => `epoch-000${n < 10 ? `0${n}` : n}.safetensors`),
    );
    x.dispose();
  });

  it.each([2, 3])(
    "of a dataset that ends early have its last epoch, of %s batches",
    async (batchesPerEpoch) => {
      const [model, x] = [tinyModel(), tinyData()];
      const options = { epochs: 9, batchesPerEpoch, checkpoint: { folder, every: 4 }, ...quiet };
      expect(await train(model, datasetOf(x, 2), options)).toMatchObject({ epochs: 2, stopped: "dataset" });
      expect(newestIn(folder)).toBe(2);
      x.dispose();
    },
  );

  it("are safetensors files, whose header says where the numbers of each weight are", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    await train(model, x, x, { epochs: 1, checkpoint: { folder }, ...quiet });
    const file = readFileSync(join(folder, "epoch-00001.safetensors"));
    const length = Number(file.readBigUInt64LE());
    const { __metadata__, ...entries } = JSON.parse(file.subarray(8, 8 + length).toString("utf8"));
    expect(Object.keys(__metadata__)).toEqual(["latent-lab"]);
    const [name, first] = Object.entries(entries)[0] as [
      string,
      { dtype: string; shape: number[]; data_offsets: number[] },
    ];
    expect(name).toMatch(/^weights\/0000\/.*kernel$/);
    expect(first).toEqual({ dtype: "F32", shape: [2, 1], data_offsets: [0, 8] });
    const numbers = [0, 1].map((at) => file.readFloatLE(8 + length + 4 * at));
    expect(numbers).toEqual(weightsOf(model).slice(0, 2));
    x.dispose();
  });

  it("of a training that is complete give it back without a further step", async () => {
    const [model, again, x] = [tinyModel(), tinyModel(), tinyData()];
    const options: FitOptions = { epochs: 3, checkpoint: { folder }, resume: true, ...quiet };
    const first = await train(model, x, x, options); // there is none yet: from the beginning
    expect(first.epochs).toBe(3);
    const second = await train(again, x, x, options);
    expect([second.epochs, second.stopped]).toEqual([0, "completed"]);
    expect(second.history).toEqual(first.history);
    expect(weightsOf(again)).toEqual(weightsOf(model));
    x.dispose();
  });

  it("keep what early stopping remembers", async () => {
    const x = tinyData();
    const stop = () =>
      earlyStopping({ monitor: "loss", patience: 4, minDelta: 0.02, restoreBestWeights: true });
    const options: FitOptions = { epochs: 100, batchSize: 3, seed: 2, ...quiet };
    const [whole, resumed, again] = [tinyModel(), tinyModel(), tinyModel()];
    const expected = await train(whole, x, x, { ...options, callbacks: stop() });
    const after = expected.epochs - 2; // while it waits
    await cutOff(
      tinyModel(),
      x,
      { ...options, checkpoint: { folder }, callbacks: [stop()] } as FitOptions,
      after,
    );
    const result = await train(resumed, x, x, {
      ...options,
      checkpoint: { folder },
      resume: true,
      callbacks: stop(),
    });
    expect([result.history, result.stopped]).toEqual([expected.history, "callback"]);
    expect(weightsOf(resumed)).toEqual(weightsOf(whole));
    const repeated = await train(again, x, x, {
      ...options,
      checkpoint: { folder },
      resume: true,
      callbacks: stop(),
    });
    expect([repeated.epochs, repeated.stopped]).toEqual([0, "callback"]);
    expect(repeated.notice).toMatch(/A callback had ended this training after epoch \d+/);
    expect(weightsOf(again)).toEqual(weightsOf(whole));
    x.dispose();
  });

  it.each<[string, FitOptions, () => LayersModel, RegExp]>([
    ["another seed", { seed: 1 }, () => tinyModel(), /seed 1; .* has 0/],
    ["another batch size", { batchSize: 4 }, () => tinyModel(), /batchSize 4; .* has 32/],
    ["other rows", { validationSplit: 0.5 }, () => tinyModel(), /rows 3; .* has 7/],
    ["another optimizer", {}, () => compiledWith(tf.train.adam(0.1)), /optimizer Adam; .* has SGD/],
  ])("of %s are refused", async (_, options, build, message) => {
    const x = tinyData();
    await train(tinyModel(), x, x, { epochs: 1, checkpoint: { folder }, ...quiet });
    const training = train(build(), x, x, { ...options, checkpoint: { folder }, resume: true, ...quiet });
    await expect(training).rejects.toThrow(UsageError);
    await expect(training).rejects.toThrow(message);
    x.dispose();
  });

  it("of metrics that the history has not are refused", async () => {
    const x = tinyData();
    await train(tinyModel(), x, x, { epochs: 1, checkpoint: { folder }, ...quiet });
    const other = tinyModel();
    other.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError" });
    const training = train(other, x, x, { checkpoint: { folder }, resume: true, ...quiet });
    await expect(training).rejects.toThrow(/the loss and metrics loss; .* has loss, mae\./);
    x.dispose();
  });

  it("of a training that was given up are set aside when another one begins", async () => {
    const x = tinyData();
    const checkpoint = { folder };
    await train(tinyModel(), x, x, { epochs: 9, seed: 3, checkpoint, ...quiet });
    const options: FitOptions = { epochs: 5, checkpoint, ...quiet };
    await cutOff(tinyModel(), x, options, 3);
    expect(readdirSync(folder).sort()).toEqual(
      ["earlier-epoch-00008", "earlier-epoch-00009", "epoch-00002", "epoch-00003"].map(
        (name) => `${name}.safetensors`,
      ),
    );
    const [resumed, whole] = [tinyModel(), tinyModel()];
    const { epochs: left } = await train(resumed, x, x, { ...options, resume: true });
    await train(whole, x, x, { epochs: 5, ...quiet });
    expect([left, weightsOf(resumed)]).toEqual([2, weightsOf(whole)]);
    await cutOff(tinyModel(), x, options, 0); // before its first epoch is done
    expect((await train(tinyModel(), x, x, { ...options, resume: true })).epochs).toBe(5);
    expect(readdirSync(folder)).not.toContain("earlier-epoch-00009.safetensors");
    x.dispose();
  });

  it("that cannot be written end the training with an error that names the file", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    const training = train(model, x, x, {
      ...{ epochs: 3, checkpoint: { folder }, ...quiet },
      callbacks: {
        onEpochBegin: (epoch) => {
          if (epoch === 1) mkdirSync(join(folder, "epoch-00002.safetensors"));
        },
      },
    });
    await expect(training).rejects.toThrow(UsageError);
    await expect(training).rejects.toThrow(/files that can be read and written, at .*epoch-00002/);
    expect(readdirSync(folder).sort()).toEqual(["epoch-00001.safetensors", "epoch-00002.safetensors"]);
    x.dispose();
  });

  it("that are cut short are refused by their name", async () => {
    const x = tinyData();
    await train(tinyModel(), x, x, { epochs: 1, checkpoint: { folder }, ...quiet });
    for (const size of [2000, 100, 3]) {
      const path = join(folder, "epoch-00001.safetensors");
      truncateSync(path, Math.min(size, readFileSync(path).length - 1));
      const training = train(tinyModel(), x, x, { checkpoint: { folder }, resume: true, ...quiet });
      await expect(training).rejects.toThrow(DatasetError);
      await expect(training).rejects.toThrow(/epoch-00001.safetensors: expected a whole safetensors file/);
    }
    x.dispose();
  });

  it.each<[FitOptions, RegExp]>([
    [{ resume: true }, /checkpoint folder with resume; got none/],
    [{ checkpoint: { folder: "" } }, /checkpoint.folder to be a path/],
    [{ checkpoint: { folder: "x", every: 0 } }, /checkpoint.every to be an integer of 1 or more; got 0/],
    [{ checkpoint: { folder: "x" }, resume: true, initialEpoch: 1 }, /initialEpoch: the checkpoint knows it/],
  ])("refuse %j", async (options, message) => {
    const [model, x] = [tinyModel(), tinyData()];
    await expect(train(model, x, x, { ...options, ...quiet })).rejects.toThrow(message);
    x.dispose();
  });
});
