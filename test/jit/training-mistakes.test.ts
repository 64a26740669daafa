// What a person gets who passes something else to training than it takes: it is named, before anything is computed.
import * as tf from "@tensorflow/tfjs-core";
import {
  input,
  type LayersModel,
  layers,
  type ModelCompileArgs,
  model as modelOf,
  type SymbolicTensor,
  sequential,
} from "@tensorflow/tfjs-layers";
import { beforeAll, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { compileTraining, jit, toOnnx } from "../../src/jit/index.js";
import {
  earlyStopping,
  evaluate,
  predict,
  reconstructionError,
  fit as train,
  trainStep,
} from "../../src/train/index.js";
import { embedding } from "./models.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

function disposed(tensor: tf.Tensor): tf.Tensor {
  tensor.dispose();
  return tensor;
}

it.each([
  [undefined, /got undefined\. Pass what tf\.sequential/],
  [Promise.resolve(), /got a Promise\. Await it/],
  [{ autoencoder: {} }, /Pass its \.autoencoder/],
])("what is no model (%o) is named", async (given, message) => {
  const model = given as unknown as LayersModel;
  const x = tf.zeros([2, 3]);
  for (const use of [
    () => train(model, x, x, { quiet: true }),
    () => predict(model, x),
    () => evaluate(model, x, x),
    () => compileTraining(model),
    async () => toOnnx(model),
    async () => trainStep(model),
  ]) {
    await expect(use()).rejects.toThrow(UsageError);
    await expect(use()).rejects.toThrow(message);
  }
});

it.each([
  [[0, 1, 2, 3], /classes from 0 to 2 as targets .* got 3 in row 3\. Count classes from 0/],
  [[0, 1, -1, 2], /got -1 in row 2/],
  [[0.5, 1, 0, 2], /got 0\.5 in row 0/],
])("a target that is no number of a class, among %j, is named", async (labels, message) => {
  const model = sequential({ layers: [layers.dense({ units: 3, activation: "softmax", inputShape: [2] })] });
  model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
  const [x, y] = [tf.ones([4, 2]), tf.tensor1d(labels)];
  for (const use of [
    () => train(model, x, y, { quiet: true }),
    () => train(model, x, y, { quiet: true, compile: false }),
    () => evaluate(model, x, y),
  ])
    await expect(use()).rejects.toThrow(message);
  tf.dispose([x, y]);
});

it("whole numbers as classes are taken, and no rows are called so", async () => {
  const model = sequential({ layers: [layers.dense({ units: 3, activation: "softmax", inputShape: [2] })] });
  model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
  const [x, classes] = [tf.ones([4, 2]), [0, 1, 2, 1]];
  const before = tf.memory().numTensors;
  for (const shape of [[4], [4, 1]]) {
    const [whole, float] = [tf.tensor(classes, shape, "int32"), tf.tensor(classes, shape)];
    const expected = await evaluate(model, x, float);
    expect(await evaluate(model, x, whole)).toEqual(expected);
    expect((await train(model, x, whole, { epochs: 1, quiet: true })).engine).toMatch(/onnx/);
    tf.dispose([whole, float]);
  }
  expect(tf.memory().numTensors).toBe(before);
  await expect(predict(model, tf.zeros([0, 2]))).rejects.toThrow(/expected inputs \[rows,2\]; got no rows/);
  x.dispose();
});

it("an argument that was disposed of, and a model that is none, are named", async () => {
  const sum = jit((x: tf.Tensor) => tf.sum(x));
  await expect(sum(disposed(tf.ones([2, 3])))).rejects.toThrow(/got a tensor \[2,3\] that was disposed of/);
  const error = reconstructionError(null as unknown as LayersModel, tf.ones([2, 3]));
  await expect(error).rejects.toThrow(/reconstructionError: expected a model of tf\.layers; got null/);
});

it("what TensorFlow.js refuses in a layer names no function of ours", async () => {
  const model = sequential({
    layers: [
      layers.conv1d({ filters: 2, kernelSize: 2, dilationRate: 2, inputShape: [5, 3] }),
      layers.flatten(),
      layers.dense({ units: 1 }),
    ],
  });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const error = await train(model, tf.ones([8, 5, 3]), tf.ones([8, 1]), { quiet: true }).catch(String);
  expect(error).toMatch(/got an error at .*: Error in gradient of conv2D: dilation rates/);
});

it("single rows of a dataset bring the advice to make batches of them", async () => {
  const row = { xs: tf.ones([2]), ys: tf.ones([1]) };
  const dataset = { iterator: async () => ({ next: async () => ({ done: false, value: row }) }) };
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  await expect(train(model, dataset, { quiet: true })).rejects.toThrow(
    /expected inputs \[rows,2\].* These are single rows: dataset\.batch\(32\)/,
  );
});

it("sizes that are not known are called so", async () => {
  const model = sequential({
    layers: [layers.conv2d({ filters: 1, kernelSize: 2, inputShape: [null, null, 1] })],
  });
  await expect(predict(model, tf.ones([3, 4]))).rejects.toThrow("inputs [rows,any,any,1]; got [3,4]");
  expect(() => toOnnx(model)).toThrow("got [rows,any,any,1]. Give inputShape numbers");
});

it("numbers of classes as targets of categoricalCrossentropy bring the advice to take the other loss", async () => {
  const model = sequential({ layers: [layers.dense({ units: 3, activation: "softmax", inputShape: [2] })] });
  model.compile({ optimizer: "sgd", loss: "categoricalCrossentropy" });
  const fit = train(model, tf.ones([4, 2]), tf.tensor1d([0, 1, 2, 1]), { quiet: true });
  await expect(fit).rejects.toThrow(/\. Numbers of classes are for the loss sparseCategoricalCrossentropy/);
});

it.each<[unknown, RegExp]>([
  [undefined, /expected tensors; got undefined/],
  [Promise.resolve(tf.zeros([1, 1])), /expected tensors; got a Promise\. Await it/],
  [[[1, 2, 3]], /expected tensors; got an array of something else/],
  [new Float32Array(3), /expected tensors; got a typed array/],
])("data that are no tensors (%o) are named", async (x, message) => {
  const fit = train(embedding(), x as tf.Tensor, tf.zeros([1, 1]), { quiet: true });
  await expect(fit).rejects.toThrow(message);
  await expect(predict(embedding(), x as tf.Tensor)).rejects.toThrow(message);
});

it.each([
  [{ learningRate: "0.1" }, /learningRate as a number or a schedule; got string 0\.1/],
  [{ callbacks: [null] }, /callbacks as objects of functions; got null/],
  [{ callbacks: earlyStopping }, /got the function earlyStopping, not called\. Write/],
  [{ callbacks: { onEpochFinish: () => undefined } }, /got onEpochFinish, which is none of onTrainBegin, /],
  [{ learningRate: () => "0.1" }, /the schedule gave "0\.1" in epoch 1/],
  [{ callbacks: { onEpochEnd: 3 } }, /got onEpochEnd: 3/],
  [{ sampleWeight: [1, 2] }, /sampleWeight as a tensor/],
  [
    { sampleWeight: disposed(tf.ones([2])) },
    /expected sample weights with their data; they were disposed of/,
  ],
  [{ sampleWeight: tf.tensor1d(["a", "b"]) }, /expected numbers as sample weights; got string/],
  [{ clipNorm: Number.POSITIVE_INFINITY }, /clipNorm to be a finite number/],
  [{ validationSplit: "0.2" }, /validationSplit < 1; got "0.2"/],
  [{ batchSize: "8" }, /batchSize to be an integer of 1 or more; got "8"/],
  [{ batchesPerEpoch: 3 }, /batchesPerEpoch with a dataset; got tensors/],
  [{ shuffle: "batch" }, /shuffle as true or false; got "batch"/],
  [{ signal: {} }, /signal as an AbortSignal/],
  [{ record: null }, /record as a list; got null/],
  [{ classWeight: { 0: "a", 1: 2 } }, /classWeight as finite numbers .*; got {"0":"a","1":2}/],
  [
    { classWeight: { 1: 1 } },
    /classWeight for these targets; .*The class 0 exists in the data but not in classWeight/,
  ],
  [{ classWeight: 3 }, /classWeight as finite numbers .*; got 3/],
  [{ checkpoint: "folder" }, /checkpoint: expected options as an object; got a string\. Write { folder: … }/],
  [{ checkpoint: { folder: import.meta.filename } }, /checkpoint\.folder to be a folder.*EEXIST/],
])("fit names the option in %o that cannot be used", async (options, message) => {
  const model = embedding();
  const fit = train(model, tf.zeros([2, 3]), tf.zeros([2, 1]), options as object);
  await expect(fit).rejects.toThrow(UsageError);
  await expect(fit).rejects.toThrow(message);
});

it.each([Number.NaN, "0.1"])("a learning rate that a callback sets to %o is named", async (rate) => {
  const model = embedding();
  const onEpochEnd = (): void => void Object.assign(model.optimizer, { learningRate: rate });
  const fit = train(model, tf.zeros([2, 3]), tf.zeros([2, 1]), { quiet: true, callbacks: { onEpochEnd } });
  await expect(fit).rejects.toThrow(`learningRate to be a finite number; got ${rate}`);
});

it("what is no object of options is named, and the option that there is not", async () => {
  const nothing = null as unknown as object;
  const x = tf.zeros([2, 3]);
  await expect(predict(embedding(), x, nothing)).rejects.toThrow(
    /predict: expected options as an object; got null/,
  );
  await expect(compileTraining(embedding(), nothing)).rejects.toThrow(/compileTraining: expected options as/);
  await expect(compileTraining(embedding(), { batchSize: 2 } as object)).rejects.toThrow(/got batchSize/);
  expect(() => toOnnx(embedding(), nothing)).toThrow(/toOnnx: expected options as an object/);
});

it("weights that were no numbers before are not said to have grown", async () => {
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2], name: "broken" })] });
  model.compile({ loss: "meanSquaredError", optimizer: "sgd" });
  model.setWeights([tf.fill([2, 1], Number.NaN), tf.zeros([1])]);
  const fit = train(model, tf.ones([2, 2]), tf.ones([2, 1]), { quiet: true });
  await expect(fit).rejects.toThrow(
    /weight broken\/kernel of layer broken is not finite\. It was not before/,
  );
});

