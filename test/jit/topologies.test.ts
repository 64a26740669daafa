// Models that are more than a stack: several inputs and outputs, shared and frozen layers, sample weights, constraints,
// layers that remember between batches; and changes between steps that must not cost a new recording.
import * as tf from "@tensorflow/tfjs-core";
import {
  constraints,
  initializers,
  type LayersModel,
  layers,
  model,
  regularizers,
  type SymbolicTensor,
  sequential,
} from "@tensorflow/tfjs-layers";
import { beforeAll, expect, it } from "vitest";
import { compileTraining } from "../../src/jit/index.js";
import { onCpu } from "./engines-here.js";
import { disposeModel, seeded, uniform, weightDifference } from "./models.js";
import { compareTraining } from "./training-pairs.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const apply = (layer: layers.Layer, x: SymbolicTensor | SymbolicTensor[]): SymbolicTensor =>
  layer.apply(x) as SymbolicTensor;

it("several inputs and outputs, with a shared layer, losses of their own and metrics", async () => {
  const build = (): LayersModel => {
    const inputs = [layers.input({ shape: [4] }), layers.input({ shape: [4] })];
    const shared = layers.dense({ units: 3, activation: "tanh", ...seeded(1) });
    const both = apply(
      layers.concatenate(),
      inputs.map((input) => apply(shared, input)),
    );
    const outputs = [2, 1].map((units, at) => apply(layers.dense({ units, ...seeded(2 + at) }), both));
    const result = model({ inputs, outputs });
    result.compile({
      optimizer: tf.train.adam(0.01),
      loss: ["meanSquaredError", "meanAbsoluteError"],
      metrics: ["mse"],
    });
    return result;
  };
  const x = [uniform(22, 4, 1), uniform(22, 4, 2)];
  const y = [uniform(22, 2, 3), uniform(22, 1, 4)];
  const off = await compareTraining(build, [x, y], { epochs: 4, batchSize: 4 });
  expect(off.weights).toBeLessThan(1e-5);
  expect(off.losses).toBeLessThan(1e-5);
  tf.dispose([x, y]);
});

it("regularizers, constraints and frozen layers", async () => {
  const build = (): LayersModel => {
    const result = sequential();
    result.add(
      layers.dense({ units: 5, inputShape: [6], activation: "elu", trainable: false, ...seeded(1) }),
    );
    result.add(layers.batchNormalization({ betaConstraint: constraints.nonNeg(), momentum: 0.9 }));
    result.add(
      layers.dense({
        ...{ units: 6, ...seeded(2), kernelConstraint: constraints.maxNorm({ maxValue: 0.5 }) },
        ...{
          kernelRegularizer: regularizers.l1l2({ l1: 0.01, l2: 0.02 }),
          biasRegularizer: regularizers.l1({ l1: 0.1 }),
        },
      }),
    );
    result.compile({ optimizer: tf.train.momentum(0.02, 0.9), loss: "meanSquaredError" });
    return result;
  };
  const x = uniform(40, 6, 4);
  const off = await compareTraining(build, [x, x], { epochs: 4, batchSize: 8 });
  expect(off.weights).toBeLessThan(1e-5);
  expect(off.losses).toBeLessThan(1e-5);
  x.dispose();
});

it("a row of weight 2 counts as the row twice, one of weight 0 as none", async () => {
  const build = (): LayersModel => {
    const result = sequential();
    result.add(layers.dense({ units: 2, inputShape: [3], ...seeded(1) }));
    result.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError" });
    return result;
  };
  const x = uniform(4, 3, 1);
  const y = uniform(4, 2, 2);
  const at = tf.tensor1d([0, 1, 1, 2], "int32");
  const [twiceX, twiceY] = [tf.gather(x, at), tf.gather(y, at)];
  const weights = tf.tensor1d([1, 2, 1, 0]);
  const [weighted, repeated] = [build(), build()];
  const [one, two] = [await compileTraining(weighted), await compileTraining(repeated)];
  await one.train(x, y, { epochs: 5, sampleWeight: weights });
  await two.train(twiceX, twiceY, { epochs: 5 });
  expect(weightDifference(weighted, repeated)).toBeLessThan(1e-6);
  await expect(one.train(x, y, { sampleWeight: tf.ones([3]) })).rejects.toThrow(
    /sample weights as inputs, 4; got 3/,
  );
  await Promise.all([one.dispose(), two.dispose()]);
  [weighted, repeated].forEach(disposeModel);
  tf.dispose([x, y, at, twiceX, twiceY, weights]);
});

const memories: [string, () => layers.Layer][] = [
  ["simpleRNN", () => layers.simpleRNN({ units: 3, stateful: true, ...seeded(1) })],
  ["lstm", () => layers.lstm({ units: 3, stateful: true, ...seeded(1) })],
  ["gru", () => layers.gru({ units: 3, stateful: true, ...seeded(1) })],
];

