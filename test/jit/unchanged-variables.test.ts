// Large variables that stay with the engine between calls: each call still computes with what they hold then.
import * as tf from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { jit } from "../../src/jit/index.js";
import { loadEngine } from "../../src/jit/session/engine.js";
import { predict, fit as train } from "../../src/train/index.js";
import { enginesHere } from "./engines-here.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const sum = async (tensor: tf.Tensor): Promise<number> => {
  const [value] = await tensor.sum().data();
  tensor.dispose();
  return value as number;
};

describe.each(enginesHere)("%s", (engine) => {
  /** How many tensors of the size of what is tested here the engine is given to keep. */
  async function held(work: () => Promise<void>): Promise<number> {
    const spy = vi.spyOn(await loadEngine(engine), "hold");
    await work();
    const { length } = spy.mock.calls.filter(([{ data }]) => data.length === 20_000);
    spy.mockRestore();
    return length;
  }

  it("a table is given to the engine once, and anew when it has changed", async () => {
    const table = tf.variable(tf.ones([1000, 20]));
    const rows = jit((at: tf.Tensor) => tf.gather(table, at), { engine });
    const at = tf.tensor1d([1, 5], "int32");
    const calls = async (): Promise<number[]> => {
      const sums: number[] = [];
      for (let call = 0; call < 4; call++) sums.push(await sum(await rows(at)));
      return sums;
    };
    expect(await held(async () => expect(await calls()).toEqual([40, 40, 40, 40]))).toBe(1);
    table.assign(tf.fill([1000, 20], 2));
    expect(await held(async () => expect(await calls()).toEqual([80, 80, 80, 80]))).toBe(1);
    table.dispose();
    await expect(rows(at)).rejects.toThrow(/a variable \[1000,20\] was disposed of\. Make it again/);
    await rows.dispose();
  });

  it("a table that each call changes goes along, and is right", async () => {
    const table = tf.variable(tf.ones([1000, 20]));
    const double = jit(() => table.assign(tf.mul(table, 2)), { engine });
    const total = jit(() => tf.sum(table), { engine });
    const twice = async (): Promise<number[]> => [await sum(await total()), await sum(await total())];
    expect(await twice()).toEqual([20_000, 20_000]);
    await double();
    await double();
    expect(await twice()).toEqual([80_000, 80_000]);
    expect(await twice()).toEqual([80_000, 80_000]);
    await double();
    expect(await twice()).toEqual([160_000, 160_000]);
    table.dispose();
    await Promise.all([double, total].map((each) => each.dispose()));
  });

  it("a model's weights stay between predictions, and training and assignments count", async () => {
    const model = sequential({
      layers: [layers.dense({ units: 200, inputShape: [100], kernelInitializer: "ones" })],
    });
    model.compile({ loss: "meanSquaredError", optimizer: "sgd" });
    const [x, y] = [tf.ones([4, 100]), tf.zeros([4, 200])];
    const expectRight = async (): Promise<void> => {
      const [ours, plain] = [await predict(model, x, { engine }), model.predict(x) as tf.Tensor];
      const difference = await sum(tf.abs(tf.sub(ours as tf.Tensor, plain)));
      expect(difference).toBeLessThan(0.5); // of 800 numbers of about 100
    };
    const predictions = await held(async () => {
      for (let call = 0; call < 5; call++) await expectRight();
    });
    expect(predictions).toBe(2); // for the first one, and then for all others
    const options = { engine, epochs: 1, quiet: true };
    await train(model, x, y, options);
    for (let call = 0; call < 3; call++) await expectRight();
    const set = tf.fill([100, 200], 3);
    const callbacks = { onBatchBegin: async () => void model.layers[0]?.weights[0]?.write(set) };
    await train(model, x, y, { ...options, callbacks });
    for (let call = 0; call < 3; call++) await expectRight();
    tf.dispose([x, y, set]);
  });
});
