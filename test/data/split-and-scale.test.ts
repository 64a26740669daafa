// Splits, scalers, batches and noise; above all, that test rows do not leak into what is learned.
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError, UsageError } from "../../src/core/errors.js";
import {
  batches,
  gaussianNoise,
  load,
  MinMaxScaler,
  maskingNoise,
  minMaxScale,
  SimpleImputer,
  StandardScaler,
  saltAndPepper,
  standardize,
  trainTestSplit,
} from "../../src/data/index.js";

const column = (values: readonly number[]) => tf.tensor2d(values.map((value) => [value]));

describe("trainTestSplit", () => {
  it("puts each row in exactly one part, features with their labels, whatever the size and seed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 60 }),
        fc.integer({ min: 0, max: 99 }),
        fc.boolean(),
        (rows, seed, stratify) => {
          const labels = tf.tensor1d(
            Array.from({ length: rows }, (_, at) => at % 2),
            "int32",
          );
          const features = column(Array.from({ length: rows }, (_, at) => at));
          const data = { features, labels };
          const { train, test, dispose } = trainTestSplit(data, { testSize: 0.5, seed, stratify });
          const seen = [train, test].flatMap((part) => {
            const values = Array.from(part.features.dataSync());
            expect(values.map((value) => value % 2)).toEqual(Array.from(part.labels.dataSync()));
            return values;
          });
          expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, at) => at));
          expect(test.labels.shape[0]).toBe(Math.ceil(rows / 2));
          dispose();
          tf.dispose([features, labels]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("keeps each class's share when stratified, to the nearest row", async () => {
    const wine = await load("wine"); // 59, 71, 48
    const { test, dispose } = trainTestSplit(wine, { testSize: 0.25, stratify: true, seed: 7 });
    const labels = test.labels.dataSync();
    const counts = [0, 1, 2].map((label) => labels.filter((each) => each === label).length);
    for (const [at, exact] of [59, 71, 48].map((size) => (size * 45) / 178).entries())
      expect(Math.abs((counts[at] as number) - exact)).toBeLessThan(1);
    dispose();
    wine.dispose();
  });

  it("repeats for a seed and differs for another; without shuffle the last rows are for testing", () => {
    const features = column(Array.from({ length: 30 }, (_, at) => at));
    const tests = [{ seed: 1 }, { seed: 1 }, { seed: 2 }, { shuffle: false }].map((options) => {
      const split = trainTestSplit({ features }, { testSize: 3, ...options });
      const values = Array.from(split.test.features.dataSync());
      split.dispose();
      return values;
    });
    expect(tests[1]).toEqual(tests[0]);
    expect(tests[2]).not.toEqual(tests[0]);
    expect(tests[3]).toEqual([27, 28, 29]);
    features.dispose();
  });

  it.each([
    ["no test rows", { testSize: 0 }, /testSize/],
    ["no training rows", { testSize: 4 }, /from 1 to 3/],
    ["strata without labels", { stratify: true }, /expected labels to stratify by/],
    ["strata of another length", { stratify: [1, 2] }, /expected 4 classes/],
    ["an option that there is not", { test_size: 0.5 } as never, /got test_size/],
    ["a class of one row", { stratify: [0, 0, 0, 1] }, /got 1 of class 1/],
  ])("refuses %s", (_, options, message) => {
    const features = column([1, 2, 3, 4]);
    expect(() => trainTestSplit({ features }, options)).toThrow(message);
    expect(() => trainTestSplit({ features, labels: tf.tensor1d([1]) })).toThrow(ShapeError);
    features.dispose();
  });
});

