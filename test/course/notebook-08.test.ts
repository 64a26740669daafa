// The committed notebook 08, end to end: the command runs it in the kernel, and its numbers are the reference's.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { code, latentLab, newFolder, readCells } from "../cli/command.js";

const notebook = new URL("../../notebooks/08-stacked-autoencoder.ipynb", import.meta.url);
/** The reference's error of PCA, and the band of its 20 stacked autoencoders: mean − 2 sd, and the worst. */
const reference = JSON.parse(await readFile(new URL("../golden/digits.json", import.meta.url), "utf8")) as {
  pca: { testMse: Record<string, number> };
};
const band = [0.0318, 0.03565] as const;

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
  console.log(`notebook 08: stacked ${stackedError}, PCA ${pcaError}`);
  expect(Math.abs((pcaError as number) - (reference.pca.testMse[3] as number))).toBeLessThan(1e-6);
  expect(stackedError).toBeLessThanOrEqual(band[1]);
  expect(stackedError).toBeGreaterThanOrEqual(band[0]);
  const errors = cells
    .flatMap(({ outputs = [] }) => outputs)
    .filter(({ output_type }) => output_type === "error");
  expect(errors).toEqual([]);
});
