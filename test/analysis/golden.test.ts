// Every number of the reference run that latent-lab/analysis computes.
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import {
  adjustedRandIndex,
  kMeans,
  normalizedMutualInformation,
  pca,
  probe,
  reconstructionErrors,
  silhouette,
} from "../../src/analysis/index.js";
import golden from "../golden/analysis.json" with { type: "json" };
import { digits, standardize, table } from "./sets.js";

const [d, iris, wine] = [digits(), table("iris"), table("wine")];
const held = 1437;
const sets = {
  digits_k10_over16: { ...d, k: 10 },
  iris_raw_k3: { ...iris, k: 3 },
  iris_standardized_k3: { ...iris, x: standardize(iris.x), k: 3 },
  wine_standardized_k3: { ...wine, x: standardize(wine.x), k: 3 },
  wine_raw_k3: { ...wine, k: 3 },
};

describe("K-means, best of 50 starts", () => {
  it.each(Object.keys(sets) as (keyof typeof sets)[])("reaches the reference on %s", async (name) => {
    const { x, y, k } = sets[name];
    const expected = golden.kmeans[name];
    const { inertia, labels, inertias } = await kMeans(x, { clusters: k, restarts: 50, seed: 0 });
    expect(inertias).toHaveLength(50);
    expect(inertia).toBeLessThanOrEqual(expected.n_init50_seed0.inertia * 1.001);
    expect(inertia).toBeGreaterThanOrEqual(expected.best_inertia_seen_in_950_starts * (1 - 1e-9));
    const { ARI, NMI, silhouette: width } = expected.n_init50_seed0;
    expect(Math.abs(adjustedRandIndex(y, labels) - ARI)).toBeLessThan(0.01);
    expect(Math.abs(normalizedMutualInformation(y, labels) - NMI)).toBeLessThan(0.01);
    expect(Math.abs(silhouette(x, labels) - width)).toBeLessThan(0.01);
  });
});

describe("PCA", () => {
  it.each(["full", "covariance", "randomized"] as const)("has the reference's errors by %s", (solver) => {
    const [train, test] = [tf.tensor2d(d.x.slice(0, held)), tf.tensor2d(d.x.slice(held))];
    for (const k of [1, 2, 3, 4, 8, 16, 32] as const) {
      const fitted = pca(train, { components: k, solver });
      const back = fitted.reconstruct(test);
      expect(Math.abs(reconstructionErrors(test, back).mean - golden.pca.test360[k])).toBeLessThan(1e-6);
      back.dispose();
    }
    tf.dispose([train, test]);
  });

  const ratios = {
    digits_all_over16: d.x,
    iris_raw: iris.x,
    iris_standardized: standardize(iris.x),
    wine_raw: wine.x,
    wine_standardized: standardize(wine.x),
  };
  it.each(Object.keys(ratios) as (keyof typeof ratios)[])("explains %s's variance", (name) => {
    const x = tf.tensor2d(ratios[name]);
    const expected = golden.explainedVarianceRatio[name];
    const { explainedVarianceRatio } = pca(x, { components: expected.length });
    x.dispose();
    for (const [at, ratio] of expected.entries())
      expect(Math.abs((explainedVarianceRatio[at] as number) - ratio)).toBeLessThan(1e-6);
  });
});

describe("probes on PCA's codes", () => {
  const right = (share: number, expected: number): number => Math.round(Math.abs(share - expected) * 360);

  it.each([2, 3, 8, 16, 32] as const)("have the reference's accuracies at k = %i", (k) => {
    const [train, test] = [tf.tensor2d(d.x.slice(0, held)), tf.tensor2d(d.x.slice(held))];
    const fitted = pca(train, { components: k });
    const [a, b] = [fitted.transform(train), fitted.transform(test)];
    const parts = [
      { codes: a, labels: d.y.slice(0, held) },
      { codes: b, labels: d.y.slice(held) },
    ] as const;
    const smooth = probe(...parts);
    expect(right(smooth.logistic, golden.probes[k].logreg_C1_test)).toBeLessThanOrEqual(1);
    expect(right(smooth.neighbors, golden.probes[k].knn5_test)).toBeLessThanOrEqual(1);
    if (k <= 8)
      expect(right(probe(...parts, { c: 1e6 }).logistic, golden.probes[k].logreg_test)).toBeLessThanOrEqual(
        1,
      );
    tf.dispose([train, test, a, b]);
  });
});

it.each(Object.entries(golden.componentsForVariance))(
  "PCA needs the reference's number of components for a share of %s of the digits' variance",
  (share, components) => {
    const x = tf.tensor2d(d.x);
    const fitted = pca(x, { components: Number(share) });
    expect(fitted.components).toHaveLength(components);
    expect(fitted.explainedVariance).toHaveLength(components);
    x.dispose();
  },
);

it("the probes on raw pixels have the reference's accuracies", () => {
  const [train, test] = [tf.tensor2d(d.x.slice(0, held)), tf.tensor2d(d.x.slice(held))];
  const found = probe({ codes: train, labels: d.y.slice(0, held) }, { codes: test, labels: d.y.slice(held) });
  const rows = (share: number, expected: number): number => Math.abs(share - expected) * 360;
  expect(rows(found.logistic, golden.probeRaw.logreg_C1_test)).toBeLessThan(2.5);
  expect(rows(found.neighbors, golden.probeRaw.knn5_test)).toBeLessThan(2.5);
  tf.dispose([train, test]);
});

it("a linear layer without bias copies the digits exactly, though three pixels have no weight: rank 61", () => {
  const { rank_W: rank, diag_zero_at: still } = golden.trivial.least_squares_linear_64_64_no_bias;
  const x = tf.tensor2d(d.x.slice(0, held));
  // The least-squares W of smallest norm is the projection onto the rows' span; pixels never inked have no weight.
  expect(d.x.slice(0, held).every((row) => still.every((pixel) => row[pixel] === 0))).toBe(true);
  const fitted = pca(x, { components: rank });
  const back = fitted.reconstruct(x);
  expect(reconstructionErrors(x, back).mean).toBeLessThan(1e-12);
  for (const pixel of still)
    for (const row of fitted.components) expect(Math.abs(row[pixel] as number)).toBeLessThan(1e-9);
  tf.dispose([x, back]);
});