describe("scalers", () => {
  it("standardize to mean 0 and deviation 1 on the training part, and use its numbers for the test part", () => {
    const [train, test] = [column([1, 2, 3, 6]), column([3, 10])];
    const scaler = new StandardScaler().fit(train);
    const deviation = Math.sqrt(14 / 4);
    expect(scaler.mean).toEqual([3]);
    expect(scaler.scale[0]).toBeCloseTo(deviation, 12);
    const scaled = scaler.transform(test);
    expect(scaled.dataSync()[1]).toBeCloseTo(7 / deviation, 6);
    const back = scaler.inverseTransform(scaled);
    expect(Array.from(back.dataSync())).toEqual([3, 10]);
    tf.dispose([train, test, scaled, back]);
  });

  it("leave constant columns at one value, back and forth", () => {
    const x = tf.tensor2d([
      [0.1, 5],
      [0.1, 6],
      [0.1, 7],
    ]);
    for (const scaler of [new StandardScaler(), new MinMaxScaler({ range: [-1, 1] })]) {
      const scaled = scaler.fitTransform(x);
      const values = scaled.arraySync().map(([first]) => first);
      expect(values).toEqual(scaler instanceof StandardScaler ? [0, 0, 0] : [-1, -1, -1]);
      const back = scaler.inverseTransform(scaled);
      for (const [at, value] of back.dataSync().entries())
        expect(value).toBeCloseTo(x.dataSync()[at] as number, 6);
      tf.dispose([scaled, back]);
    }
    x.dispose();
  });

  it("keep digits where a column's mean is a thousand million times its deviation's unit", () => {
    const x = tf.tensor2d([[16777200], [16777202], [16777204]]);
    const scaled = new StandardScaler().fitTransform(x);
    expect(scaled.dataSync()[0]).toBeCloseTo(-Math.sqrt(1.5), 5);
    tf.dispose([x, scaled]);
  });

  it("map to a range, with test values outside of it", () => {
    const [train, test] = [column([0, 5, 10]), column([20])];
    const scaler = new MinMaxScaler({ range: [-1, 1] }).fit(train);
    expect([scaler.min, scaler.max]).toEqual([[0], [10]]);
    const [a, b] = [scaler.transform(train), scaler.transform(test)];
    expect([...a.dataSync(), ...b.dataSync()]).toEqual([-1, 0, 1, 3]);
    tf.dispose([train, test, a, b]);
  });

  it("refuse test rows and whole sets, also reshaped or scaled ones, in each class", async () => {
    const wine = await load("wine");
    const { train, test, dispose } = wine.split();
    const clone = tf.reshape(test.features, test.features.shape) as tf.Tensor2D;
    for (const make of [() => new StandardScaler(), () => new MinMaxScaler(), () => new SimpleImputer()]) {
      expect(() => make().fit(test.features)).toThrow(/got the test rows of wine/);
      expect(() => make().fit(clone)).toThrow(UsageError);
      expect(() => make().fit(wine.features)).toThrow(/got all rows of wine/);
      expect(() => make().fit(test.features, { whole: true })).toThrow(UsageError);
      const whole = make().fit(wine.features, { whole: true }).transform(wine.features);
      expect(() => new StandardScaler().fit(whole)).toThrow(UsageError);
      whole.dispose();
      make().fit(train.features);
    }
    clone.dispose();
    dispose();
    wine.dispose();
  });

  it("scale a split in one call, its labels kept, and free what they made", async () => {
    const wine = await load("wine");
    const split = wine.split();
    const before = tf.memory().numTensors;
    const scaled = standardize(split);
    const { mean, variance } = tf.moments(scaled.train.features, 0);
    for (const value of mean.dataSync()) expect(value).toBeCloseTo(0, 4);
    for (const value of variance.dataSync()) expect(value).toBeCloseTo(1, 4);
    tf.dispose([mean, variance]);
    expect(scaled.train.labels).toBe(split.train.labels);
    expect(() => new MinMaxScaler().fit(scaled.test.features)).toThrow(UsageError);
    scaled.dispose();
    const ranged = minMaxScale(split);
    expect(tf.tidy(() => tf.max(ranged.train.features).dataSync()[0])).toBe(1);
    ranged.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() => standardize(wine as never)).toThrow(/expected a split/);
    split.dispose();
    wine.dispose();
  });

  it("name the cell that has no number, and the method that comes too early", () => {
    const x = tf.tensor2d([
      [1, 2],
      [3, Number.NaN],
    ]);
    expect(() => new StandardScaler().fit(x)).toThrow(/got NaN in row 1, column 1.*SimpleImputer/);
    expect(() => new MinMaxScaler().transform(x)).toThrow(/Call fit\(train\.features\) first/);
    expect(() => new MinMaxScaler({ range: [1, 0] })).toThrow(UsageError);
    const scaler = new StandardScaler().fit(tf.tensor2d([[1], [2]]));
    expect(() => scaler.transform(x)).toThrow(ShapeError);
    x.dispose();
  });

  it("refuse what is no tensor, and options that there are not", () => {
    expect(() => new StandardScaler().fit([[1], [2]] as never)).toThrow(/expected a tensor.*tf\.tensor2d/);
    expect(() => new MinMaxScaler({ min: 0 } as never)).toThrow(/got min/);
    expect(() => new SimpleImputer({ strategy: "mode" as never })).toThrow(/among mean, median; got mode/);
  });

  it("fill gaps with the training rows' mean or median", () => {
    const train = column([1, 2, Number.NaN, 9]);
    const imputer = new SimpleImputer({ strategy: "median" }).fit(train);
    expect([imputer.statistics, new SimpleImputer().fit(train).statistics]).toEqual([[2], [4]]);
    const filled = imputer.transform(column([Number.NaN]));
    expect(filled.dataSync()[0]).toBe(2);
    tf.dispose([train, filled]);
  });
});

