// Behaviours of latent-lab/analysis that no reference number shows.
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as analysis from "../../src/analysis/index.js";
import { ShapeError, UsageError } from "../../src/core/errors.js";
import { readyBackend } from "../../src/core/tensorflow.js";
import { numbers } from "./sets.js";

const { kMeans, pca, principalAngles, rocCurve, silhouette } = analysis;
const anySet = fc.record({
  seed: fc.nat(),
  rows: fc.integer({ min: 3, max: 60 }),
  columns: fc.integer({ min: 1, max: 5 }),
});

describe("kMeans", () => {
  it("never raises the inertia from step to step, and ends in centres that are means", async () => {
    await fc.assert(
      fc.asyncProperty(
        anySet,
        fc.constantFrom("random" as const, "k-means++" as const),
        async (spec, initialization) => {
          const x = numbers(spec.seed, spec.rows, spec.columns);
          const fitted = await kMeans(x, { clusters: 3, restarts: 1, trace: true, initialization });
          for (const [at, { inertia }] of fitted.steps.entries())
            if (at > 0) expect(inertia).toBeLessThanOrEqual((fitted.steps[at - 1]?.inertia as number) + 1e-9);
          expect(fitted.inertia).toBeCloseTo(analysis.inertia(x, fitted.labels), 9);
          expect(fitted.steps).toHaveLength(fitted.iterations + 1);
          expect(Array.from(fitted.predict(x))).toEqual(Array.from(fitted.labels));
          expect(new Set(fitted.labels).size).toBe(3);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is repeated by its seed", async () => {
    const x = numbers(1, 50, 3);
    const [a, b] = [await kMeans(x, { clusters: 4, seed: 7 }), await kMeans(x, { clusters: 4, seed: 7 })];
    expect(a.centers).toEqual(b.centers);
    expect(a.inertias).toEqual(b.inertias);
  });

  it("fills an empty cluster with the row farthest from its centre", async () => {
    const x = [[0], [1], [2], [10]];
    const fitted = await kMeans(x, { clusters: 3, initialization: [[1], [1.1], [500]] });
    expect([...new Set(fitted.labels)].sort()).toEqual([0, 1, 2]);
    expect(fitted.centers.flat().every(Number.isFinite)).toBe(true);
  });

  it("clusters equal rows into as many clusters as asked, without an error", async () => {
    const { inertia, centers } = await kMeans(
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      { clusters: 2 },
    );
    expect([inertia, centers.length]).toEqual([0, 2]);
  });

  it("gives by compiled distances what exact ones give, and leaves no tensor", async () => {
    await readyBackend();
    const x = tf.tensor2d(numbers(3, 20_000, 200));
    const before = tf.memory().numTensors;
    const options = { clusters: 8, restarts: 1, maxIterations: 3 };
    const large = await kMeans(x, options);
    expect(tf.memory().numTensors).toBe(before);
    const small = await kMeans(x, { ...options, initialization: large.centers, maxIterations: 0 });
    expect(Math.abs(small.inertia / large.inertia - 1)).toBeLessThan(1e-9);
    x.dispose();
  });

  it.each([
    [{ clusters: 0 }, /expected clusters to be an integer from 1 to 2; got 0/],
    [{ clusters: 3 }, /from 1 to 2; got 3/],
    [{ clusters: 1, restarts: 0 }, /restarts/],
  ])("refuses %j", async (options, message) => {
    await expect(kMeans([[1], [2]], options)).rejects.toThrow(message);
  });

  it("names the row and column of a value that is missing", async () => {
    await expect(
      kMeans([
        [1, 2],
        [3, Number.NaN],
      ]),
    ).rejects.toThrow(/got NaN in row 1, column 1/);
    await expect(kMeans([[1, 2], [3]])).rejects.toThrow(ShapeError);
  });
});

describe("pca by each solver", () => {
  it("finds the same directions", () => {
    const x = tf.tensor2d(numbers(5, 300, 12).map((row) => row.map((value, at) => value / (at + 1))));
    const full = pca(x, { components: 3, solver: "full" });
    for (const solver of ["covariance", "randomized"] as const) {
      const other = pca(x, { components: 3, solver });
      expect(Math.max(...principalAngles(full.components, other.components))).toBeLessThan(0.01);
      for (const [at, value] of full.explainedVarianceRatio.entries())
        expect(other.explainedVarianceRatio[at]).toBeCloseTo(value, 6);
    }
    x.dispose();
  });

  it.each(["full", "covariance", "randomized"] as const)(
    "reconstructs wide and rank-deficient rows exactly by %s",
    (solver) => {
      const base = numbers(2, 2, 40);
      const rows = numbers(3, 9, 2).map(([a = 0, b = 0]) =>
        (base[0] as number[]).map((value, at) => a * value + b * (base[1]?.[at] as number)),
      );
      const x = tf.tensor2d(rows); // [9, 40], of rank 2
      const fitted = pca(x, { components: 2, solver });
      const back = fitted.reconstruct(x);
      expect(analysis.reconstructionErrors(x, back).mean).toBeLessThan(1e-10);
      tf.dispose([x, back]);
    },
  );

  it("keeps orthonormal components where more are asked for than there are dimensions", () => {
    const x = tf.tensor2d(numbers(4, 8, 1).map(([a = 0]) => [a, 2 * a, 0, 0, a]));
    for (const solver of ["full", "covariance", "randomized"] as const) {
      const { components } = pca(x, { components: 4, solver });
      expect(components).toHaveLength(4);
      for (const [i, a] of components.entries())
        for (const [j, b] of components.entries())
          expect(a.reduce((sum, value, at) => sum + value * (b[at] as number), 0)).toBeCloseTo(
            i === j ? 1 : 0,
            5,
          );
    }
    x.dispose();
  });

  it("whitens to variance 1 and back", () => {
    const x = tf.tensor2d(numbers(6, 200, 4));
    const fitted = pca(x, { components: 4, whiten: true });
    const codes = fitted.transform(x);
    const variance = tf.moments(codes, 0).variance.dataSync();
    for (const value of variance) expect(value * (200 / 199)).toBeCloseTo(1, 4);
    expect(analysis.reconstructionErrors(x, fitted.inverseTransform(codes)).mean).toBeLessThan(1e-10);
    tf.dispose([x, codes]);
  });
});

describe("metrics", () => {
  it("do not depend on the clusters' names", () => {
    const [y, c] = [
      [0, 0, 1, 1, 2, 2],
      [0, 0, 1, 2, 2, 2],
    ];
    const renamed = c.map((label) => [5, 3, 9][label] as number);
    expect(analysis.adjustedRandIndex(y, renamed)).toBe(analysis.adjustedRandIndex(y, c));
    expect(analysis.normalizedMutualInformation(y, renamed)).toBe(analysis.normalizedMutualInformation(y, c));
    expect(analysis.adjustedRandIndex(y, [2, 2, 0, 0, 1, 1])).toBe(1);
    expect(analysis.adjustedRandIndex(y, c)).toBeCloseTo(0.4444444, 6); // scikit-learn 1.2.1
    expect(analysis.normalizedMutualInformation(y, [1, 1, 1, 1, 1, 1])).toBe(0);
  });

  it("silhouette knows two far pairs, and refuses one cluster", () => {
    expect(silhouette([[0], [0.1], [9], [9.1]], [0, 0, 1, 1])).toBeGreaterThan(0.98);
    expect(analysis.silhouetteSamples([[0], [1], [5]], [0, 0, 1])[2]).toBe(0);
    expect(() => silhouette([[0], [1]], [0, 0])).toThrow(UsageError);
  });

  it("matchLabels renames clusters to the classes they agree with", () => {
    expect(Array.from(analysis.matchLabels([0, 0, 1, 1, 2], [2, 2, 0, 0, 1]))).toEqual([0, 0, 1, 1, 2]);
    expect(analysis.confusionMatrix([0, 1, 1], [0, 0, 1])).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(analysis.accuracy([0, 1, 1], [0, 0, 1])).toBeCloseTo(2 / 3);
  });

  it("the ROC's area is the chance that a positive scores higher, ties half", () => {
    const { auc, falsePositiveRate, truePositiveRate } = rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);
    expect(auc).toBe(0.75); // scikit-learn's own example
    expect([falsePositiveRate.at(-1), truePositiveRate.at(-1)]).toEqual([1, 1]);
    expect(rocCurve([0, 1, 1], [5, 5, 5]).auc).toBe(0.5);
    expect(() => rocCurve([1, 1], [0, 1])).toThrow(UsageError);
  });
});

describe("principalAngles", () => {
  it("are 0 for one space in two bases, 90 for orthogonal ones, exact for small angles", () => {
    expect(
      Math.max(
        ...principalAngles(
          [
            [1, 0, 0],
            [0, 1, 0],
          ],
          [
            [1, 1, 0],
            [1, -1, 0],
          ],
        ),
      ),
    ).toBeLessThan(1e-6);
    expect(principalAngles([[1, 0, 0]], [[0, 0, 2]])).toEqual([90]);
    const tiny = 1e-9;
    expect(principalAngles([[1, 0]], [[Math.cos(tiny), Math.sin(tiny)]])[0]).toBeCloseTo(
      (tiny * 180) / Math.PI,
      15,
    );
    expect(
      principalAngles(
        [
          [1, 0, 0],
          [0, 1, 0],
        ],
        [[1, 0, 1]],
      )[0],
    ).toBeCloseTo(45, 9);
  });
});

describe("codes", () => {
  it("interpolate, traverse and fill a grid, one tensor each", () => {
    const before = tf.memory().numTensors;
    const line = analysis.interpolate([0, 0], [2, 4], { steps: 3 });
    const circle = analysis.interpolate([1, 0], [0, 1], { steps: 3, spherical: true });
    const walk = analysis.latentTraversal([5, 6], { dimension: 1, low: -1, high: 1, steps: 3 });
    const grid = analysis.latentGrid({ steps: 2, x: [0, 1], y: [2, 3] });
    expect(tf.memory().numTensors).toBe(before + 4);
    expect(line.arraySync()).toEqual([
      [0, 0],
      [1, 2],
      [2, 4],
    ]);
    expect(circle.arraySync()[1]?.[0]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(walk.arraySync()).toEqual([
      [5, -1],
      [5, 0],
      [5, 1],
    ]);
    expect(grid.arraySync()).toEqual([
      [0, 3],
      [1, 3],
      [0, 2],
      [1, 2],
    ]);
    tf.dispose([line, circle, walk, grid]);
    expect(() => analysis.latentTraversal([1], { dimension: 1, low: 0, high: 1 })).toThrow(UsageError);
  });

  it("find their nearest rows, themselves first", () => {
    const { indices, distances } = analysis.nearestNeighbors([[2]], [[0], [2], [5], [1]], { k: 3 });
    expect([indices, distances]).toEqual([[[1, 3, 0]], [[0, 1, 2]]]);
  });
});

describe("classifiers", () => {
  it("logisticRegression gives the optimum: its gradient is zero", () => {
    const x = numbers(9, 40, 3);
    const y = x.map(([a = 0, b = 0]) => (a + b > 2 ? 1 : 0));
    const model = analysis.logisticRegression(x, y);
    const p = model.predictProbabilities(x);
    for (let column = 0; column < 3; column++) {
      const slope = x.reduce(
        (sum, row, at) => sum + ((p[at]?.[1] as number) - (y[at] as number)) * (row[column] as number),
        0,
      );
      expect(slope + (model.weights[1]?.[column] as number)).toBeCloseTo(0, 3);
    }
    expect(model.score(x, y)).toBeGreaterThan(0.9);
    expect(p[0]?.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
  });
});

describe.each([
  ["tsne", analysis.tsne],
  ["umap", analysis.umap],
] as const)("%s", (_, embed) => {
  it("keeps far groups apart, and is repeated by its seed", async () => {
    const x = numbers(8, 60, 4).map((row, at) => row.map((value) => value + (at % 2) * 40));
    const options = { iterations: 200, seed: 3 };
    const points = await embed(x, options);
    expect(await embed(x, options)).toEqual(points);
    const labels = x.map((_, at) => at % 2);
    expect(analysis.kNeighborsClassifier(points, labels).score(points, labels)).toBe(1);
    expect(silhouette(points, labels)).toBeGreaterThan(0.5);
  });
});

describe("what cannot be used is named, with what to do", () => {
  const { accuracy, auc, kNeighborsClassifier, latentTraversal, nearestNeighbors, tsne, umap } = analysis;
  const rows = [[1], [2], [5], [6]];
  it.each<[string, () => unknown, RegExp]>([
    [
      "PCA of gaps",
      () =>
        pca(
          tf.tensor2d([
            [1, Number.NaN],
            [2, 3],
          ]),
        ),
      /got NaN in row 0, column 1\. Drop/,
    ],
    ["PCA of arrays", () => pca(rows as never), /^pca: expected a tensor.*Write tf\.tensor2d\(rows\)/],
    [
      "a list in place of rows",
      () => silhouette([1, 2] as never, [0, 1]),
      /rows of numbers; got a list of numbers/,
    ],
    ["nothing in place of rows", () => nearestNeighbors(rows, undefined as never), /got undefined/],
    ["nothing in place of labels", () => accuracy(undefined as never, [1]), /^accuracy: expected numbers/],
    [
      "more neighbours than rows",
      () => kNeighborsClassifier(rows, [0, 0, 1, 1]),
      /^kNeighborsClassifier: expected neighbors to be an integer from 1 to 4; got 5/,
    ],
    [
      "a sample of none",
      () => silhouette(rows, [0, 0, 1, 1], { sampleSize: 0 }),
      /sampleSize.*of 1 or more; got 0/,
    ],
    [
      "a traversal to nowhere",
      () => latentTraversal([1], { dimension: 0 } as never),
      /low as a finite number; got undef/,
    ],
    ["an axis that goes back", () => auc([0, 1, 0.5], [0, 1, 1]), /got 0\.5 after 1/],
  ])("%s", (_, act, message) => {
    tf.engine().startScope();
    expect(act).toThrow(message);
    tf.engine().endScope();
  });

  it.each<[string, object, RegExp]>([
    ["another library's name of an option", { k: 3 }, /got k\. Check the spelling/],
    ["a tolerance that is none", { clusters: 2, tolerance: Number.NaN }, /tolerance of 0 or more; got NaN/],
    ["more clusters than rows", { clusters: 5 }, /clusters to be an integer from 1 to 4; got 5/],
  ])("%s, in K-means", async (_, options, message) => {
    await expect(kMeans(rows, options)).rejects.toThrow(message);
  });

  it("no dimensions to embed in", async () => {
    await expect(tsne(rows, { components: 0, perplexity: 1 })).rejects.toThrow(/components.*got 0/);
    await expect(umap(rows, { components: 0 })).rejects.toThrow(/components.*got 0/);
  });
});
