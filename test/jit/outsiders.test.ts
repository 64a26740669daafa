// What people do who have not read our code, found by trying: layers that keep tables, registered classes whose closures
// change, losses that log, padding before pooling, mistakes in shapes. Compared with TensorFlow.js's CPU backend.
import { execFileSync } from "node:child_process";
import * as tf from "@tensorflow/tfjs-core";
import { initializers, type LayersModel, layers, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { compileTraining, jit, RefusedError } from "../../src/jit/index.js";
import { loadEngine } from "../../src/jit/session/engine.js";
import { libraryClasses } from "../../src/jit/training/library-classes.js";
import { evaluate, predict, fit as train } from "../../src/train/index.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const seeded = (seed: number) => ({ kernelInitializer: initializers.glorotUniform({ seed }) });
const uniform = (shape: number[], seed: number, from = 0, to = 1): tf.Tensor =>
  tf.randomUniform(shape, from, to, "float32", seed);

function compiled(
  parts: layers.Layer[],
  loss: Parameters<LayersModel["compile"]>[0]["loss"] = "meanSquaredError",
) {
  const model = sequential({ layers: parts });
  model.compile({ optimizer: tf.train.sgd(0.1), loss });
  return model;
}

function expectClose(actual: tf.Tensor | readonly number[], expected: tf.Tensor | readonly number[]): void {
  const [a, b] = [actual, expected].map((each) =>
    each instanceof tf.Tensor ? Array.from(each.dataSync()) : each,
  );
  expect(a?.length).toBe(b?.length);
  for (const [at, value] of (b as number[]).entries()) expect(a?.[at]).toBeCloseTo(value, 4);
}

/** Computes what `compute` says of its input. */
function custom(className: string, compute: (x: tf.Tensor) => tf.Tensor, config = {}): layers.Layer {
  const Custom = class extends layers.Layer {
    static className = className;
    override computeOutputShape(shape: number[]) {
      return shape;
    }
    override call(x: tf.Tensor | tf.Tensor[]) {
      return tf.tidy(() => compute(Array.isArray(x) ? (x[0] as tf.Tensor) : x));
    }
  };
  return new Custom(config);
}

describe("a table that is computed at the first call and kept", () => {
  it("is the layer's for good: in training, in prediction, plain and compiled", async () => {
    const build = () => {
      let table: tf.Tensor | undefined;
      const positions = custom(
        "OutsidersPositions",
        (x) => {
          table ??= tf.keep(tf.concat([tf.sin(tf.reshape(tf.range(0, 4), [1, 4])), tf.ones([1, 2])], 1));
          return tf.add(x, table);
        },
        { inputShape: [6] },
      );
      return compiled([positions, layers.dense({ units: 2, ...seeded(1) })]);
    };
    const [x, y] = [uniform([8, 6], 1), uniform([8, 2], 2)];
    const [ours, theirs] = [build(), build()];
    const result = await train(ours, x, y, { epochs: 2, seed: 1, quiet: true });
    const expected = await train(theirs, x, y, { epochs: 2, seed: 1, quiet: true, compile: false });
    expect([result.engine, result.notice]).toEqual(["onnxruntime-node", undefined]);
    expectClose(result.history.loss, expected.history.loss);
    expectClose(ours.predict(x) as tf.Tensor, theirs.predict(x) as tf.Tensor);
    expectClose(await predict(ours, x), theirs.predict(x) as tf.Tensor);
  });

  it("has its numbers outside, too", async () => {
    let table: tf.Tensor | undefined;
    const shifted = jit((x: tf.Tensor) => {
      table ??= tf.keep(tf.range(0, 4));
      return tf.add(x, table);
    });
    expectClose(await shifted(tf.ones([4])), [1, 2, 3, 4]);
    expectClose(table as unknown as tf.Tensor, [0, 1, 2, 3]);
    await shifted.dispose();
  });
});

it("notices a change in a registered class of the user's, also during an epoch", async () => {
  let factor = 1;
  const scale = custom("OutsidersScale", (x) => tf.mul(x, factor));
  tf.serialization.registerClass(scale.constructor as Parameters<typeof tf.serialization.registerClass>[0]);
  const model = compiled([layers.dense({ units: 2, inputShape: [3], ...seeded(1) }), scale]);
  const [x, y] = [uniform([8, 3], 1), uniform([8, 2], 2)];
  for (const each of [1, 3]) {
    factor = each;
    const { loss } = await evaluate(model, x, y);
    expect(loss).toBeCloseTo((model.evaluate(x, y) as tf.Scalar).dataSync()[0] as number, 4);
  }
  const many = [uniform([150_000, 3], 3), uniform([150_000, 2], 4)] as const;
  const kernel = () => Array.from(model.getWeights()[0]?.dataSync() ?? []);
  const first = kernel();
  const seen: number[][] = [];
  const onYield = (): void => {
    factor = 0; // the kernel before it gets no gradient any more
    seen.push(kernel());
  };
  await train(model, ...many, { batchSize: 4, quiet: true, callbacks: { onYield } });
  expect(seen.length).toBeGreaterThan(4);
  expect(seen[Math.floor(seen.length / 2)]).toEqual(kernel());
  expect(first).not.toEqual(kernel()); // trained until then
});

it("knows which registered classes are TensorFlow.js's own", () => {
  const program = `
    import { serialization } from "@tensorflow/tfjs-core";
    import "@tensorflow/tfjs-layers";
    console.log(Object.keys(serialization.SerializationMap.getMap().classNameMap).join(" "));`;
  const names = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  expect(names.trim().split(" ").sort()).toEqual([...libraryClasses].sort());
});

it("a loss that logs its value trains by TensorFlow.js, with a line that says why", async () => {
  const logged: number[] = [];
  const loss = (truth: tf.Tensor, output: tf.Tensor): tf.Tensor => {
    const value = tf.mean(tf.squaredDifference(truth, output));
    void value.data().then(([number]) => logged.push(number as number));
    return value;
  };
  const model = compiled([layers.dense({ units: 2, inputShape: [3] })], loss);
  const { notice } = await train(model, uniform([8, 3], 1), uniform([8, 2], 2), { epochs: 2, quiet: true });
  expect(notice).toMatch(/reads a tensor's values in data at .*outsiders\.test\.ts/);
  expect(logged).toHaveLength(2);
});

it("zeros around pictures stay zeros under max pooling", async () => {
  const build = () =>
    compiled([
      layers.conv2d({ filters: 2, kernelSize: 3, padding: "same", inputShape: [8, 8, 3], ...seeded(1) }),
      layers.zeroPadding2d({ padding: 2 }),
      layers.maxPooling2d({ poolSize: 2, strides: 2 }),
      layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }),
    ]);
  const model = build();
  const x = uniform([4, 8, 8, 3], 1, -2, 0);
  for (const engine of ["onnxruntime-node", "onnxruntime-web"] as const)
    expectClose(await predict(model, x, { engine }), model.predict(x) as tf.Tensor);
  const around = [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ] as [number, number][];
  const pool = (image: tf.Tensor) => tf.maxPool(tf.neg(image) as tf.Tensor4D, 2, 1, around as never);
  const compiledPool = jit(pool);
  const positive = uniform([1, 4, 4, 1], 2);
  expectClose(await compiledPool(positive), pool(positive));
  const integers = tf.tensor4d([1, 5, 3, 2], [1, 2, 2, 1], "int32");
  const largest = jit((image: tf.Tensor) => tf.maxPool(image as tf.Tensor4D, 2, 2, "valid"));
  expect(await largest(integers)).toMatchObject({ dtype: "int32", shape: [1, 1, 1, 1] });
  await Promise.all([compiledPool.dispose(), largest.dispose()]);
});

