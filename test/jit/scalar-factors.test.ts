// Which quotients under a root may be taken apart: √(v / u) is √v / √u for a positive u, as Adam's 1 − βᵗ is, and has
// numbers where both are negative.
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import "../../src/core/tensorflow.js";
import { jit } from "../../src/jit/index.js";
import { trace } from "../../src/jit/trace/trace.js";
import { enginesHere } from "./engines-here.js";
import { difference } from "./op-inputs.js";

/** Adam's update with any numbers in it. */
const update = (x: tf.Tensor, t: tf.Tensor, v: tf.Tensor, c: tf.Tensor): tf.Tensor =>
  tf.mul(0.1, tf.div(tf.div(x, t), tf.add(tf.sqrt(tf.div(v, tf.sub(1, c))), 1e-7)));

describe.each(enginesHere)("√(v / (1 − c)) of negative numbers, %s", (engine) => {
  const given = () => [tf.tensor1d([1, 2]), tf.scalar(0.5), tf.tensor1d([-1, -4])] as const;

  it("is TensorFlow.js's where c is an argument", async () => {
    const [x, t, v] = given();
    const c = tf.scalar(2);
    const compiled = jit(update, { engine });
    const [actual, expected] = [await compiled(x, t, v, c), update(x, t, v, c)];
    expect(difference(actual, expected)).toBeLessThan(1e-6);
    tf.dispose([x, t, v, c, actual, expected]);
    await compiled.dispose();
  });

  it.each<[string, (c: tf.Variable) => void]>([
    ["that is only read", () => undefined],
    ["that grows", (c) => c.assign(tf.mul(c, 1.5))],
    ["that is assigned something else", (c) => c.assign(tf.add(c, 1))],
  ])("and where c is a variable %s", async (_, assign) => {
    const [x, t, v] = given();
    const c = tf.variable(tf.scalar(2));
    const step = (...[a, b, d]: tf.Tensor[]): tf.Tensor => {
      const result = update(a as tf.Tensor, b as tf.Tensor, d as tf.Tensor, c);
      assign(c);
      return result;
    };
    const expected = update(x, t, v, c);
    const compiled = jit(step, { engine });
    const actual = await compiled(x, t, v);
    expect(difference(actual, expected)).toBeLessThan(1e-6);
    tf.dispose([x, t, v, c, actual, expected]);
    await compiled.dispose();
  });
});

it("Adam's own is taken apart: a division less for each weight", () => {
  const weight = tf.variable(tf.ones([3, 2]));
  const adam = tf.train.adam(0.1);
  const step = () => [adam.minimize(() => tf.sum(tf.square(weight)), true) as tf.Tensor];
  const { nodes } = trace(step, []).program;
  const divisions = nodes.filter(({ op, output }) => op === "Div" && output.shape.length > 0);
  expect(divisions.length).toBe(1);
  weight.dispose();
  adam.dispose();
});
