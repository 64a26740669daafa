// Layers and optimizers that keep something in JavaScript fields. Their code runs while a step is recorded: what a compiled
// step would lose, TensorFlow.js trains, from where the model was.
import * as tf from "@tensorflow/tfjs-core";
import { initializers, type LayersModel, layers, sequential } from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileTraining, jit, TraceError } from "../../src/jit/index.js";
import { fit as train } from "../../src/train/index.js";

let x: tf.Tensor2D;
let y: tf.Tensor2D;
beforeAll(async () => {
  await tf.setBackend("cpu");
  x = tf.randomNormal([64, 6], 5, 1, "float32", 1);
  y = tf.randomNormal([64, 2], 0, 1, "float32", 2);
});
afterAll(() => tf.dispose([x, y]));

const only = (x: tf.Tensor | tf.Tensor[]): tf.Tensor => [x].flat()[0] as tf.Tensor;

/** Shifts by minus the mean of the first batch, as ActNorm is initialized. */
class Centering extends layers.Layer {
  static className = "TestCentering";
  private ready = false;
  shift: ReturnType<layers.Layer["addWeight"]> | undefined;

  override build(shape: number[]): void {
    this.shift = this.addWeight("shift", [shape[1] as number], "float32", initializers.zeros());
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean }): tf.Tensor {
    const [given, { shift }] = [only(inputs), this];
    if (!shift) throw new Error("is built first");
    if (training && !this.ready) {
      shift.write(tf.neg(tf.mean(given, 0)));
      this.ready = true;
    }
    return tf.add(given, shift.read());
  }
}

/** The same, with a weight that tells whether it has been done. */
class Flagged extends layers.Layer {
  static className = "TestFlagged";
  shift: ReturnType<layers.Layer["addWeight"]> | undefined;
  done: ReturnType<layers.Layer["addWeight"]> | undefined;

  override build(shape: number[]): void {
    const zeros = initializers.zeros();
    this.shift = this.addWeight("shift", [shape[1] as number], "float32", zeros);
    this.done = this.addWeight("done", [], "float32", zeros, undefined, false);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean }): tf.Tensor {
    const [given, { shift, done }] = [only(inputs), this];
    if (!shift || !done) throw new Error("is built first");
    if (training && done.read().dataSync()[0] === 0) {
      shift.write(tf.neg(tf.mean(given, 0)));
      done.write(tf.scalar(1));
    }
    return tf.add(given, shift.read());
  }
}

/** Adds a tenth of the last batch's mean. */
class Previous extends layers.Layer {
  static className = "TestPrevious";
  private mean: tf.Tensor | undefined;

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const given = only(inputs);
    const result = this.mean ? tf.add(given, tf.mul(this.mean, 0.1)) : tf.clone(given);
    this.mean?.dispose();
    this.mean = tf.keep(tf.mean(given, 0));
    return result;
  }
}

/** Keeps the means of the last batches in a list. */
class Queue extends layers.Layer {
  static className = "TestQueue";
  private readonly means: tf.Tensor[] = [];

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const given = only(inputs);
    const sum = this.means.reduce((total, mean) => tf.add(total, mean), tf.zerosLike(given));
    this.means.push(tf.keep(tf.mean(given, 0)));
    if (this.means.length > 2) this.means.shift()?.dispose();
    return tf.add(given, tf.mul(sum, 0.1));
  }
}

/** Averages the weights, in variables that it makes when it sees them first. */
class Averaging extends tf.SGDOptimizer {
  readonly averages: Record<string, tf.Variable> = {};

  override applyGradients(gradients: tf.NamedTensorMap | { name: string; tensor: tf.Tensor }[]): void {
    super.applyGradients(gradients);
    for (const { name } of gradients as { name: string }[]) {
      const weight = tf.engine().registeredVariables[name] as tf.Variable;
      this.averages[name] ??= tf.variable(weight.clone(), false);
      const average = this.averages[name] as tf.Variable;
      tf.tidy(() => average.assign(tf.add(tf.mul(average, 0.9), tf.mul(weight, 0.1))));
    }
  }
}

/** Takes each fourth step. */
class Fourth extends tf.SGDOptimizer {
  private calls = 0;

  override applyGradients(gradients: tf.NamedTensorMap): void {
    if (++this.calls % 4 === 0) super.applyGradients(gradients);
  }
}

/** Takes smaller steps from the third on, by a variable that it reads. */
class Slowing extends tf.SGDOptimizer {
  private readonly steps = tf.variable(tf.scalar(0), false);

