// The committed notebooks: both editions in step, cells of a readable length, each exercise with its three hints.
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { learnerEdition, readNotebook } from "../../src/course/index.js";

const folder = fileURLToPath(new URL("../../notebooks/", import.meta.url));
const names = (await readdir(`${folder}solutions`)).filter((name) => name.endsWith(".ipynb")).sort();

describe.each(names)("%s", async (name) => {
  const solution = await readNotebook(`${folder}solutions/${name}`);
  const learner = await readNotebook(`${folder}${name}`);
  const codes = solution.cells.filter(({ cell_type }) => cell_type === "code");
  const prose = solution.cells
    .filter(({ cell_type }) => cell_type === "markdown")
    .map(({ source }) => source);
  const text = prose.join("\n\n");

  it("is in step with its solution", () => {
    const cellsOf = ({ cells }: typeof solution) =>
      cells.map(({ id, cell_type, source, metadata }) => ({ id, cell_type, source, metadata }));
    expect(cellsOf(learner)).toEqual(cellsOf(learnerEdition(solution)));
  });

  it("ran without errors, and no learner's check is passed", () => {
    const outputs = learner.cells.flatMap(({ outputs = [] }) => outputs);
    expect(outputs.filter(({ output_type }) => output_type === "error")).toEqual([]);
    expect(JSON.stringify(outputs)).not.toContain('"passed":true');
  });

  it("has headings in order, objectives, minutes, a prediction, a recap and sources", () => {
    const levels = [...text.matchAll(/^(#+) /gm)].map(([, marks = ""]) => marks.length);
    expect(levels[0]).toBe(1);
    expect(levels.slice(1).every((level, at) => level > 1 && level <= (levels[at] ?? 0) + 1)).toBe(true);
    for (const part of [
      /About \d+ minutes/,
      /you can/,
      /\*\*Predict\.\*\*/,
      /\*\*What you see\.\*\*/,
      /^## Recap/m,
      /^### Sources/m,
    ])
      expect(text).toMatch(part);
  });

  it("has cells with ids of their own, as nbformat demands", () => {
    for (const { cells } of [learner, solution]) {
      const ids = cells.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it("has cells of 25 lines or fewer, half of them of 15 or fewer", () => {
    const lengths = codes.map(({ source }) => source.split("\n").length).sort((a, b) => a - b);
    expect(lengths.at(-1)).toBeLessThanOrEqual(25);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(15);
  });

  it("gives three hints and the solution to each exercise, and closes what it folds", () => {
    const exercises = codes.filter(({ metadata }) => metadata.latent_lab !== undefined).length;
    for (const hint of [1, 2, 3])
      expect(text.split(`<summary>Hint ${hint}</summary>`).length - 1).toBe(exercises);
    expect(text.match(/<!-- SOLUTION/g)?.length ?? 0).toBe(exercises);
    expect(text.split("<details>").length).toBe(text.split("</details>").length);
  });

  it("is under 300 kB without the pictures beside its figures, and loads nothing from elsewhere", () => {
    const withoutPictures = JSON.stringify(learner, (key, value) => (key === "image/png" ? "" : value));
    expect(withoutPictures.length).toBeLessThan(300_000);
    expect(text).not.toMatch(/!\[[^\]]*\]\(http/);
  });
});
