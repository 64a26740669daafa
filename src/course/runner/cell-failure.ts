// How a cell failed, and which cells may.
import type { NotebookCell } from "../../core/nbformat.js";

export interface CellFailure {
  /** Place of the cell in the notebook, from 1, all kinds of cells counted. */
  cell: number;
  source: string;
  ename: string;
  evalue: string;
  traceback: string[];
}

/** Whether the cell's tag `raises-exception` announces an error. */
export function mayFail(cell: NotebookCell): boolean {
  const { tags } = cell.metadata;
  return Array.isArray(tags) && tags.includes("raises-exception");
}

/** The error in a reply's content, or in that of a message of type `error`. */
export function errorOf(
  content: Record<string, unknown>,
): Pick<CellFailure, "ename" | "evalue" | "traceback"> {
  const traceback = Array.isArray(content.traceback) ? content.traceback.map(String) : [];
  return { ename: String(content.ename), evalue: String(content.evalue), traceback };
}

/** The name of the error of a cell that did not end by itself. */
export const cellStopped = "CellStopped";

/** The failure of a cell that did not end by itself, with the reason. */
export function stopped(cell: number, { source }: NotebookCell, evalue: string): CellFailure {
  return { cell, source, ename: cellStopped, evalue, traceback: [evalue] };
}