  override applyGradients(gradients: tf.NamedTensorMap): void {
    this.setLearningRate((this.steps.dataSync()[0] as number) < 2 ? 0.01 : 0.001);
    super.applyGradients(gradients);
    tf.tidy(() => this.steps.assign(tf.add(this.steps, 1)));
  }
}

/** Halves its own learning rate. */
class Halving extends tf.AdamOptimizer {
  override applyGradients(gradients: Parameters<tf.AdamOptimizer["applyGradients"]>[0]): void {
    super.applyGradients(gradients);
    this.learningRate /= 2;
  }
}

function build(optimizer: tf.Optimizer, layer?: layers.Layer): LayersModel {
  const model = sequential();
  model.add(layers.inputLayer({ inputShape: [6] }));
  if (layer) model.add(layer);
  model.add(layers.dense({ units: 2, kernelInitializer: "ones" }));
  model.compile({ optimizer, loss: "meanSquaredError" });
  return model;
}

const adam = (rate = 0.01): tf.AdamOptimizer => tf.train.adam(rate);
const cases: [string, () => LayersModel, RegExp][] = [
  [
    "a layer that looks at the first batch, with SGD",
    () => build(tf.train.sgd(0.01), new Centering({})),
    /TestCentering|other operations/,
  ],
  [
    "a layer that looks at the first batch, with Adam",
    () => build(adam(), new Centering({})),
    /other operations/,
  ],
  [
    "a layer that looks at the first batch, as a weight tells it",
    () => build(tf.train.sgd(0.01), new Flagged({})),
    /reads a tensor's values in dataSync/,
  ],
  [
    "an optimizer that reads its variable",
    () => build(new Slowing(0.01)),
    /reads a tensor's values in dataSync/,
  ],
  [
    "a layer that keeps the last batch",
    () => build(tf.train.sgd(0.001), new Previous({})),
    /reads a tensor's values|disposed of/,
  ],
  [
    "a layer with a queue",
    () => build(tf.train.sgd(0.001), new Queue({})),
    /reads a tensor's values|disposed of/,
  ],
  ["an optimizer that averages", () => build(new Averaging(0.01)), /a variable \[6,2\], which depends/],
  ["an optimizer that takes each fourth step", () => build(new Fourth(0.01)), /Fourth\.calls, which changes/],
  [
    "an optimizer with a rate of its own",
    () => build(new Halving(0.1, 0.9, 0.999, 1e-7)),
    /a number that changes|Halving\.learningRate/,
  ],
];

describe.each(cases)("%s", (_, make, why) => {
  it("is trained by TensorFlow.js from where it was, with a line that says why", async () => {
    const options = { epochs: 3, batchSize: 16, shuffle: false };
    const { history: expected } = await make().fit(x, y, { ...options, verbose: 0 });
    const model = make();
    const { history, engine, notice } = await train(model, x, y, { ...options, quiet: true });
    expect(engine).toBe("cpu");
    expect(notice).toMatch(why);
    for (const [epoch, loss] of (history.loss as number[]).entries())
      expect(loss).toBeCloseTo(expected.loss?.[epoch] as number, 3);
    expect((model.predict(x) as tf.Tensor).shape).toEqual([64, 2]);
    const again = await train(model, x, y, { ...options, quiet: true });
    expect(again.history.loss?.every(Number.isFinite)).toBe(true);
  });
});

it("a compiled training refuses them, and leaves no tensor behind", async () => {
  const model = build(tf.train.sgd(0.001), new Previous({}));
  (model.predict(x) as tf.Tensor).dispose();
  const before = tf.memory().numTensors;
  const training = await compileTraining(model);
  await expect(training.train(x, y, { batchSize: 16 })).rejects.toThrow(TraceError);
  await training.dispose();
  expect(tf.memory().numTensors).toBe(before);
  (model.predict(x) as tf.Tensor).dispose(); // its own tensor is still there
});

it("a field that is found out once is none that changes", async () => {
  class Sized extends layers.Layer {
    static className = "TestSized";
    width = 0;
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      this.width ||= only(inputs).shape[1] as number;
      return tf.div(only(inputs), this.width);
    }
  }
  const { engine } = await train(build(adam(), new Sized({})), x, y, { epochs: 1, quiet: true });
  expect(engine).toMatch(/^onnxruntime/);
});

it("a function whose first call does more is refused where that call makes an optimizer's variables, too", async () => {
  const [weight, mean] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(0), false)];
  const optimizer = adam(0.1);
  let ready = false;
  const step = jit((rows: tf.Tensor) => {
    if (!ready) mean.assign(tf.mean(rows) as tf.Scalar);
    ready = true;
    return optimizer.minimize(
      () => tf.mean(tf.square(tf.mul(tf.sub(rows, mean), weight))) as tf.Scalar,
      true,
      [weight],
    ) as tf.Scalar;
  });
  const call = step(tf.tensor1d([10, 11, 12]));
  await expect(call).rejects.toThrow("got a variable [] assigned at the first one only");
  expect([weight, mean].map((each) => each.dataSync()[0])).toEqual([1, 0]);
});

