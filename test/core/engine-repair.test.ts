import { runInThisContext } from "node:vm";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { repairEngine } from "../../src/core/engine-repair.js";
import "../../src/core/tensorflow.js";

const holder = globalThis as { cutShort?: () => void };

describe("repairEngine", () => {
  it("does nothing to an engine in order", () => {
    expect(repairEngine()).toBe(false);
  });

  // V8 ends a script that runs out of time as it ends an interrupted cell: no `catch`, no `finally` runs.
  it("makes gradients work again after code that was cut short in the middle of one", () => {
    const x = tf.variable(tf.tensor1d([1, 2, 3]));
    const before = tf.memory().numTensors;
    holder.cutShort = () => {
      tf.variableGrads(() => {
        tf.sum(tf.square(x)); // recorded on the tape
        for (;;);
      });
    };
    expect(() => runInThisContext("cutShort()", { timeout: 50 })).toThrow(/timed out/);
    expect(repairEngine()).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
    const gradient = tf.tidy(() =>
      tf
        .grad((v) => tf.sum(tf.square(v)))(tf.tensor1d([1, 2, 3]))
        .dataSync(),
    );
    expect(Array.from(gradient)).toEqual([2, 4, 6]);
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});
