// Every kernel compiled against TensorFlow.js's CPU backend, forward and gradient, on random shapes, on both engines.
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import "../../src/core/tensorflow.js";
import { type EngineName, jit } from "../../src/jit/index.js";
import { allKernels } from "../../src/jit/trace/ops/index.js";
import type { OpCase } from "./cases/op-case.js";
import { enginesHere, onCpu } from "./engines-here.js";
import { opCases, randomKernels } from "./op-cases.js";
import { argumentsOf, difference } from "./op-inputs.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const runs: Readonly<Record<EngineName, number>> = {
  ...{ "onnxruntime-node": onCpu ? 4 : 1, "onnxruntime-web": 2 },
};
const anySize = fc.integer({ min: 1, max: 4 });

/** Compiles a function and compares it with itself, on random arguments. */
async function agrees(fn: OpCase["fn"], each: OpCase, engine: EngineName): Promise<void> {
  const { tolerance = rough.has(each.kernel) ? 2e-4 : 1e-5 } = each;
  await fc.assert(
    fc.asyncProperty(fc.tuple(anySize, anySize, anySize), fc.nat(1e6), async (sizes, seed) => {
      const x = argumentsOf(each, sizes, seed);
      const expected = tf.tidy(() => fn(...x));
      const compiled = jit(fn, { engine });
      const actual = await compiled(...x);
      expect(difference(actual, expected)).toBeLessThanOrEqual(tolerance);
      await compiled.dispose();
      tf.dispose([...x, expected, actual]);
    }),
    { numRuns: runs[engine] },
  );
}

/** All gradients as one list, so that one number compares them. */
function gradients(fn: OpCase["fn"]): OpCase["fn"] {
  const weighted = (...x: tf.Tensor[]): tf.Tensor => {
    const y = fn(...x);
    const weights = Array.from({ length: y.size }, (_, at) => Math.cos(at));
    return tf.sum(tf.mul(y, tf.tensor(weights, y.shape)));
  };
  return (...x) =>
    tf.concat(
      tf
        .grads(weighted)(x)
        .map((dx) => tf.reshape(dx, [-1])),
    );
}

/** GPUs compute these with fewer digits, and their shaders need not know NaN and infinity. */
const rough = new Set(onCpu ? [] : ["Sin", "Cos", "Tan", "Acos"]);
const unknown = new Set(onCpu ? [] : ["IsNan", "IsInf", "IsFinite"]);

const cases = opCases.filter(({ kernel }) => !unknown.has(kernel));

describe.each(enginesHere)("%s", (engine) => {
  it.each(cases)("$kernel equals the CPU backend", (each) => agrees(each.fn, each, engine));
  it.each(cases.filter(({ gradient }) => gradient))(
    "the gradient of $kernel equals the CPU backend",
    (each) => agrees(gradients(each.fn), each, engine),
  );
});

it("each kernel has a case, and each case runs its kernel", () => {
  const cases = new Set([...opCases.map(({ kernel }) => kernel), ...randomKernels]);
  const own = Object.keys(allKernels).filter((kernel) => !cases.has(kernel));
  expect(own).toEqual([]);
  expect(opCases.map(({ kernel }) => kernel).filter((kernel) => !(kernel in allKernels))).toEqual([]);
});
