// The learner's own data: a CSV file, its text, or a Danfo.js DataFrame, as tensors, with a report of what was missing,
// made into numbers, left out. What cannot be understood is named by its row and column, never guessed.
import { readFileSync } from "node:fs";
import type { DataFrame } from "danfojs-node";
import { DatasetError, UsageError } from "../core/errors.js";
import { checkChoice, checkInteger, checkList, checkOptions } from "../core/option-checks.js";
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
  if (typeof source !== "string") {
    if (isFrame(source)) return fromFrame(source, options);
    throw new UsageError(
      `fromCsv: expected the path of a file, CSV text, or a Danfo.js DataFrame; got ${source === null ? "null" : typeof source}. Await what gives it, if it is a promise.`,
    );
  }
  await readyBackend();
  checkCsvOptions("fromCsv", options);
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
  checkCsvOptions("fromFrame", options);
  if (!isFrame(frame))
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

function isFrame(value: unknown): value is DataFrame {
  const { columns, values } = (value ?? {}) as Partial<DataFrame>;
  return Array.isArray(columns) && Array.isArray(values);
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
  ...(["delimiter", "header", "skipRows", "ragged", "label", "features", "ignore", "missing"] as const),
  ...(["missingValues", "decimal", "categorical", "categories", "maxCategories", "constant"] as const),
];

/** @throws UsageError naming the option: a misspelt policy would be another one in silence */
function checkCsvOptions(caller: string, options: FromCsvOptions): void {
  checkOptions(caller, options, known);
  checkChoice(caller, "header", options.header, [true, false]);
  checkChoice(caller, "ragged", options.ragged, ["error", "drop"]);
  checkChoice(caller, "missing", options.missing, ["drop", "mean", "median", "keep", "error"]);
  checkChoice(caller, "decimal", options.decimal, [".", ","]);
  checkChoice(caller, "categories", options.categories, ["oneHot", "codes", "ignore"]);
  checkChoice(caller, "constant", options.constant, ["drop", "keep"]);
  for (const name of ["features", "ignore", "missingValues", "categorical"] as const)
    checkList(caller, name, options[name]);
  if (options.maxCategories !== undefined) checkInteger(caller, "maxCategories", options.maxCategories, 1);
}
