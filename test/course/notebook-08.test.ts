// The committed notebook 08, end to end: the command runs it in the kernel, and its numbers are the reference's.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { code, latentLab, newFolder, readCells } from "../cli/command.js";
import golden from "../golden/digits.json" with { type: "json" };

const notebook = new URL("../../notebooks/08-stacked-autoencoder.ipynb", import.meta.url);
/** Of the reference's 20 stacked autoencoders. */
const { mean, sd, max } = golden.stacked.test_mse;

it("notebook 08 runs headless, and beats PCA as the reference does", { timeout: 300_000 }, async () => {
  const folder = await newFolder();
  const file = join(folder, "08.ipynb");
  const source = JSON.parse(await readFile(notebook, "utf8")) as { cells: object[] };
  const question = { ...code("console.log(JSON.stringify({ stackedError, pcaError }))"), id: "question" };
  await writeFile(file, JSON.stringify({ ...source, cells: [...source.cells, question] }));

  const { status, stdout } = await latentLab(["run", file, "--in-place"], folder);
  expect(stdout).toContain("✓");
  expect(status).toBe(0);

  const cells = await readCells(file);
  const answer = cells.at(-1)?.outputs?.[0]?.text as string[];
  const { stackedError, pcaError } = JSON.parse(answer.join("")) as Record<string, number>;
  expect(Math.abs((pcaError as number) - golden.pca.testMse[3])).toBeLessThan(1e-6);
  expect(stackedError).toBeLessThanOrEqual(max);
  expect(stackedError).toBeGreaterThanOrEqual(mean - 2 * sd);
  const errors = cells
    .flatMap(({ outputs = [] }) => outputs)
    .filter(({ output_type }) => output_type === "error");
  expect(errors).toEqual([]);
});
