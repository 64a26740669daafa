import * as tf from "@tensorflow/tfjs-core";
import { callbacks, initializers, layers, sequential } from "@tensorflow/tfjs-layers";
import { describe, expect, it } from "vitest";
import { ShapeError, TrainingError, UsageError } from "../../src/core/errors.js";
import { random } from "../../src/core/random.js";
import { evaluate, type FitOptions, fit as train } from "../../src/train/index.js";
import { tinyData, tinyModel, weightsOf } from "./fixtures.js";

const quiet = { quiet: true } as const;

describe("fit", () => {
  it("takes the same steps as TensorFlow.js's own fit, and reports the same losses", async () => {
    const [ours, theirs, x] = [tinyModel(), tinyModel(), tinyData()];
    const mine = await train(ours, x, x, {
      epochs: 3,
      batchSize: 3,
      shuffle: false,
      validationSplit: 0.25,
      ...quiet,
    });
    const { history } = await theirs.fit(x, x, {
      epochs: 3,
      batchSize: 3,
      shuffle: false,
      validationSplit: 0.25,
      verbose: 0,
    });
    for (const name of ["loss", "mae", "val_loss", "val_mae"])
      for (const [epoch, value] of (history[name] as number[]).entries())
        expect(mine.history[name]?.[epoch]).toBeCloseTo(value, 6);
    const expected = weightsOf(theirs);
    for (const [at, value] of weightsOf(ours).entries()) expect(value).toBeCloseTo(expected[at] as number, 6);
    x.dispose();
  });

  it("weights the epoch's loss by the rows of each batch, the short last one too", async () => {
    const [model, x] = [tinyModel(1e-12), tinyData()]; // so small a step that no weight moves
    const whole = (await evaluate(model, x, x)).loss;
    const { history } = await train(model, x, x, { epochs: 1, batchSize: 3, ...quiet });
    expect(history.loss[0]).toBeCloseTo(whole, 6);
    x.dispose();
  });

  it("gives the same curve to the bit with the same seed, and another with another", async () => {
    const x = tinyData();
    const run = async (seed: number) =>
      (await train(tinyModel(), x, x, { epochs: 5, batchSize: 2, seed, ...quiet })).history.loss;
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
    x.dispose();
  });

  it("visits every row once in each epoch, in the seed's order", async () => {
    // One weight, the mean error of a batch of one row: the batch's loss tells the row.
    const model = sequential({
      layers: [layers.dense({ units: 1, inputShape: [1], useBias: false, kernelInitializer: "zeros" })],
    });
    model.compile({ optimizer: tf.train.sgd(1e-12), loss: "meanAbsoluteError" });
    const [x, y] = [tf.ones([5, 1]), tf.tensor2d([0, 1, 2, 3, 4], [5, 1])];
    const rows: number[] = [];
    const onBatchEnd = (_: number, logs?: { loss?: unknown }) =>
      void rows.push(Math.round(logs?.loss as number));
    await train(model, x, y, { epochs: 2, batchSize: 1, seed: 9, callbacks: { onBatchEnd }, ...quiet });
    const order = random(9);
    expect(rows).toEqual([...order.permutation(5), ...order.permutation(5)]);
    tf.dispose([x, y]);
  });

  it("keeps the number of tensors, but for the optimizer's own", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    await train(model, x, x, { epochs: 1, validationSplit: 0.3, ...quiet });
    const before = tf.memory().numTensors;
    const result = await train(model, x, x, { epochs: 3, batchSize: 2, validationData: [x, x], ...quiet });
    expect(tf.memory().numTensors).toBe(before);
    expect(result).toMatchObject({
      epochs: 3,
      stopped: "completed",
      notice: undefined,
      backend: tf.getBackend(),
    });
    x.dispose();
  });

  it("calls TensorFlow.js's callbacks in order, and obeys early stopping", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    const calls: string[] = [];
    const record = {
      onTrainBegin: () => void calls.push("train"),
      onEpochBegin: (epoch: number) => void calls.push(`epoch ${epoch}`),
      onBatchBegin: (batch: number) => void calls.push(`batch ${batch}`),
      onEpochEnd: (epoch: number, logs?: object) =>
        void calls.push(`end ${epoch} ${Object.keys(logs ?? {})}`),
      onTrainEnd: () => void calls.push("done"),
    };
    await train(model, x, x, { epochs: 1, batchSize: 4, callbacks: [record], ...quiet });
    expect(calls).toEqual(["train", "epoch 0", "batch 0", "batch 1", "end 0 loss,mae", "done"]);
    const patience = callbacks.earlyStopping({ monitor: "loss", patience: 0, minDelta: 10 });
    const result = await train(model, x, x, { epochs: 50, callbacks: patience, ...quiet });
    expect(result).toMatchObject({ stopped: "callback" });
    expect(result.epochs).toBeLessThan(5);
    x.dispose();
  });

  it("stops when aborted, with the weights it reached and whole epochs in the history", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    const start = weightsOf(model);
    const abort = new AbortController();
    const onEpochEnd = (epoch: number) => void (epoch === 2 && abort.abort());
    const result = await train(model, x, x, {
      epochs: 1e6,
      callbacks: { onEpochEnd },
      signal: abort.signal,
      ...quiet,
    });
    expect([result.stopped, result.epochs, result.history.loss.length]).toEqual(["interrupted", 3, 3]);
    expect(weightsOf(model)).not.toEqual(start);
    expect(weightsOf(model).every(Number.isFinite)).toBe(true);
    expect((await train(model, x, x, { epochs: 1, ...quiet })).stopped).toBe("completed");
    x.dispose();
  });

  it.each([true, false])("lets the event loop run while it trains, compiled: %s", async (compile) => {
    const [model, x, abort] = [tinyModel(), tinyData(), new AbortController()];
    let ticks = 0;
    const watch = setInterval(() => {
      ticks += 1;
      if (ticks === 10) abort.abort();
    }, 5);
    const result = await train(model, x, x, { epochs: 1e9, compile, signal: abort.signal, ...quiet });
    clearInterval(watch);
    expect(result.stopped).toBe("interrupted");
    x.dispose();
  });
});

