// The notebook that is graded in a learner's place.
import { expect, it } from "vitest";
import type { Notebook, NotebookCell } from "../../../src/core/nbformat.js";
import { gradedNotebook } from "../../../src/course/grading/graded-notebook.js";

const text = (source: string): NotebookCell => ({ cell_type: "markdown", source, metadata: {} });
const code = (source: string, check?: string): NotebookCell => ({
  ...{ cell_type: "code", source, outputs: [] },
  metadata: check === undefined ? {} : { latent_lab: { check } },
});
const book = (...cells: NotebookCell[]): Notebook => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells,
});

it("keeps the cells' numbers, replaces checks, runs each once, and adds those that are missing", () => {
  const shipped = book(code("check 1", "00.1"), code("check 2", "00.2"));
  const own = book(
    text("a"),
    code("b"),
    code("mine", "00.1"),
    code("again", "00.1"),
    code("other", "07.1"),
    code("c"),
  );
  const { notebook, checks } = gradedNotebook(own, shipped);
  const run = notebook.cells.map(({ cell_type, source }) => (cell_type === "code" ? source : undefined));
  expect(run).toEqual([undefined, "b", "check 1", undefined, undefined, "c", "check 2"]);
  expect([...checks].map(([id, cell]) => [id, notebook.cells.indexOf(cell)])).toEqual([
    ["00.1", 2],
    ["00.2", 6],
  ]);
});