it("operands that ONNX Runtime does not take are TensorFlow.js's to train", async () => {
  const switched = custom("OutsidersSwitched", (x) =>
    tf.add(x, tf.cast(tf.relu(tf.cast(x, "bool")), "float32")),
  );
  const model = compiled([layers.dense({ units: 2, inputShape: [3], ...seeded(1) }), switched]);
  const result = await train(model, uniform([8, 3], 1), uniform([8, 2], 2), { epochs: 2, quiet: true });
  expect(result.notice).toBe("Relu cannot be compiled: training ran on cpu.");
});

it("so is a program that ONNX Runtime refuses, which is a bug of ours", async () => {
  const engine = await loadEngine();
  const open = vi.spyOn(engine, "open").mockRejectedValue(new RefusedError(new Error("no such operator")));
  const model = compiled([layers.dense({ units: 2, inputShape: [3], ...seeded(1) })]);
  const result = await train(model, uniform([8, 3], 1), uniform([8, 2], 2), { epochs: 2, quiet: true });
  open.mockRestore();
  expect(result.notice).toMatch(/^The model cannot be compiled \(.*\): training ran on cpu\.$/);
});

it("an optimizer that counts in JavaScript counts steps, not recordings", async () => {
  /** SGD whose rate falls with its own count of steps, which cannot be compiled. */
  class Falling extends tf.Optimizer {
    static className = "OutsidersFalling";
    steps = 0;
    override applyGradients(gradients: tf.NamedTensorMap | { name: string; tensor: tf.Tensor }[]) {
      const list = Array.isArray(gradients)
        ? gradients
        : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
      this.steps++;
      for (const { name, tensor } of list) {
        const variable = tf.engine().registeredVariables[name] as tf.Variable;
        tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(tensor, 0.5 / this.steps))));
      }
    }
    override getConfig() {
      return {};
    }
  }
  const trained = async (compile: boolean) => {
    const model = compiled([layers.dense({ units: 2, inputShape: [3], ...seeded(1) })]);
    const optimizer = new Falling();
    model.compile({ optimizer, loss: "meanSquaredError" });
    const { notice } = await train(model, uniform([8, 3], 1), uniform([8, 2], 2), {
      ...{ epochs: 3, batchSize: 4, quiet: true, compile },
    });
    return { notice, steps: optimizer.steps, weights: Array.from(model.getWeights()[0]?.dataSync() ?? []) };
  };
  const [ours, theirs] = [await trained(true), await trained(false)];
  expect(ours.notice).toMatch(/cannot be compiled \(expected a function that does the same at each call/);
  expect([ours.steps, ours.weights]).toEqual([6, theirs.weights]);
});

