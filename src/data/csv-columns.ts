// From a column's cells to numbers: is it a column of numbers, of categories, or of nothing that can be learned from?
import { DatasetError } from "../core/errors.js";

/** What stands for a missing value, in any case: the words of R, Python, SQL and spreadsheets. */
export const missingWords: readonly string[] = [
  ...["", "na", "n/a", "nan", "null", "none", "nil", "?", "-", "--", ".", "#n/a", "#na", "missing"],
];

/** A column as it was understood. */
export type Column =
  | { readonly kind: "number"; readonly name: string; readonly values: Float64Array; readonly note?: string }
  | CategoryColumn
  | { readonly kind: "empty"; readonly name: string };

export interface CategoryColumn {
  readonly kind: "category";
  readonly name: string;
  /** Index into `categories`, −1 where missing. */
  readonly codes: Int32Array;
  readonly categories: readonly string[];
}

export interface ColumnOptions {
  readonly caller: string;
  readonly missing: ReadonlySet<string>;
  readonly decimal: "." | "," | undefined;
  /** Numbers of this column are names of categories, too. */
  readonly category: boolean;
  readonly positions: readonly number[];
}

/** @throws DatasetError naming row and column of a cell that is no number in a column of numbers */
export function understand(name: string, cells: readonly string[], options: ColumnOptions): Column {
  const { missing, decimal, category, caller, positions } = options;
  const present = cells.flatMap((cell, at) => (missing.has(cell.toLowerCase()) ? [] : [at]));
  if (present.length === 0) return { kind: "empty", name };
  if (category) return categories(name, cells, missing);
  const choices = decimal ? [decimal] : ([".", ","] as const);
  const best = choices
    .map((mark) => ({ mark, bad: present.filter((at) => Number.isNaN(toNumber(cells[at] as string, mark))) }))
    .reduce((a, b) => (b.bad.length < a.bad.length ? b : a));
  const share = 1 - best.bad.length / present.length;
  if (share === 0 || (share < 0.5 && best.bad.length > 1)) return categories(name, cells, missing);
  const [at] = best.bad;
  if (at !== undefined) {
    const more = best.bad.length > 1 ? ` (and in ${best.bad.length - 1} more rows)` : "";
    const cell = cells[at] as string;
    throw new DatasetError(
      `${caller}: expected a number in row ${positions[at]}, column "${name}"; got "${cell}"${more}. ` +
        `Correct the cell, name it in missingValues: ["${cell}"], or name the column in categorical: ["${name}"].`,
    );
  }
  const values = Float64Array.from(cells, (cell) =>
    missing.has(cell.toLowerCase()) ? Number.NaN : toNumber(cell, best.mark),
  );
  const large = present.find((row) => Math.abs(values[row] as number) > 3.4028235e38);
  if (large !== undefined)
    throw new DatasetError(
      `${caller}: expected a number that float32 holds in row ${positions[large]}, column "${name}"; got "${cells[large]}". Use another unit.`,
    );
  const note = noteOn(name, best.mark, values, decimal === undefined);
  return { kind: "number", name, values, ...(note ? { note } : {}) };
}

function noteOn(name: string, mark: string, values: Float64Array, guessed: boolean): string | undefined {
  if (mark === "," && guessed) return `"${name}" has decimal commas.`;
  if (values.some((value) => Math.abs(value) > 2 ** 24 && Number.isInteger(value)))
    return `"${name}" has integers beyond 16,777,216, which float32 rounds; is it a number of identity?`;
  return undefined;
}

function categories(name: string, cells: readonly string[], missing: ReadonlySet<string>): Column {
  const present = cells.filter((cell) => !missing.has(cell.toLowerCase()));
  const numeric = present.every((cell) => !Number.isNaN(toNumber(cell, ".")));
  const names = [...new Set(present)].sort((a, b) => (numeric ? Number(a) - Number(b) : a < b ? -1 : 1));
  const index = new Map(names.map((each, at) => [each, at]));
  const codes = Int32Array.from(cells, (cell) =>
    missing.has(cell.toLowerCase()) ? -1 : (index.get(cell) as number),
  );
  return { kind: "category", name, codes, categories: names };
}

const plain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const grouped = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;

/** NaN unless the text is a number: digits, a sign, an exponent, groups of three digits; no units, no infinity. */
export function toNumber(text: string, decimal: "." | ","): number {
  const swapped = decimal === "." ? text : text.replaceAll(/[.,]/g, (mark) => (mark === "," ? "." : ","));
  const signed = swapped.replace(/^[−–]/, "-");
  if (plain.test(signed)) return Number(signed);
  return grouped.test(signed) ? Number(signed.replaceAll(",", "")) : Number.NaN;
}
