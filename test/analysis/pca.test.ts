import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pca } from "../../src/analysis/index.js";
import { ShapeError, UsageError } from "../../src/core/errors.js";
import { type ImageRows, type LabelledImages, load } from "../../src/data/index.js";
import { reconstructionError } from "../../src/train/index.js";
import golden from "../golden/digits.json" with { type: "json" };
import { numbers } from "./sets.js";

let digits: LabelledImages;
let train: ImageRows;
let test: ImageRows;
beforeAll(async () => {
  digits = await load("digits");
  ({ train, test } = digits.split());
});
afterAll(() => {
  for (const part of [digits, train, test]) part.dispose();
});

/** A table of seeded numbers. */
const table = (seed: number, rows: number, columns: number): tf.Tensor2D =>
  tf.tensor2d(numbers(seed, rows, columns));

describe("pca on digits", () => {
  it.each([1, 2, 3, 8, 16, 32] as const)(
    "has the reference's held-out and training error at k = %i",
    async (k) => {
      const fitted = pca(train.features, { components: k });
      const held = await reconstructionError(fitted, test.features);
      expect(Math.abs(held - golden.pca.testMse[k])).toBeLessThan(1e-6);
      const own = await reconstructionError(fitted, train.features);
      expect(Math.abs(own - golden.pca.trainMse[k])).toBeLessThan(1e-6);
    },
  );

  it("explains the reference's share of the variance", () => {
    const { explainedVarianceRatio } = pca(train.features, { components: 10 });
    for (const [at, expected] of golden.pca.explainedVarianceRatioTrain.entries())
      expect(Math.abs((explainedVarianceRatio[at] ?? 0) - expected)).toBeLessThan(1e-4);
  });

  it("creates no tensor in fitting, and one in each map", () => {
    const before = tf.memory().numTensors;
    const fitted = pca(train.features, { components: 3 });
    expect(tf.memory().numTensors).toBe(before);
    const codes = fitted.transform(test.features);
    const back = fitted.inverseTransform(codes);
    const direct = fitted.reconstruct(test.features);
    expect(tf.memory().numTensors).toBe(before + 3);
    expect([codes.shape, back.shape]).toEqual([
      [360, 3],
      [360, 64],
    ]);
    const difference = tf.tidy(() => tf.max(tf.abs(tf.sub(back, direct))).dataSync()[0] as number);
    expect(difference).toBeLessThan(1e-6);
    tf.dispose([codes, back, direct]);
  });
});

const anyTable = fc.record({
  seed: fc.nat(),
  rows: fc.integer({ min: 2, max: 20 }),
  columns: fc.integer({ min: 1, max: 8 }),
});

describe("pca on any table", () => {
  it("has orthonormal components, with its largest entry positive", () => {
    fc.assert(
      fc.property(anyTable, ({ seed, rows, columns }) => {
        const x = table(seed, rows, columns);
        const { components } = pca(x, { components: Math.min(rows - 1, columns) });
        x.dispose();
        for (const [i, a] of components.entries()) {
          const largest = a.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
          expect(largest).toBeGreaterThan(0);
          for (const [j, b] of components.entries()) {
            const product = a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
            expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-9);
          }
        }
      }),
    );
  });

  it("has an error on its own rows that never rises with k, and none with all of them", async () => {
    await fc.assert(
      fc.asyncProperty(anyTable, async ({ seed, rows, columns }) => {
        const x = table(seed, rows, columns);
        const most = Math.min(rows, columns);
        let last = Number.POSITIVE_INFINITY;
        for (let components = 1; components <= most; components++) {
          const error = await reconstructionError(pca(x, { components }), x);
          expect(error).toBeLessThanOrEqual(last + 1e-9);
          last = error;
        }
        expect(last).toBeLessThan(1e-9);
        x.dispose();
      }),
      { numRuns: 30 },
    );
  });

  it("lists variances from the largest on, whose shares sum to 1 over all of them", () => {
    const x = table(1, 30, 5);
    const { explainedVariance, explainedVarianceRatio } = pca(x, { components: 5 });
    expect([...explainedVariance].sort((a, b) => b - a)).toEqual(explainedVariance);
    expect(explainedVarianceRatio.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    // The variances' sum is that of the columns, whatever the directions.
    const total = tf.tidy(() => tf.sum(tf.moments(x, 0).variance).dataSync()[0] as number) * (30 / 29);
    expect(explainedVariance.reduce((sum, value) => sum + value, 0)).toBeCloseTo(total, 4);
    x.dispose();
  });

  it("maps a table of equal rows to itself", async () => {
    const x = tf.ones([4, 3]) as tf.Tensor2D;
    const fitted = pca(x, { components: 1 });
    expect(await reconstructionError(fitted, x)).toBe(0);
    expect(fitted.explainedVarianceRatio).toEqual([0]);
    x.dispose();
  });
});

describe("pca refuses", () => {
  it.each([0, 1.5, 65])("%s components of 64 columns", (components) => {
    expect(() => pca(train.features, { components })).toThrow(UsageError);
    expect(() => pca(train.features, { components })).toThrow(
      /expected components to be an integer from 1 to 64/,
    );
  });

  it("one row, and columns that it was not fitted on", () => {
    const [one, narrow] = [tf.zeros([1, 4]) as tf.Tensor2D, tf.zeros([5, 4]) as tf.Tensor2D];
    expect(() => pca(one)).toThrow(ShapeError);
    const fitted = pca(train.features);
    expect(() => fitted.transform(narrow)).toThrow(/transform: expected \[rows, 64\]; got \[5,4\]/);
    expect(() => fitted.inverseTransform(narrow)).toThrow(
      /inverseTransform: expected \[rows, 2\]; got \[5,4\]/,
    );
    tf.dispose([one, narrow]);
  });
});