describe("batches", () => {
  it("go through each row once, shuffled by seed, the last batch short, and free themselves", () => {
    const x = column(Array.from({ length: 10 }, (_, at) => at));
    const before = tf.memory().numTensors;
    const seen: number[][] = [];
    for (const batch of batches(x, { batchSize: 4, seed: 1 })) {
      seen.push(Array.from(batch.dataSync()));
      expect(tf.memory().numTensors).toBe(before + 1);
    }
    expect(seen.map((values) => values.length)).toEqual([4, 4, 2]);
    expect(seen.flat()).not.toEqual(Array.from(x.dataSync()));
    expect(seen.flat().sort()).toEqual(Array.from(x.dataSync()));
    for (const _ of batches({ x, y: x })) break;
    expect([...batches(x, { batchSize: 4, dropRemainder: true })]).toHaveLength(2);
    expect(tf.memory().numTensors).toBe(before);
    expect(() => [...batches(x, { batchSize: 0 })]).toThrow(UsageError);
    x.dispose();
  });
});

describe("corruption", () => {
  const x = tf.fill([100, 100], 0.5);

  it("adds Gaussian noise of the deviation asked for, repeatably, within bounds", () => {
    const [a, b, c] = [{}, {}, { clip: [0.4, 0.6] as const }].map((more) => {
      const noisy = gaussianNoise(x, { stddev: 0.2, seed: 1, ...more });
      const values = Array.from(noisy.dataSync());
      noisy.dispose();
      return values;
    }) as [number[], number[], number[]];
    expect(b).toEqual(a);
    const variance = a.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / a.length;
    expect(Math.sqrt(variance) / 0.2).toBeCloseTo(1, 1);
    expect([Math.min(...c), Math.max(...c)].map((value) => value.toFixed(3))).toEqual(["0.400", "0.600"]);
  });

  it("masks and salts the share asked for", () => {
    const masked = maskingNoise(x, { rate: 0.25, seed: 2 });
    const share = masked.dataSync().filter((value) => value === 0).length / 10_000;
    expect(share).toBeCloseTo(0.25, 1);
    const salted = saltAndPepper(x, { rate: 0.4, seed: 2 }).dataSync();
    for (const value of [0, 1])
      expect(salted.filter((each) => each === value).length / 10_000).toBeCloseTo(0.2, 1);
    expect(() => maskingNoise(x, { rate: 2 })).toThrow(UsageError);
    masked.dispose();
  });
});
