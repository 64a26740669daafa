// What notebook 09 cites of the long trainings is what `npm run honest-losses` wrote, and that agrees with the reference.
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

interface Loss {
  network: string;
  seeds: number;
  mean: number;
  sd: number;
  pca: number;
  reference: { mean?: number; sd?: number };
}

const notebooks = new URL("../../notebooks/", import.meta.url);
const text = await readFile(new URL("honest-losses.json", notebooks), "utf8");
const { results } = JSON.parse(text) as { results: Record<string, Loss> };
const trained = Object.entries(results).filter(([, { mean }]) => mean !== undefined);

it("notebook 09 cites each long training as it came out", async () => {
  const notebook = await readFile(new URL("09-what-does-the-work.ipynb", notebooks), "utf8");
  for (const [name, { network, seeds, mean, sd, pca }] of trained) {
    const row = notebook.split("\n").find((line) => line.includes(`| ${name} | ${network} |`)) ?? "";
    expect(row, name).toContain(`| ${seeds} | ${mean.toFixed(5)} ± ${sd.toFixed(5)} |`);
    expect(row, name).toContain(`| ${pca.toFixed(5)} |`);
  }
});

it("the long trainings agree with PyTorch within three standard errors", () => {
  for (const [name, { mean, sd, seeds, reference }] of trained) {
    if (reference.mean === undefined || reference.sd === undefined) continue;
    const error = Math.sqrt((sd ** 2 + reference.sd ** 2) / seeds);
    expect(Math.abs(mean - reference.mean), name).toBeLessThan(3 * error);
  }
});

it("the conclusions of the course hold in the long trainings", () => {
  const of = (name: string): Loss => results[name] as Loss;
  const linear = of("stacked, Adam 0.001").pca;
  expect(of("linear encoder, deep decoder").mean).toBeLessThan(linear);
  for (const name of ["deep encoder, linear decoder", "ReLU codes, 64-3-64", "stacked, plain SGD 0.1"])
    expect(of(name).mean, name).toBeGreaterThan(linear);
  for (const rows of [50, 100, 200]) {
    const { mean, pca } = of(`${rows} training rows`);
    expect(mean, `${rows} rows`).toBeGreaterThan(pca);
  }
  expect(of("k = 32, 64-48-32-48-64").mean).toBeGreaterThan(of("k = 32, 64-48-32-48-64").pca);
});