describe("a loss that is no number", () => {
  it("ends training with advice on the learning rate", async () => {
    const [model, x] = [tinyModel(1e9), tinyData()];
    const training = train(model, x, x, { epochs: 100, ...quiet });
    await expect(training).rejects.toThrow(TrainingError);
    await expect(training).rejects.toThrow(/got (NaN|Infinity) in epoch \d+, batch 1\..*learning rate/);
    x.dispose();
  });

  it("is blamed on the data where they hold a NaN", async () => {
    const [model, clean, x] = [
      tinyModel(),
      tinyData(),
      tf.tensor2d([
        [0, Number.NaN],
        [1, 0],
      ]),
    ];
    const before = tf.memory().numTensors;
    await expect(train(model, x, x, quiet)).rejects.toThrow("The inputs contain NaN");
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([clean, x]);
  });
});

describe("a kernel that WebAssembly lacks", () => {
  it("does not let the first batch move averages twice", async () => {
    const kernelInitializer = initializers.glorotUniform({ seed: 1 });
    const [x, y] = [tf.randomUniform([8, 4, 4, 1], 0, 1, "float32", 1), tf.ones([8, 1])];
    const averages: number[][] = [];
    await tf.setBackend("wasm");
    for (const compile of [true, false]) {
      const normalization = layers.batchNormalization({ momentum: 0.5 });
      const model = sequential({
        layers: [
          layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [4, 4, 1], kernelInitializer }),
          normalization,
          layers.flatten(),
          layers.dense({ units: 1, kernelInitializer }),
        ],
      });
      model.compile({ optimizer: tf.train.sgd(0.05), loss: "meanSquaredError" });
      await train(model, x, y, { epochs: 1, compile, ...quiet });
      averages.push(Array.from(normalization.getWeights()[2]?.dataSync() ?? []));
      model.dispose();
    }
    tf.dispose([x, y]);
    for (const [at, average] of (averages[0] ?? []).entries())
      expect(averages[1]?.[at]).toBeCloseTo(average, 5);
  });

  it("makes the plain JavaScript backend take over, says so, and leaks nothing", async () => {
    const kernelInitializer = initializers.glorotUniform({ seed: 1 });
    const model = sequential({
      layers: [
        layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [4, 4, 1], kernelInitializer }),
        layers.flatten(),
        layers.dense({ units: 1, kernelInitializer }),
      ],
    });
    model.compile({ optimizer: tf.train.sgd(0.05), loss: "meanSquaredError" });
    const [x, y] = [tf.randomUniform([8, 4, 4, 1], 0, 1, "float32", 1), tf.ones([8, 1])];
    await tf.setBackend("wasm");
    const before = tf.memory().numTensors;
    const result = await train(model, x, y, { epochs: 5, compile: false, ...quiet });
    expect(result.backend).toBe("cpu");
    expect(result.notice).toBe("The wasm backend has no Conv2DBackpropFilter; training ran on cpu.");
    expect(tf.getBackend()).toBe("wasm");
    expect(result.history.loss[4]).toBeLessThan(result.history.loss[0] as number);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([x, y]);
  });
});

describe("fit refuses", () => {
  it.each<[string, FitOptions, RegExp]>([
    ["no epoch", { epochs: 0 }, /expected epochs to be an integer of 1 or more; got 0/],
    ["half a row", { batchSize: 0.5 }, /expected batchSize/],
    ["holding out all rows", { validationSplit: 1 }, /validationSplit < 1; got 1/],
    ["a misspelt option", { epoch: 3 } as never, /got epoch/],
    ["a seed below 0", { seed: -1 }, /seed/],
  ])("%s", async (_, options, message) => {
    const [model, x] = [tinyModel(), tinyData()];
    const training = train(model, x, x, { ...options, ...quiet });
    await expect(training).rejects.toThrow(UsageError);
    await expect(training).rejects.toThrow(message);
    x.dispose();
  });

  it("a model that is not compiled, and data that do not fit it", async () => {
    const x = tinyData();
    const raw = sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] });
    await expect(train(raw, x, x, quiet)).rejects.toThrow(/expected a compiled model/);
    const [wide, short] = [tf.zeros([7, 3]), tf.zeros([6, 2])];
    await expect(train(tinyModel(), wide, wide, quiet)).rejects.toThrow(ShapeError);
    await expect(train(tinyModel(), wide, wide, quiet)).rejects.toThrow(
      "expected inputs [rows,2]; got [7,3]",
    );
    await expect(train(tinyModel(), x, short, quiet)).rejects.toThrow(
      "expected as many targets as inputs, 7; got 6",
    );
    tf.dispose([x, wide, short]);
  });
});
