// Data stay with the engine between trainings on the same rows, and no longer than that is of use.
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { afterEach, expect, it, vi } from "vitest";
import { type Engine, type HostTensor, type KeptTensor, loadEngine } from "../../src/jit/session/engine.js";
import { HeldData } from "../../src/jit/training/held-data.js";
import { predict, fit as train } from "../../src/train/index.js";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** An engine that counts what it holds. */
function counting(): { engine: Engine; alive: Set<HostTensor> } {
  const alive = new Set<HostTensor>();
  const hold = (value: HostTensor): KeptTensor => {
    alive.add(value);
    const kept = { value, drop: () => alive.delete(value) };
    return kept;
  };
  return { engine: { hold } as unknown as Engine, alive };
}

const asked = (tensor: tf.Tensor, shape = tensor.shape) => ({
  ...{ tensor, shape },
  read: (): HostTensor => ({ data: tensor.dataSync() as Float32Array, shape, dtype: "float32" }),
});

it("gives the same rows once, and frees them when others come", () => {
  const { engine, alive } = counting();
  const [x, other] = [tf.ones([4, 2]), tf.zeros([4, 2])];
  const first = HeldData.of(engine).take([asked(x)]);
  first.drop();
  const second = HeldData.of(engine).take([asked(x), asked(other)]);
  expect(second.held[0]).toBe(first.held[0]);
  expect(alive.size).toBe(2);
  second.drop();
  HeldData.of(engine).take([asked(other)]);
  expect(alive.size).toBe(1);
  tf.dispose([x, other]);
});

it("frees nothing that another training still uses", () => {
  const { engine, alive } = counting();
  const [x, other] = [tf.ones([4, 2]), tf.zeros([4, 2])];
  const running = HeldData.of(engine).take([asked(x)]);
  HeldData.of(engine)
    .take([asked(x), asked(other)])
    .drop();
  HeldData.of(engine)
    .take([asked(other)])
    .drop();
  expect(alive.size).toBe(2);
  running.drop();
  tf.dispose([x, other]);
});

it("holds one tensor in two shapes as two, and tensors with the same data as one", () => {
  const { engine, alive } = counting();
  const x = tf.ones([4]);
  const same = tf.reshape(x, [4, 1]);
  HeldData.of(engine).take([asked(x), asked(x, [4, 1]), asked(same)]);
  expect(alive.size).toBe(2);
  const { held, drop } = HeldData.of(engine).take([asked(x), asked(same)]);
  expect(held.map((each) => (each as KeptTensor & { value: HostTensor }).value.shape)).toEqual([[4], [4, 1]]);
  drop();
  tf.dispose([x, same]);
});

it("gives the memory back when nobody wants the rows for a while", () => {
  vi.useFakeTimers();
  const { engine, alive } = counting();
  const x = tf.ones([4, 2]);
  HeldData.of(engine)
    .take([asked(x)])
    .drop();
  vi.advanceTimersByTime(9_000);
  expect(alive.size).toBe(1);
  vi.advanceTimersByTime(2_000);
  expect(alive.size).toBe(0);
  x.dispose();
});

it("fit, fit again and predict on the same tensor send it once; a new tensor is trained on, not the old one", async () => {
  const engine = await loadEngine("onnxruntime-node");
  const hold = vi.spyOn(engine, "hold");
  const sizes = () => hold.mock.calls.map(([{ shape }]) => String(shape)).filter((shape) => shape === "64,3");
  const model = layers.sequential({ layers: [layers.layers.dense({ units: 3, inputShape: [3] })] });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const x = tf.randomUniform([64, 3], 0, 1, "float32", 1);
  const options = { epochs: 1, quiet: true, engine: "onnxruntime-node", shuffle: false } as const;
  await train(model, x, x, options);
  await train(model, x, x, options);
  tf.dispose(await predict(model, x, { engine: "onnxruntime-node" }));
  expect(sizes()).toHaveLength(1);
  const far = tf.add(x, 100);
  const { history } = await train(model, far, far, options);
  expect(sizes()).toHaveLength(2);
  expect(history.loss?.[0]).toBeGreaterThan(100);
  tf.dispose([x, far]);
  model.dispose();
});
