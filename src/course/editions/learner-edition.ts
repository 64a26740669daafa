// The learner edition of a notebook, from the solution edition: what stands between `// BEGIN SOLUTION` and
// `// END SOLUTION` (nbgrader's markers) becomes a stub; where the prose says `<!-- SOLUTION cell-id -->`, the solution
// is folded away; exercises and checks lose their outputs.
import { NotebookFormatError } from "../../core/errors.js";
import type { Notebook, NotebookCell } from "../../core/nbformat.js";
import { exerciseOf } from "../progress/check-cell.js";

const begin = /^\s*(?:\/\/|###) BEGIN SOLUTION\s*$/;
const end = /^\s*(?:\/\/|###) END SOLUTION\s*$/;
const stub = /^(\s*)\/\/ STUB ?(.*)$/;
const reference = /<!-- SOLUTION (\S+) -->/g;

/**
 * The notebook as learners get it; `notebook` itself stays as it is. In a solution, lines `// STUB code` are hidden
 * code: they stand in the solution's place. Without one, "your code here" does.
 * @throws NotebookFormatError if markers do not match, or prose names a cell without a solution
 */
export function learnerEdition(notebook: Notebook): Notebook {
  const solutions = new Map(
    notebook.cells.flatMap((cell) => {
      const solution = cell.cell_type === "code" ? solutionOf(cell) : undefined;
      return solution === undefined ? [] : [[cell.id, solution] as const];
    }),
  );
  const cells = notebook.cells.map((cell) => {
    if (cell.cell_type === "markdown") return folded(cell, solutions);
    if (solutions.has(cell.id)) return cleared({ ...cell, source: stubbed(cell) });
    return exerciseOf(cell) === undefined ? cell : cleared(cell);
  });
  return { ...notebook, cells };
}

/** The cell's code with its solution and without the markers and stubs; `undefined` if it has none. */
function solutionOf(cell: NotebookCell): string | undefined {
  const lines = cell.source.split("\n");
  if (!lines.some((line) => begin.test(line))) {
    if (lines.some((line) => end.test(line))) throw unbalanced(cell);
    return undefined;
  }
  return lines.filter((line) => ![begin, end, stub].some((marker) => marker.test(line))).join("\n");
}

function stubbed(cell: NotebookCell): string {
  const kept: string[] = [];
  let inside: string[] | undefined;
  for (const line of cell.source.split("\n")) {
    if (begin.test(line)) {
      if (inside !== undefined) throw unbalanced(cell);
      inside = [];
    } else if (end.test(line)) {
      if (inside === undefined) throw unbalanced(cell);
      kept.push(...(inside.length > 0 ? inside : [`${/^\s*/.exec(line)?.[0]}// your code here`]));
      inside = undefined;
    } else if (inside === undefined) kept.push(line);
    else if (stub.test(line)) inside.push(line.replace(stub, "$1$2").trimEnd());
  }
  if (inside !== undefined) throw unbalanced(cell);
  return kept.join("\n");
}

function folded(cell: NotebookCell, solutions: ReadonlyMap<string | undefined, string>): NotebookCell {
  const source = cell.source.replace(reference, (_, id: string) => {
    const solution = solutions.get(id);
    if (solution === undefined)
      throw new NotebookFormatError(
        `learnerEdition: expected a cell "${id}" with a solution; got none. Correct the id in cell "${cell.id}".`,
      );
    return `<details><summary>Solution (one of many)</summary>\n\n\`\`\`ts\n${solution}\n\`\`\`\n\n</details>`;
  });
  return { ...cell, source };
}

function cleared(cell: NotebookCell): NotebookCell {
  return { ...cell, outputs: [], execution_count: null };
}

function unbalanced({ id }: NotebookCell): NotebookFormatError {
  return new NotebookFormatError(
    `learnerEdition: expected // BEGIN SOLUTION and // END SOLUTION in turn; got another order in cell "${id}". Correct the markers.`,
  );
}