it("a model is trained by one call at a time, and again when that is over", async () => {
  const model = compiled([layers.dense({ units: 2, inputShape: [3] })]);
  const [x, y] = [uniform([8, 3], 1), uniform([8, 2], 2)] as const;
  const trainings = [await compileTraining(model), await compileTraining(model)] as const;
  const calls = {
    fit: () => train(model, x, y, { quiet: true }),
    train: () => trainings[0].train(x, y),
    "another's train": () => trainings[1].train(x, y),
  };
  for (const [first, second] of [
    ["fit", "fit"],
    ["fit", "train"],
    ["train", "fit"],
    ["train", "another's train"],
  ] as const) {
    const ends = await Promise.allSettled([calls[first](), calls[second]()]);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = ends.find((end) => end.status === "rejected");
    expect(String(refused?.reason)).toMatch(/UsageError: (fit|train): .* whose training goes on/);
    await calls[second]();
  }
  for (const training of trainings) await training.dispose();
});

it("a compiled training may be disposed of while it goes on", async () => {
  const model = compiled([layers.dense({ units: 2, inputShape: [3] })]);
  const [x, y] = [uniform([800, 3], 1), uniform([800, 2], 2)] as const;
  const training = await compileTraining(model);
  const going = training.train(x, y, { epochs: 3, batchSize: 4 });
  await training.dispose();
  expect((await going).history.loss).toHaveLength(3);
  await expect(training.train(x, y)).rejects.toThrow(/disposed of/);
});

it("targets may be the inputs in another dtype", async () => {
  const ids = tf.tensor2d([0, 1, 2, 2, 1, 0], [2, 3], "int32");
  const numbers = ids.toFloat();
  const losses = async (compile: boolean) => {
    const embeddingsInitializer = initializers.randomUniform({ seed: 1 });
    const model = compiled([
      layers.embedding({ inputDim: 3, outputDim: 2, inputLength: 3, embeddingsInitializer }),
      layers.flatten(),
      layers.dense({ units: 3, ...seeded(1) }),
    ]);
    return (await train(model, ids, numbers, { epochs: 3, quiet: true, compile })).history.loss;
  };
  expectClose(await losses(true), await losses(false));
});

it("numbers that keep others in the range of floats are not joined beyond it", async () => {
  const often = (x: tf.Tensor, factor: number) => Array(6).fill(factor).reduce(tf.mul, x) as tf.Tensor;
  const small = (x: tf.Tensor, w: tf.Tensor) => tf.matMul(often(x, 1e-7), w, true);
  expectClose(await jit(small)(tf.fill([1, 1], 1e38), tf.fill([1, 1], 1e5)), [10]);
  const large = (x: tf.Tensor, w: tf.Tensor) => tf.matMul(often(x, 1e7), w, true);
  expectClose(await jit(large)(tf.fill([1, 1], 1e-36), tf.fill([1, 1], 1e-5)), [10]);
  const update = (x: tf.Tensor, m: tf.Tensor, v: tf.Tensor) => [
    tf.add(tf.mul(m, 0.9), tf.mul(tf.mul(x, 2), 4000)),
    tf.add(tf.mul(v, 0.9), tf.mul(tf.square(tf.mul(x, 2)), 0.5)),
  ];
  const [, square] = await jit(update)(tf.tensor1d([1e17]), tf.zeros([1]), tf.zeros([1]));
  expect((square as tf.Tensor).dataSync()[0]).toBeCloseTo(2e34, -29);
});

it("targets of rank 1 may be the sample weights, too", async () => {
  const [x, y] = [uniform([24, 6], 1), uniform([24], 2)];
  const losses = async (sampleWeight: tf.Tensor) => {
    const training = await compileTraining(
      compiled([layers.dense({ units: 1, inputShape: [6], ...seeded(1) })]),
    );
    const { history } = await training.train(x, y, { epochs: 3, batchSize: 8, seed: 1, sampleWeight });
    await training.dispose();
    return history.loss as number[];
  };
  expect(await losses(y)).toEqual(await losses(y.clone()));
});

describe("what looks like a mistake", () => {
  it("a shape with a 0 is one like others", async () => {
    expect((await jit((x: tf.Tensor) => tf.reshape(x, [3, 0]))(tf.zeros([0, 3]))).shape).toEqual([3, 0]);
  });

  it("a loss that is no number by itself is not blamed on the weights", async () => {
    const loss = (truth: tf.Tensor, output: tf.Tensor) =>
      tf.log(tf.sub(tf.mean(tf.squaredDifference(truth, output), -1), 9));
    const model = compiled([layers.dense({ units: 2, inputShape: [3] })], loss);
    const training = train(model, uniform([8, 3], 1), uniform([8, 2], 2), { quiet: true });
    await expect(training).rejects.toThrow(/outputs are finite.* Look at the loss function/);
  });
});
