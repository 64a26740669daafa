// Each type of layer, trained for 20 steps compiled and by TensorFlow.js, from the same weights on the same batches.
import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import { beforeAll, expect, it } from "vitest";
import { random } from "../../src/core/random.js";
import { grad, jit } from "../../src/jit/index.js";
import { forwardCases, type LayerCase, layerCases } from "./cases/layers.js";
import { onCpu } from "./engines-here.js";
import { difference } from "./op-inputs.js";
import { compareTraining } from "./training-pairs.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const rows = 20;
let serial = 0;

/** The case's layers between an input and a dense layer, with weights from a seeded generator. */
function build({ input, apply }: LayerCase): LayersModel {
  const x = layers.input({ shape: input });
  let value = apply(x);
  if (value.rank > 2) value = layers.flatten().apply(value) as SymbolicTensor;
  const output = layers.dense({ units: 2, name: `last${serial++}` }).apply(value) as SymbolicTensor;
  const result = model({ inputs: x, outputs: output });
  const numbers = random(3);
  const weights = result.weights.map(({ shape, originalName }) => {
    const positive = /gamma|variance/.test(originalName);
    const values = Array.from({ length: tf.util.sizeFromShape(shape as number[]) }, () => numbers.next());
    return tf.tensor(
      values.map((each) => (positive ? 0.7 + each / 2 : 0.8 * each - 0.4)),
      shape as number[],
    );
  });
  result.setWeights(weights);
  tf.dispose(weights);
  result.compile({ optimizer: tf.train.momentum(0.01, 0.5), loss: "meanSquaredError" });
  return result;
}

function dataFor({ input, values }: LayerCase): [tf.Tensor, tf.Tensor] {
  const numbers = random(5);
  const shape = [rows, ...(input as number[])];
  const x = Array.from({ length: tf.util.sizeFromShape(shape) }, () => numbers.next());
  const y = Array.from({ length: 2 * rows }, () => numbers.next());
  return [
    tf.tensor(values === "indices" ? x.map((each) => Math.floor(5 * each)) : x, shape),
    tf.tensor(y, [rows, 2]),
  ];
}

it.each(layerCases)("20 steps of a model with $name equal the CPU backend's", async (each) => {
  const [x, y] = dataFor(each);
  const off = await compareTraining(() => build(each), [x, y], { epochs: 4, batchSize: 4 });
  expect(off.weights).toBeLessThan(each.tolerance ?? 1e-5);
  expect(off.losses).toBeLessThan(each.tolerance ?? 1e-5);
  tf.dispose([x, y]);
});

const onWasm = [
  "conv2d twice, with strides",
  "conv2dTranspose",
  "maxPooling2d",
  "batchNormalization of images",
  "gru",
  "embedding",
];

it.each(layerCases.filter(({ name }) => onCpu && onWasm.includes(name)))(
  "on the WASM engine, with $name too",
  async (each) => {
    const [x, y] = dataFor(each);
    const how = { engine: "onnxruntime-web", epochs: 4, batchSize: 4 } as const;
    const off = await compareTraining(() => build(each), [x, y], how);
    expect(off.weights).toBeLessThan(1e-5);
    tf.dispose([x, y]);
  },
);

it.each(forwardCases)("%s computes what the CPU backend does", async (_name, input, make) => {
  const [x] = dataFor({ input } as LayerCase);
  const layer = make();
  const apply = (value: tf.Tensor): tf.Tensor => layer.apply(value) as tf.Tensor;
  const expected = tf.tidy(() => apply(x));
  const compiled = jit(apply);
  const actual = await compiled(x);
  expect(difference(actual, expected)).toBeLessThan(1e-5);
  await compiled.dispose();
  layer.dispose();
  tf.dispose([x, expected, actual]);
});

it("upsampling's gradient is that of finite differences, also for several images and half-pixel centers", async () => {
  const x = tf.randomUniform([2, 2, 2, 1], 0, 1, "float32", 1) as tf.Tensor4D;
  const weights = tf.randomUniform([2, 4, 4, 1], 0, 1, "float32", 2);
  const resizes = [tf.image.resizeNearestNeighbor, tf.image.resizeBilinear].flatMap((resize) =>
    [false, true].map((half) => (images: tf.Tensor4D) => resize(images, [4, 4], false, half)),
  );
  for (const resize of resizes) {
    const loss = (images: tf.Tensor): tf.Tensor => tf.sum(tf.mul(resize(images as tf.Tensor4D), weights));
    const gradient = grad(loss);
    const [dx] = (await gradient(x)) as [tf.Tensor];
    const values = x.dataSync();
    for (const [at, value] of dx.dataSync().entries()) {
      // The loss is linear, so any step is exact up to rounding.
      const moved = (by: number): number =>
        tf.tidy(
          () =>
            loss(
              tf.tensor(
                values.map((each, k) => (k === at ? each + by : each)),
                x.shape,
              ),
            ).dataSync()[0] as number,
        );
      expect(Math.abs((moved(1) - moved(-1)) / 2 - value)).toBeLessThan(1e-5);
    }
    dx.dispose();
    await gradient.dispose();
  }
  tf.dispose([x, weights]);
});
