// The gradient of resizing to the nearest pixel, which TensorFlow.js's backends get wrong, against the forward pass
// over images of numbers: what each new pixel copies, its gradient goes to.
import * as tf from "@tensorflow/tfjs-core";
import { initializers, type LayersModel, layers, sequential } from "@tensorflow/tfjs-layers";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { readyBackend } from "../../src/core/tensorflow.js";
import { fit as train } from "../../src/train/index.js";
import { weightsOf } from "../train/fixtures.js";

type Size = [height: number, width: number];
type Resize = (images: tf.Tensor4D) => tf.Tensor4D;

beforeAll(async () => {
  await readyBackend();
  await tf.setBackend("cpu");
});
afterEach(async () => {
  await tf.setBackend("cpu");
});

/** Float images whose pixels are their own numbers, [batch, height, width, 2]. */
function numbered(batch: number, size: Size): tf.Tensor4D {
  const count = batch * size[0] * size[1] * 2;
  return tf.tensor4d(
    Float32Array.from({ length: count }, (_, at) => at),
    [batch, ...size, 2],
  );
}

/** Resizes numbered images, sums up dy where each number comes from, and compares with the backend's gradient. */
function expectGradient(batch: number, size: Size, resize: Resize): void {
  const before = tf.memory();
  const images = numbered(batch, size);
  const resized = resize(images);
  const copied = resized.dataSync();
  const values = Float32Array.from(copied, (_, at) => 3 * Math.sin(at + 1));
  const expected = new Float32Array(images.size);
  for (const [at, from] of copied.entries())
    expected[from] = (expected[from] as number) + (values[at] as number);
  const dy = tf.tensor(values, resized.shape);
  const gradient = tf.grad((x) => resize(x as tf.Tensor4D))(images, dy);
  expect(gradient.shape).toEqual(images.shape);
  expect(gradient.dtype).toBe("float32");
  for (const [at, value] of gradient.dataSync().entries())
    expect(value).toBeCloseTo(expected[at] as number, 5);
  tf.dispose([images, resized, dy, gradient]);
  const { numTensors, numDataBuffers } = tf.memory();
  expect({ numTensors, numDataBuffers }).toEqual({
    numTensors: before.numTensors,
    numDataBuffers: before.numDataBuffers,
  });
}

const sizes: [Size, Size][] = [
  [
    [2, 3],
    [4, 9],
  ],
  [
    [4, 6],
    [2, 2],
  ],
  [
    [3, 5],
    [7, 2],
  ],
  [
    [5, 4],
    [3, 11],
  ],
  [
    [3, 2],
    [3, 2],
  ],
  [
    [3, 4],
    [1, 1],
  ],
  [
    [1, 1],
    [1, 1],
  ],
  [
    [1, 3],
    [4, 3],
  ],
];
const rules = [
  ["as it is", false, false],
  ["corners aligned", true, false],
  ["half-pixel centres", false, true],
] as const;

describe.each(["cpu", "wasm"])("the nearest pixel's gradient on %s", (backend) => {
  it.each(rules)("is that of copies, for every image of a batch, %s", async (_name, align, half) => {
    await tf.setBackend(backend);
    for (const batch of [1, 2, 3])
      for (const [from, to] of sizes)
        expectGradient(batch, from, (x) => tf.image.resizeNearestNeighbor(x, to, align, half));
  });

  it("ends where a width or height of 1 is enlarged with corners aligned", async () => {
    await tf.setBackend(backend);
    for (const from of [
      [1, 1],
      [2, 1],
      [1, 2],
    ] as Size[])
      for (const to of [
        [1, 4],
        [4, 1],
        [5, 3],
      ] as Size[])
        expectGradient(2, from, (x) => tf.image.resizeNearestNeighbor(x, to, true));
    const wide = tf.grad((x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [1, 4], true));
    const [x, dy] = [tf.ones([1, 1, 1, 1]), tf.tensor4d([1, 2, 3, 4], [1, 1, 4, 1])];
    const gradient = wide(x, dy);
    expect([...gradient.dataSync()]).toEqual([1 + 2 + 3 + 4]);
    tf.dispose([x, dy, gradient]);
  });

  it("is that of copies for upsampling layers", async () => {
    await tf.setBackend(backend);
    for (const size of [
      [2, 2],
      [1, 3],
      [3, 2],
    ] as Size[]) {
      const layer = layers.upSampling2d({ size });
      for (const batch of [1, 2, 3]) expectGradient(batch, [2, 3], (x) => layer.apply(x) as tf.Tensor4D);
    }
  });

  it("has no elements where the images have none", async () => {
    await tf.setBackend(backend);
    const gradient = tf.grad((x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [4, 4], true));
    const images = tf.zeros([0, 2, 2, 1]);
    const dx = gradient(images);
    expect(dx.shape).toEqual([0, 2, 2, 1]);
    tf.dispose([images, dx]);
  });
});

it("integer images have a gradient, of floats, on cpu", () => {
  const images = tf.tensor4d([1, 2], [1, 1, 2, 1], "int32");
  const gradient = tf.grad((x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [2, 4]))(images);
  expect(gradient.dtype).toBe("float32");
  expect([...gradient.dataSync()]).toEqual([4, 4]);
  tf.dispose([images, gradient]);
});

it("a model that upsamples a batch trains without the jit as it does with it", async () => {
  const build = (): LayersModel => {
    const kernelInitializer = initializers.glorotUniform({ seed: 1 });
    const model = sequential({
      layers: [
        layers.dense({ units: 8, inputShape: [3], activation: "tanh", kernelInitializer }),
        layers.reshape({ targetShape: [2, 2, 2] }),
        layers.upSampling2d({ size: [2, 3] }),
        layers.conv2d({ filters: 1, kernelSize: 3, padding: "same", kernelInitializer }),
      ],
    });
    model.compile({ optimizer: tf.train.sgd(0.5), loss: "meanSquaredError" });
    return model;
  };
  const [ours, theirs] = [build(), build()];
  const [x, y] = [
    tf.randomUniform([4, 3], 0, 1, "float32", 1),
    tf.randomUniform([4, 4, 6, 1], 0, 1, "float32", 2),
  ];
  const start = weightsOf(ours);
  const options = { epochs: 3, batchSize: 4, shuffle: false, quiet: true }; // a step an epoch
  const compiled = await train(ours, x, y, options);
  const eager = await train(theirs, x, y, { ...options, compile: false });
  expect([compiled.engine, eager.engine]).toEqual(["onnxruntime-node", "cpu"]);
  const [actual, expected] = [weightsOf(theirs), weightsOf(ours)];
  for (const [at, value] of expected.entries())
    expect(Math.abs((actual[at] as number) - value)).toBeLessThan(1e-5);
  expect(Math.abs((expected[0] as number) - (start[0] as number))).toBeGreaterThan(1e-3); // before the upsampling
  tf.dispose([x, y]);
});
