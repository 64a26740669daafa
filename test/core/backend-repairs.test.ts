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

it.each(["wasm", "cpu"])("a cast to booleans says what is not zero, on %s", async (backend) => {
  await tf.setBackend(backend);
  const numbers = tf.tensor1d([256, 2, 0.5, 0, Number.NaN, 1, -1]);
  const booleans = tf.cast(numbers, "bool");
  const again = [tf.cast(booleans, "float32"), tf.cast(tf.cast(booleans, "bool"), "int32")];
  for (const each of [booleans, ...again]) expect([...each.dataSync()]).toEqual([1, 1, 1, 0, 1, 1, 1]);
  expect([...tf.logicalNot(booleans).dataSync()]).toEqual([0, 0, 0, 1, 0, 0, 0]);
  tf.dispose([numbers, booleans, ...again]);
});

it.each(["wasm", "cpu"])("a maximum below zero and its gradient are there, on %s", async (backend) => {
  await tf.setBackend(backend);
  const values = [-4, -3, -2, -1, 1, 2, 3, 4];
  const [flat, deep] = [tf.tensor(values, [1, 2, 4, 1]), tf.tensor(values, [1, 1, 2, 4, 1])];
  const before = tf.memory().numDataBuffers;
  const planar = tf.grad((x) => tf.sum(tf.maxPool(x as tf.Tensor4D, [1, 2], [1, 2], "valid")))(flat);
  const spatial = tf.grad((x) => tf.sum(tf.maxPool3d(x as tf.Tensor5D, [1, 1, 2], [1, 1, 2], "valid")))(deep);
  for (const gradient of [planar, spatial])
    expect([...gradient.dataSync()]).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
  const largest = [
    tf.maxPool(flat as tf.Tensor4D, [1, 2], [1, 2], "valid"),
    tf.maxPool3d(deep as tf.Tensor5D, [1, 1, 2], [1, 1, 2], "valid"),
  ];
  for (const each of largest) expect([...each.dataSync()]).toEqual([-3, -1, 2, 4]);
  tf.dispose([planar, spatial, ...largest]);
  expect(tf.memory().numDataBuffers).toBe(before);
  tf.dispose([flat, deep]);
});

it.each<[string, (x: tf.Tensor, y: tf.Tensor) => tf.Tensor]>([
  ["clone", (x) => tf.clone(x)],
  ["concat", (x, y) => tf.concat([x, y])],
  ["cast", (x) => tf.cast(x, "int32")],
  ["where", (x, y) => tf.where(tf.greater(x, 0), x, y)],
])("%s takes large data that plain JavaScript made, on wasm", async (name, fn) => {
  await tf.setBackend("cpu");
  const [x, y] = [tf.fill([10_000, 784], 2), tf.fill([10_000, 784], 3)];
  await tf.setBackend("wasm");
  const result = fn(x, y); // WebAssembly's memory grows
  expect(tf.max(result).dataSync()[0]).toBe(name === "concat" ? 3 : 2);
  tf.dispose([x, y, result]);
});
