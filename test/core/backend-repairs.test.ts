// What TensorFlow.js's backends get wrong without an error, compared with each other.
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, expect, it } from "vitest";
import { readyBackend } from "../../src/core/tensorflow.js";

beforeAll(async () => {
  await readyBackend();
});
afterEach(async () => {
  await tf.setBackend("cpu");
});

it("what was cast while plain JavaScript computed has its numbers on WebAssembly", async () => {
  await tf.setBackend("cpu");
  const rows = tf.oneHot(tf.tensor1d([0, 1, 2], "int32"), 3);
  const cast = [rows.cast("float32"), tf.cast(tf.tensor1d([true, false], "bool"), "int32")];
  const count = tf.memory().numDataBuffers;
  await tf.setBackend("wasm");
  expect(cast.map((each) => tf.sum(each).dataSync()[0])).toEqual([3, 1]);
  expect([...rows.dataSync()]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  tf.dispose([rows, ...cast]);
  expect(tf.memory().numDataBuffers).toBeLessThan(count);
});

it.each(["wasm", "cpu"])("the gradient of a maximum below zero is there, on %s", async (backend) => {
  await tf.setBackend(backend);
  const values = [-4, -3, -2, -1, 1, 2, 3, 4];
  const [flat, deep] = [tf.tensor(values, [1, 2, 4, 1]), tf.tensor(values, [1, 1, 2, 4, 1])];
  const before = tf.memory().numDataBuffers;
  const planar = tf.grad((x) => tf.sum(tf.maxPool(x as tf.Tensor4D, [1, 2], [1, 2], "valid")))(flat);
  const spatial = tf.grad((x) => tf.sum(tf.maxPool3d(x as tf.Tensor5D, [1, 1, 2], [1, 1, 2], "valid")))(deep);
  for (const gradient of [planar, spatial])
    expect([...gradient.dataSync()]).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
  tf.dispose([planar, spatial]);
  expect(tf.memory().numDataBuffers).toBe(before);
  tf.dispose([flat, deep]);
});
