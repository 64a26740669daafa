// A learner's notebook as it is graded: their cells in their order, but each check as the course ships it, so that a
// changed check cannot pass; a check that they removed comes back at the end. Cells keep their numbers.
import type { Notebook, NotebookCell } from "../../core/nbformat.js";
import { exerciseOf } from "../progress/check-cell.js";

export interface GradedNotebook {
  /** Runs from top to bottom. */
  notebook: Notebook;
  /** The check cells of `notebook`, by exercise. */
  checks: Map<string, NotebookCell>;
}

export function gradedNotebook(own: Notebook, shipped: Notebook): GradedNotebook {
  const originals = new Map(
    shipped.cells.flatMap((cell) => {
      const id = exerciseOf(cell);
      return id === undefined ? [] : [[id, cell.source] as const];
    }),
  );
  const checks = new Map<string, NotebookCell>();
  const place = (id: string): NotebookCell => {
    const cell: NotebookCell = {
      cell_type: "code",
      source: originals.get(id) ?? "",
      metadata: {},
      outputs: [],
      execution_count: null,
    };
    checks.set(id, cell);
    return cell;
  };
  const cells = own.cells.map((cell) => {
    const id = exerciseOf(cell);
    if (id === undefined) return cell.cell_type === "code" ? { ...cell, outputs: [] } : cell;
    // A second check of an exercise, or one of another notebook, is left out; text in its place keeps the count.
    return originals.has(id) && !checks.has(id) ? place(id) : { ...cell, cell_type: "markdown" };
  });
  const removed = [...originals.keys()].filter((id) => !checks.has(id)).map(place);
  return {
    notebook: { ...shipped, metadata: { ...shipped.metadata }, cells: [...cells, ...removed] },
    checks,
  };
}