it("a model that remembers something between batches has no file", () => {
  const inner = layers.gru({ units: 2, stateful: true, name: "memory" });
  const model = sequential({ layers: [layers.bidirectional({ layer: inner, batchInputShape: [2, 3, 4] })] });
  expect(() => toOnnx(model)).toThrow(/remember nothing between batches; got \w*memory, which is stateful/);
});

it("a step of something else than a loss and an optimizer is refused", () => {
  for (const options of [{ loss: "mse" }, { optimizer: "adam" }])
    expect(() => trainStep(embedding(), options as object)).toThrow(/Try tf\.losses\.meanSquaredError/);
});

it("lines are the user's, not the library's", async () => {
  const step = jit(trainStep(embedding()));
  const error = await step(tf.zeros([2, 3]), tf.zeros([5, 3])).catch((each: Error) => each);
  expect((error as Error).message).not.toMatch(/train-step\.(ts|js)/);
});

it("what is nearly data is named: what load gives, a generator, too many targets", async () => {
  const model = small({});
  const [x, y] = [tf.ones([4, 3]), tf.ones([4, 2])];
  const given = (...values: unknown[]) =>
    (train as (...all: unknown[]) => Promise<unknown>)(model, ...values);
  const loaded = { features: x, labels: y, dispose: () => undefined };
  await expect(given(loaded, loaded, {})).rejects.toThrow(/got an object with some\. Pass its \.features/);
  const rows = function* () {
    yield { xs: x, ys: y };
  };
  for (const data of [rows, rows()])
    await expect(given(data, { epochs: 1 })).rejects.toThrow(/Write tf\.data\.generator\(function\*/);
  await expect(given(x, [y, y], {})).rejects.toThrow(/targets for 1 outputs; got 2/);
  await expect(evaluate(model, x, [y, y])).rejects.toThrow(/targets for 1 outputs; got 2/);
  tf.dispose([x, y]);
});

it("a compiled training takes the targets that fit takes", async () => {
  const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
  model.compile({ loss: "meanSquaredError", optimizer: "sgd" });
  const training = await compileTraining(model);
  const before = tf.memory().numTensors;
  for (const shape of [[8], [8, 1], [8, 3]])
    await expect(training.train(tf.zeros([8, 3]), tf.zeros(shape))).rejects.toThrow(/expected data that fit/);
  expect(tf.memory().numTensors).toBe(before + 6);
  await training.dispose();
});

it.each<[string, unknown[], RegExp]>([
  ["no targets", [tf.zeros([2, 3])], /expected y as a tensor.*train\(x, x\)/],
  ["an array", [[[1, 2, 3]], tf.zeros([1, 1])], /expected x as a tensor/],
  ["a signal that is none", [tf.zeros([2, 3]), tf.zeros([2, 1]), { signal: {} }], /signal as an AbortSignal/],
  [
    "a callback that is none",
    [tf.zeros([2, 3]), tf.zeros([2, 1]), { onEpochEnd: 3 }],
    /as a function; got number/,
  ],
  ["a switch that is none", [tf.zeros([2, 3]), tf.zeros([2, 1]), { shuffle: "x" }], /true or false; got "x"/],
])("a compiled training names what it cannot take: %s", async (_, given, message) => {
  const training = await compileTraining(embedding());
  const call = training.train as (...values: unknown[]) => Promise<unknown>;
  await expect(call(...given)).rejects.toThrow(UsageError);
  await expect(call(...given)).rejects.toThrow(message);
  await training.dispose();
});

it("a compiled training trains once at a time", async () => {
  const training = await compileTraining(embedding());
  const [x, y] = [tf.zeros([2, 3]), tf.zeros([2, 1])];
  const [first, second] = await Promise.allSettled([training.train(x, y), training.train(x, y)]);
  expect([first.status, second.status]).toEqual(["fulfilled", "rejected"]);
  await training.train(x, y);
  await training.dispose();
});

it("a variable that lost its data spoils nothing but itself", async () => {
  const [variable, gone] = [tf.variable(tf.ones([2])), tf.zeros([2])];
  gone.dispose();
  expect(() => variable.assign(gone)).toThrow();
  const twice = jit((x: tf.Tensor) => tf.mul(x, 2));
  expect((await twice(tf.scalar(2))).dataSync()[0]).toBe(4);
  const model = embedding();
  const { engine } = await train(model, tf.zeros([2, 3]), tf.zeros([2, 1]), { epochs: 1, quiet: true });
  expect(engine).toMatch(/^onnx/);
  Reflect.deleteProperty(tf.engine().registeredVariables, variable.name);
});

/** Of three inputs and two outputs. */
function small(args: Partial<ModelCompileArgs>): LayersModel {
  const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
  model.compile({ loss: "meanSquaredError", optimizer: "sgd", ...args });
  return model;
}

const promised = async (target: tf.Tensor, output: tf.Tensor): Promise<tf.Tensor> => {
  await output.data();
  return tf.losses.meanSquaredError(target, output);
};

it.each([
  ["loss", { loss: promised }],
  ["loss", { loss: [promised] }],
  ["metric", { metrics: [promised] }],
])("a %s that is async is named, before anything is computed (%o)", async (kind, given) => {
  const model = small(given as unknown as Partial<ModelCompileArgs>);
  const [x, y] = [tf.ones([4, 3]), tf.ones([4, 2])];
  const message = new RegExp(`expected a ${kind} that returns a tensor; got an async function.*Remove`);
  for (const use of [
    () => train(model, x, y, { quiet: true }),
    () => train(model, x, y, { quiet: true, compile: false }),
    () => evaluate(model, x, y),
    () => compileTraining(model),
  ])
    await expect(use()).rejects.toThrow(message);
  tf.dispose([x, y]);
});

it.each<[string, () => tf.Optimizer]>([
  ["Adam", () => tf.train.adam(0.1)],
  ["RMSProp", () => tf.train.rmsprop(0.1)],
])("an optimizer that was disposed of is named: %s", async (_, made) => {
  const optimizer = made();
  const model = small({ optimizer });
  const [x, y] = [tf.ones([4, 3]), tf.ones([4, 2])];
  await train(model, x, y, { epochs: 1, quiet: true });
  optimizer.dispose();
  for (const use of [() => train(model, x, y, { quiet: true }), () => compileTraining(model)])
    await expect(use()).rejects.toThrow(/optimizer; it was disposed of\. Call model\.compile/);
  model.compile({ loss: "meanSquaredError", optimizer: made() });
  expect((await train(model, x, y, { epochs: 1, quiet: true })).engine).toMatch(/onnx/);
  tf.dispose([x, y]);
});

it("a frozen model is nothing to compile a training of", async () => {
  const model = small({});
  for (const layer of model.layers) layer.trainable = false;
  model.compile({ loss: "meanSquaredError", optimizer: "sgd" });
  await expect(compileTraining(model)).rejects.toThrow(/expected weights to train/);
});

type Loss = (truth: tf.Tensor, given: tf.Tensor) => tf.Tensor;
/** What a loss may forget, or do instead. */
const wrongLosses: [string, (truth: tf.Tensor, given: tf.Tensor) => unknown, RegExp][] = [
  ["forgets return", (_, given) => void tf.mean(given), /a loss that returns a tensor; got undefined/],
  ["gives a number", () => 3, /a loss that returns a tensor; got 3/],
  ["gives the number of a tensor", (_, given) => tf.mean(given).dataSync()[0], /returns a tensor; got -?\d/],
  ["gives a promise", (_, given) => Promise.resolve(tf.mean(given)), /returns a tensor; got a promise/],
  ["gives a list", (_, given) => [tf.mean(given)], /returns a tensor; got a list/],
  ["forgets the output", (truth) => tf.mean(tf.square(truth)), /that depends on the weights; got one/],
];

it.each(wrongLosses)(
  "a loss that %s is named, compiled and not, and leaves nothing",
  async (_, loss, message) => {
    const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] });
    model.compile({ optimizer: "sgd", loss: loss as Loss });
    const x = tf.ones([4, 2]);
    const before = tf.memory().numTensors;
    for (const compile of [true, false]) {
      const training = train(model, x, x, { quiet: true, compile });
      await expect(training).rejects.toThrow(UsageError);
      await expect(training).rejects.toThrow(message);
    }
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([x]);
  },
);

