// The learner edition: solutions out, stubs in, answers folded away.
import { expect, it } from "vitest";
import type { Notebook } from "../../../src/core/nbformat.js";
import { learnerEdition } from "../../../src/course/index.js";

const output = { output_type: "stream", name: "stdout", text: "seen" };

function notebook(
  ...cells: [kind: string, id: string, source: string, metadata?: Record<string, unknown>][]
): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map(([cell_type, id, source, metadata = {}]) => ({
      ...{ cell_type, id, source, metadata },
      ...(cell_type === "code" ? { outputs: [output], execution_count: 3 } : {}),
    })),
  };
}

const solved =
  "const a = 1;\n// BEGIN SOLUTION\nconst b = 2;\n// STUB const b = 0; // your code here\n// END SOLUTION\nb";

it("puts the stub in the solution's place, and folds the solution away", () => {
  const before = notebook(["code", "ex", solved], ["markdown", "hints", "Hint\n\n<!-- SOLUTION ex -->"]);
  const copy = structuredClone(before);
  const [exercise, hints] = learnerEdition(before).cells;
  expect(exercise).toMatchObject({
    source: "const a = 1;\nconst b = 0; // your code here\nb",
    outputs: [],
    execution_count: null,
  });
  expect(hints?.source).toContain("<details><summary>Solution");
  expect(hints?.source).toContain("```ts\nconst a = 1;\nconst b = 2;\nb\n```");
  expect(before).toEqual(copy);
});

it("says where code goes when there is no stub, as far in as the marker, with nbgrader's own marks too", () => {
  const [cell] = learnerEdition(
    notebook(["code", "ex", "{\n  ### BEGIN SOLUTION\n  x();\n  ### END SOLUTION\n}"]),
  ).cells;
  expect(cell?.source).toBe("{\n  // your code here\n}");
});

it("keeps the lesson's outputs and drops those of checks", () => {
  const [lesson, check] = learnerEdition(
    notebook(["code", "a", "1"], ["code", "b", "await check()", { latent_lab: { check: "00.1" } }]),
  ).cells;
  expect(lesson?.outputs).toEqual([output]);
  expect(check?.outputs).toEqual([]);
});

it.each([
  "// BEGIN SOLUTION\n1",
  "1\n// END SOLUTION",
  "// END SOLUTION\n// BEGIN SOLUTION",
  "// BEGIN SOLUTION\n// BEGIN SOLUTION\n// END SOLUTION",
])("refuses markers that do not match: %j", (source) => {
  expect(() => learnerEdition(notebook(["code", "ex", source]))).toThrow(/got another order in cell "ex"/);
});

it("refuses prose that names a cell without a solution", () => {
  expect(() => learnerEdition(notebook(["markdown", "m", "<!-- SOLUTION no -->"]))).toThrow(
    /expected a cell "no"/,
  );
});