it("a variable may be made at the first call from what is computed of constants", async () => {
  let weight: tf.Variable | undefined;
  const scaled = jit((rows: tf.Tensor) => {
    weight ??= tf.variable(tf.div(tf.range(1, 4), 2));
    return tf.mul(rows, weight);
  });
  for (const _ of [1, 2]) expect(Array.from((await scaled(tf.ones([3]))).dataSync())).toEqual([0.5, 1, 1.5]);
  expect(Array.from((weight as tf.Variable).dataSync())).toEqual([0.5, 1, 1.5]);
  weight?.assign(tf.tensor1d([1, 2, 3]));
  expect(Array.from((await scaled(tf.ones([3]))).dataSync())).toEqual([1, 2, 3]);
});

it.each<[string, (weight: tf.Variable) => tf.Tensor]>([
  ["a copy of another", (weight) => tf.clone(weight)],
  ["another itself", (weight) => weight],
  ["what is computed of another", (weight) => tf.sub(tf.mul(tf.square(weight), 2), 1)],
])("a variable may be made at the first call from %s, as it was before", async (_, start) => {
  const runs = async (compile: boolean): Promise<number[][]> => {
    const weight = tf.variable(tf.tensor1d([1, 2, 3]));
    let slow: tf.Variable | undefined;
    const step = (rows: tf.Tensor): tf.Tensor => {
      slow ??= tf.variable(start(weight), false);
      weight.assign(tf.sub(weight, tf.mul(rows, 0.1)));
      slow.assign(tf.add(tf.mul(slow, 0.9), tf.mul(weight, 0.1)));
      return tf.mul(rows, slow);
    };
    const fast = compile ? jit(step) : async (rows: tf.Tensor) => tf.tidy(() => step(rows));
    const found: number[][] = [];
    for (const size of [1, 2, -1]) {
      const result = await fast(tf.fill([3], size));
      for (const tensor of [result, weight, slow as unknown as tf.Tensor])
        found.push(Array.from(tensor.dataSync()));
    }
    return found;
  };
  const [ours, plain] = [await runs(true), await runs(false)];
  for (const [at, numbers] of plain.entries())
    for (const [place, number] of numbers.entries()) expect(ours[at]?.[place]).toBeCloseTo(number, 5);
});

it("a function that copies a variable and disposes of it is refused, and leaves all as it was", async () => {
  const weight = tf.variable(tf.tensor1d([1, 2, 3]));
  const backend = tf.getBackend();
  const call = jit((rows: tf.Tensor) => {
    const copy = tf.variable(tf.mul(weight, 2), false);
    weight.dispose();
    return tf.mul(rows, copy);
  })(tf.ones([3]));
  await expect(call).rejects.toThrow(/got one that was disposed of in mul/);
  expect(tf.getBackend()).toBe(backend);
  expect((await jit((rows: tf.Tensor) => tf.add(rows, 1))(tf.ones([1]))).dataSync()[0]).toBe(2);
});

it.each<[string, (rows: tf.Tensor) => tf.Tensor]>([
  ["an argument", (rows) => tf.clone(rows)],
  ["random numbers", () => tf.randomNormal([3])],
])("a variable is not made from %s", async (what, start) => {
  let weight: tf.Variable | undefined;
  const call = jit((rows: tf.Tensor) => {
    weight ??= tf.variable(start(rows));
    return tf.mul(rows, weight);
  })(tf.ones([3]));
  await expect(call).rejects.toThrow("which depends on arguments or random numbers, or on what was assigned");
  expect(what).toBeTruthy();
});

it("a gradient may ask for zeros like a tensor that is gone, as only its shape counts", async () => {
  const straight = tf.customGrad((_, rounded) => ({
    value: tf.clone(rounded as tf.Tensor),
    gradFunc: (dy) => [dy, tf.zerosLike(rounded as tf.Tensor)] as unknown as tf.Tensor,
  }));
  const gradient = (w: tf.Tensor): tf.Tensor =>
    tf.grad((v: tf.Tensor) => tf.sum(tf.square(straight(tf.mul(v, 2), tf.round(tf.mul(v, 2))))))(w);
  const w = tf.tensor1d([0.4, 1.2]);
  expect(Array.from((await jit(gradient)(w)).dataSync())).toEqual(Array.from(gradient(w).dataSync()));
});