it("a metric that forgets to return is named; one may be a number", async () => {
  const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] });
  const x = tf.ones([4, 2]);
  const forgetful = ((_, given) => void tf.mean(given)) as (...tensors: tf.Tensor[]) => unknown;
  model.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: [forgetful as Loss] });
  for (const use of [() => train(model, x, x, { quiet: true }), () => evaluate(model, x, x)])
    await expect(use()).rejects.toThrow("a metric that returns a tensor; got undefined from forgetful");
  const seven = (() => 7) as unknown as Loss;
  model.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: [seven] });
  expect((await train(model, x, x, { quiet: true, epochs: 1 })).history.seven).toEqual([7]);
  tf.dispose(x);
});

it("an output without a loss is named", async () => {
  const [x, shared] = [tf.ones([4, 2]), input({ shape: [2] })];
  const [a, b] = ["a", "b"].map((name) => layers.dense({ units: 2, name }).apply(shared) as SymbolicTensor);
  const model = modelOf({ inputs: shared, outputs: [a, b] as SymbolicTensor[] });
  model.compile({ optimizer: "sgd", loss: { a: "meanSquaredError" } });
  await expect(train(model, x, [x, x], { quiet: true })).rejects.toThrow(
    "a loss for each output; got none for b",
  );
  x.dispose();
});
