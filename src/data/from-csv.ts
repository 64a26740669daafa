// The learner's own data: a CSV file, its text, or a Danfo.js DataFrame, as tensors, with a report of what was missing,
// made into numbers, left out. What cannot be understood is named by its row and column, never guessed.
import { readFileSync } from "node:fs";
import type { DataFrame } from "danfojs-node";
import { DatasetError, UsageError } from "../core/errors.js";
import { readyBackend } from "../core/tensorflow.js";
import type { TableOptions } from "./csv-parts.js";
import { type CsvTable, type LabelledCsvTable, tableOf } from "./csv-table.js";
import { type CellOptions, type Cells, decodeText, parseCells } from "./csv-text.js";

/** How a CSV file is read and made into numbers. */
export interface FromCsvOptions extends CellOptions, TableOptions {}

/**
 * Reads a CSV file, or CSV text, into tensors: numbers as they are, categories as one column for each.
 *
 * `const { features, names, report } = await fromCsv("penguins.csv", { label: "species" })`; then look at `report`.
 * Rows with missing values are left out unless `missing` says otherwise, columns without variation, too; quotes,
 * semicolons, tabs, decimal commas, byte order marks and Windows' line ends are understood.
 * @param source  path of a file, or the text itself (more than one line), or a Danfo.js DataFrame
 * @returns tensors, which the caller disposes of with `dispose()`; with `label` also `labels` and `classNames`
 * @throws DatasetError naming the row and the column that cannot be understood; UsageError if an option cannot be used
 */
export function fromCsv(
  source: string | DataFrame,
  options: FromCsvOptions & { label: string },
): Promise<LabelledCsvTable>;
export function fromCsv(source: string | DataFrame, options?: FromCsvOptions): Promise<CsvTable>;
export async function fromCsv(
  source: string | DataFrame,
  options: FromCsvOptions = {},
): Promise<CsvTable | LabelledCsvTable> {
  if (typeof source !== "string") return fromFrame(source, options);
  await readyBackend();
  checkNames(options, "fromCsv");
  const isText = /[\r\n]/.test(source);
  const { text, note } = isText ? { text: source, note: undefined } : readText(source);
  const cells = parseCells(text, options, "fromCsv");
  const of = isText ? "the text" : source;
  return tableOf(note ? { ...cells, notes: [note, ...cells.notes] } : cells, options, {
    caller: "fromCsv",
    of,
  });
}

/**
 * A Danfo.js DataFrame as tensors, with the options and the report of `fromCsv`. Rows are counted from 1, as there.
 * @param frame  not changed
 * @returns tensors, which the caller disposes of with `dispose()`
 * @throws DatasetError, UsageError as `fromCsv`
 */
export function fromFrame(
  frame: DataFrame,
  options: TableOptions & { label: string },
): Promise<LabelledCsvTable>;
export function fromFrame(frame: DataFrame, options?: TableOptions): Promise<CsvTable>;
export async function fromFrame(
  frame: DataFrame,
  options: TableOptions = {},
): Promise<CsvTable | LabelledCsvTable> {
  await readyBackend();
  checkNames(options, "fromFrame");
  if (!Array.isArray(frame?.columns) || !Array.isArray(frame.values))
    throw new UsageError(
      "fromFrame: expected a Danfo.js DataFrame; got something else. Pass new dfd.DataFrame(…).",
    );
  const values = frame.values as unknown[][];
  const text = (cell: unknown): string =>
    cell === null || cell === undefined || Number.isNaN(cell) ? "" : String(cell).trim();
  const cells: Cells = {
    header: frame.columns,
    rows: values.map((row) => row.map(text)),
    positions: values.map((_, at) => at + 1),
    ...{ notes: [], dropped: [] },
  };
  return tableOf(cells, { ...options, decimal: "." }, { caller: "fromFrame", of: "the frame" });
}

function readText(path: string): { text: string; note?: string } {
  try {
    return decodeText(readFileSync(path));
  } catch (cause) {
    throw new DatasetError(
      `fromCsv: expected a file at "${path}", seen from ${process.cwd()}; it cannot be read (${(cause as NodeJS.ErrnoException).code}). Check the path.`,
      { cause },
    );
  }
}

const known: readonly (keyof FromCsvOptions)[] = [
  ...([
    "delimiter",
    "header",
    "skipRows",
    "ragged",
    "label",
    "features",
    "ignore",
    "missing",
    "missingValues",
  ] as const),
  ...(["decimal", "categorical", "categories", "maxCategories", "constant"] as const),
];

function checkNames(options: FromCsvOptions, caller: string): void {
  for (const name of Object.keys(options))
    if (!(known as readonly string[]).includes(name))
      throw new UsageError(
        `${caller}: expected options among ${known.join(", ")}; got ${name}. Check the spelling.`,
      );
}
