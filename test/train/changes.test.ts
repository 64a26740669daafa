// What changes between two trainings or two epochs, by other means than the ones that everybody thinks of: a compiled step
// goes on as TensorFlow.js would, or an error says what is wrong. Each by `fit`, compiled and not.
import * as tf from "@tensorflow/tfjs-core";
import { EarlyStopping, initializers, type LayersModel, layers, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { type Chunk, cachedModel, trainingRun } from "../../src/jit/index.js";
import { type FitOptions, predict, fit as train } from "../../src/train/index.js";
import { expectAlike, given, losses, net, seeded, x, y } from "./alike.js";
import { tinyData, tinyModel, weightsOf } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("early stopping of somebody's own", () => {
  const firstWeight = (model: LayersModel): number => model.getWeights()[0]?.dataSync()[0] as number;

  class Watching extends EarlyStopping {
    readonly seen: number[] = [];
    override async onEpochEnd(epoch: number, logs?: Record<string, number>): Promise<void> {
      await super.onEpochEnd(epoch, logs as never);
      this.seen.push(firstWeight((this as unknown as { model: LayersModel }).model));
    }
  }

  it("sees the weights of each epoch", () =>
    expectAlike(async (compile) => {
      const watching = new Watching({ monitor: "loss", patience: 9 });
      await losses(net(), { compile, callbacks: watching as never });
      return watching.seen;
    }));

  it("sees them, too, where a function is put on TensorFlow.js's", () =>
    expectAlike(async (compile) => {
      const model = net();
      const seen: number[] = [];
      const stopping = Object.assign(new EarlyStopping({ monitor: "loss", patience: 9 }), {
        onEpochEnd: async () => void seen.push(firstWeight(model)),
      });
      await losses(model, { compile, callbacks: stopping as never });
      return seen;
    }));
});

it.each([
  ["momentum", () => tf.train.momentum(0.05, 0.9)],
  ["adam", () => tf.train.adam(0.05)],
])("an optimizer's state that is put back counts: %s", (_, optimizer) =>
  expectAlike(async (compile) => {
    const model = net({ optimizer: optimizer() });
    await losses(model, { compile, epochs: 2 });
    const weights = model.getWeights().map((each) => each.clone());
    const state = (await model.optimizer.getWeights()).map(({ name, tensor }) => ({
      name,
      tensor: tensor.clone(),
    }));
    const first = await losses(model, { compile });
    model.setWeights(weights);
    await model.optimizer.setWeights(state);
    const second = await losses(model, { compile });
    expect(second.at(-1)).toBeCloseTo(first.at(-1) as number, 6);
    return [...first, ...second];
  }),
);

it("a loss that reads another variable from the second epoch on is recorded anew", () =>
  expectAlike(async (compile) => {
    const [one, three] = [tf.variable(tf.scalar(1), false), tf.variable(tf.scalar(3), false)];
    let now = one;
    const loss = (truth: tf.Tensor, given: tf.Tensor) =>
      tf.losses.meanSquaredError(truth, tf.mul(given, now));
    const history = await losses(net({ loss }), {
      ...{
        compile,
        callbacks: {
          onEpochEnd: async () => {
            now = three;
          },
        },
      },
    });
    tf.dispose([one, three]);
    return history;
  }));

it("weights of another layer count, and the old ones may be disposed of", () =>
  expectAlike(async (compile) => {
    const model = sequential({
      layers: [
        layers.dense({ units: 3, inputShape: [6], ...seeded(1) }),
        layers.dense({ units: 3, useBias: false, ...seeded(2) }),
        layers.dense({ units: 3, useBias: false, ...seeded(3) }),
      ],
    });
    model.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError" });
    const first = await losses(model, { compile });
    const [, second, third] = model.layers as unknown as { kernel: { val: tf.Variable } }[];
    const old = second?.kernel.val;
    if (second && third) second.kernel = third.kernel;
    const tied = await losses(model, { compile });
    old?.dispose();
    return [...first, ...tied];
  }));

it("another activation of a layer counts, in training and prediction", async () => {
  const outputs: number[][] = [];
  await expectAlike(async (compile) => {
    const model = net();
    const first = await losses(model, { compile });
    const { activation } = layers.activation({ activation: "relu" }) as unknown as { activation: unknown };
    (model.layers[0] as unknown as { activation: unknown }).activation = activation;
    const output = (await predict(model, x, { compile })) as tf.Tensor;
    outputs.push([...output.dataSync()]);
    output.dispose();
    return [...first, ...(await losses(model, { compile }))];
  });
  for (const [at, value] of (outputs[1] as number[]).entries())
    expect(outputs[0]?.[at]).toBeCloseTo(value, 5);
});

it("a function put on an optimizer after a training counts, and what it reads later", () =>
  expectAlike(async (compile) => {
    const model = net();
    const first = await losses(model, { compile });
    let most = 1e-3;
    const { optimizer } = model;
    const apply = optimizer.applyGradients.bind(optimizer);
    optimizer.applyGradients = (gradients) =>
      tf.tidy(() =>
        apply(
          (gradients as { name: string; tensor: tf.Tensor }[]).map(({ name, tensor }) => ({
            ...{ name, tensor: tf.clipByValue(tensor, -most, most) },
          })),
        ),
      );
    const callbacks = {
      onEpochEnd: async () => {
        most *= 10;
      },
    };
    return [...first, ...(await losses(model, { compile, callbacks }))];
  }));

it("training that is stopped at an epoch's begin takes one batch more, as in TensorFlow.js", async () => {
  for (const compile of [true, false]) {
    const model = net();
    const { optimizer } = model;
    await losses(model, {
      compile,
      callbacks: {
        onEpochBegin: async (epoch) => {
          model.stopTraining = epoch === 1;
        },
      },
    });
    expect((optimizer as unknown as { iterations: number }).iterations).toBe(4); // three of an epoch and one
  }
});

it("weights that other code sets while steps are taken stay", async () => {
  const [model, rows] = [tinyModel(), tinyData()];
  const run = trainingRun(model, await cachedModel(model, {}), { seed: 0, signals: [] });
  const data = { x: [rows], y: [rows], weights: [] };
  await run.take(data, Int32Array.of(0, 1, 2), 3);
  const taken = run.take(data, Int32Array.of(0, 1, 2), 3);
  await new Promise((resume) => setImmediate(resume)); // the engine has them
  const ones = model.getWeights().map((each) => tf.onesLike(each));
  model.setWeights(ones);
  const { rows: count } = (await taken) as Chunk;
  expect(count).toBe(3);
  await run.publishWeights();
  expect(new Set(weightsOf(model).flat())).toEqual(new Set([1]));
  await run.end();
  tf.dispose([rows, ones]);
});

describe("stateful recurrent layers", () => {
  const build = (layer: "gru" | "lstm"): LayersModel => {
    const model = sequential({
      layers: [
        layers[layer]({
          ...{ units: 3, stateful: true, batchInputShape: [5, 3, 2], ...seeded(1) },
          recurrentInitializer: initializers.glorotUniform({ seed: 2 }),
        }),
      ],
    });
    model.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError" });
    return model;
  };
  const series = tf.reshape(x.slice(0, 10), [10, 3, 2]);

  it.each(["gru", "lstm"] as const)("%s predicts, validates and trains, one after the other", (layer) =>
    expectAlike(async (compile) => {
      const model = build(layer);
      const options: FitOptions = { ...given, batchSize: 5, compile };
      const numbers: number[] = [];
      for (let round = 0; round < 2; round++) {
        const output = (await predict(model, series, { batchSize: 5, compile })) as tf.Tensor;
        numbers.push(...output.dataSync());
        const { history } = await train(model, series, y, {
          ...options,
          validationData: [series, y],
          validationBatchSize: 5,
        });
        numbers.push(...(history.loss as number[]), ...(history.val_loss as number[]));
        output.dispose();
      }
      return numbers;
    }),
  );
});

describe.each([true, false])("clear errors, compiled: %s", (compile) => {
  const failure = async (training: () => Promise<unknown>): Promise<string> =>
    String(
      await training().then(
        () => "none",
        (error: unknown) => error,
      ),
    );

  it("of a model that a callback disposed of", async () => {
    const model = net();
    const callbacks = { onEpochEnd: async (epoch: number) => void (epoch === 0 && model.dispose()) };
    expect(await failure(() => losses(model, { compile, callbacks }))).toMatch(
      /UsageError: fit: .* was disposed of/,
    );
  });

  it("of a model that something else disposes of meanwhile, as another cell does", async () => {
    const model = net();
    const going = failure(() => losses(model, { compile, epochs: 1e6 }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    model.dispose();
    expect(await going).toMatch(/UsageError: fit: .* was disposed of\. Build the model again/);
  });

  it("of misspelt options, and of what is none", async () => {
    const fails = (options: object): Promise<string> => failure(() => losses(net(), { compile, ...options }));
    expect(await fails({ epoch: 3 })).toMatch(
      /fit: expected an option that there is; got epoch\. Write epochs\./,
    );
    expect(await fails({ batchsize: 3 })).toMatch("Write batchSize.");
    expect(await fails({ k: 3 })).toMatch(/among epochs, .*; got k\. Check the spelling/);
    expect(await fails({ callbacks: Promise.resolve({}) })).toMatch("got a promise, not awaited");
  });

  it("of a layer that was added after compile()", async () => {
    const model = net();
    model.add(layers.dense({ units: 2 }));
    expect(await failure(() => losses(model, { compile }))).toMatch(/UsageError: .* a layer added since/);
  });

  it("of data that were disposed of, or are no numbers", async () => {
    const gone = tf.zeros([10, 6]);
    gone.dispose();
    expect(await failure(() => train(net(), gone, y, { ...given, compile }))).toMatch(
      /UsageError: fit: .*inputs.*disposed/,
    );
    const texts = tf.fill([10, 3], "a", "string" as never);
    expect(await failure(() => train(net(), x, texts, { ...given, compile }))).toMatch(
      /UsageError: .*targets; got string/,
    );
    texts.dispose();
  });

  it("of a model whose layers are all frozen", async () => {
    const model = net();
    for (const layer of model.layers) layer.trainable = false;
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    expect(await failure(() => losses(model, { compile }))).toMatch(
      /UsageError: fit: expected weights to train/,
    );
  });

  it("of one row of which a part is to be held out", async () => {
    const row = x.slice(0, 1);
    const target = y.slice(0, 1);
    expect(
      await failure(() => train(net(), row, target, { ...given, compile, validationSplit: 0.2 })),
    ).toMatch(/UsageError: fit: expected two rows or more with validationSplit/);
    tf.dispose([row, target]);
  });
});