it.each(memories)(
  "a stateful %s remembers the last batch, as the plain one does, until it is reset",
  async (_name, make) => {
    const build = (): LayersModel => {
      const result = sequential();
      const layer = make();
      const recurrentLayer = layer as unknown as { cell: { recurrentInitializer: unknown } };
      recurrentLayer.cell.recurrentInitializer = initializers.glorotUniform({ seed: 2 });
      result.add(layers.inputLayer({ batchInputShape: [4, 5, 2] }));
      result.add(layer);
      result.add(layers.dense({ units: 1, ...seeded(3) }));
      result.compile({ optimizer: tf.train.sgd(0.05), loss: "meanSquaredError" });
      return result;
    };
    const x = tf.reshape(uniform(8, 10, 1), [8, 5, 2]);
    const y = uniform(8, 1, 2);
    const [plain, compiled] = [build(), build()];
    const training = await compileTraining(compiled);
    for (const reset of [false, true]) {
      if (reset) for (const each of [plain, compiled]) each.resetStates();
      for (let epoch = 0; epoch < 3; epoch++)
        for (const from of [0, 4]) {
          const [batchX, batchY] = [tf.slice(x, [from, 0, 0], [4, 5, 2]), tf.slice(y, [from, 0], [4, 1])];
          await plain.trainOnBatch(batchX, batchY);
          tf.dispose([batchX, batchY]);
        }
      await training.train(x, y, { epochs: 3, batchSize: 4, shuffle: false });
      expect(weightDifference(plain, compiled)).toBeLessThan(1e-5);
    }
    const [a, b] = [plain, compiled].map((each) =>
      tf.tidy(() =>
        (each.predict(tf.slice(x, [0, 0, 0], [4, 5, 2]), { batchSize: 4 }) as tf.Tensor).dataSync(),
      ),
    ) as [Float32Array, Float32Array];
    for (const [at, value] of a.entries()) expect(Math.abs(value - (b[at] as number))).toBeLessThan(1e-5);
    await training.dispose();
    [plain, compiled].forEach(disposeModel);
    tf.dispose([x, y]);
  },
);

it("dropout inside recurrent layers trains, the same for the same seed", async () => {
  const build = (): LayersModel => {
    const result = sequential();
    result.add(
      layers.lstm({
        ...{ units: 3, inputShape: [5, 2], dropout: 0.3, recurrentDropout: 0.2, ...seeded(1) },
        recurrentInitializer: initializers.glorotUniform({ seed: 2 }),
      }),
    );
    result.add(layers.dense({ units: 1, ...seeded(3) }));
    result.compile({ optimizer: tf.train.sgd(0.05), loss: "meanSquaredError" });
    return result;
  };
  const x = tf.reshape(uniform(8, 10, 1), [8, 5, 2]);
  const y = uniform(8, 1, 2);
  const trained = await Promise.all(
    [1, 1, 2].map(async (seed) => {
      const each = build();
      const training = await compileTraining(each);
      await training.train(x, y, { epochs: 5, batchSize: 4, seed, shuffle: false });
      await training.dispose();
      return each;
    }),
  );
  const [first, again, other] = trained as [LayersModel, LayersModel, LayersModel];
  expect(weightDifference(first, again)).toBe(0);
  expect(weightDifference(first, other)).toBeGreaterThan(0);
  trained.forEach(disposeModel);
  tf.dispose([x, y]);
});

const rated: [string, () => tf.Optimizer][] = [
  ["SGD", () => tf.train.sgd(0.1)],
  ["Momentum", () => tf.train.momentum(0.1, 0.9)],
  ["RMSProp", () => tf.train.rmsprop(0.1)],
  ["Adam", () => tf.train.adam(0.1)],
  ["Adamax", () => tf.train.adamax(0.1)],
  ["Adagrad", () => tf.train.adagrad(0.1)],
  ["Adadelta", () => tf.train.adadelta(0.1)],
];

it.each(rated)(
  "%s reads its learning rate at each run: a change needs no new recording",
  async (_name, make) => {
    const x = uniform(16, 3, 1);
    let recordings = 0;
    const build = (): LayersModel => {
      const result = sequential();
      result.add(layers.dense({ units: 3, inputShape: [3], ...seeded(1) }));
      const loss = (truth: tf.Tensor, output: tf.Tensor): tf.Tensor => {
        recordings++;
        return tf.mean(tf.square(tf.sub(truth, output)), -1);
      };
      result.compile({ optimizer: make(), loss });
      return result;
    };
    const setRate = (each: LayersModel, rate: number): void => {
      const { optimizer } = each as unknown as {
        optimizer: { learningRate: number; setLearningRate?(to: number): void };
      };
      if (optimizer.setLearningRate) optimizer.setLearningRate(rate);
      else optimizer.learningRate = rate;
    };
    const [plain, compiled] = [build(), build()];
    const training = await compileTraining(compiled);
    await training.train(x, x, { epochs: 1, batchSize: 16, shuffle: false });
    const once = recordings;
    for (const rate of [0.05, 0.02]) {
      setRate(compiled, rate);
      await training.train(x, x, { epochs: 1, batchSize: 16, shuffle: false });
    }
    expect(recordings).toBe(once + 2); // compared once a call; compiling anew would record twice more
    expect((compiled.optimizer as unknown as { learningRate: number }).learningRate).toBe(0.02);
    for (const rate of [0.1, 0.05, 0.02]) {
      setRate(plain, rate);
      await plain.trainOnBatch(x, x);
    }
    expect(weightDifference(plain, compiled)).toBeLessThan(1e-5);
    await training.dispose();
    [plain, compiled].forEach(disposeModel);
    x.dispose();
  },
);

const epochs = onCpu ? 1000 : 20;

it(`${epochs}0 steps with dropout and batch normalization leave no tensor behind`, async () => {
  const result = sequential();
  result.add(layers.dense({ units: 3, inputShape: [3], ...seeded(1) }));
  result.add(layers.batchNormalization({}));
  result.add(layers.dropout({ rate: 0.2 }));
  result.add(layers.dense({ units: 3, ...seeded(2) }));
  result.compile({ optimizer: tf.train.adam(0.001), loss: "meanSquaredError" });
  const x = uniform(40, 3, 1);
  const training = await compileTraining(result);
  await training.train(x, x, { epochs: 1, batchSize: 4 });
  const before = tf.memory();
  await training.train(x, x, { epochs, batchSize: 4 });
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  expect(result.optimizer.iterations).toBe(10 + 10 * epochs);
  await training.dispose();
  disposeModel(result);
  x.dispose();
});
