// From understood columns to columns of features: which rows stay, what stands in the place of missing values, what
// becomes of categories and of columns without variation.
import { DatasetError, UsageError } from "../core/errors.js";
import { type CategoryColumn, type Column, missingWords, understand } from "./csv-columns.js";
import type { Cells } from "./csv-text.js";
import type { ColumnReport, DataReport } from "./report.js";

/** How columns become numbers. */
export interface TableOptions {
  /** The column of classes, which becomes `labels` and no feature. Default: none. */
  label?: string;
  /** The columns that become features. Default: all but the label. */
  features?: readonly string[];
  /** Columns that become none. */
  ignore?: readonly string[];
  /**
   * Missing values: "drop" leaves the row out; "mean" and "median" fill in the column's own, categories with the most
   * frequent; "keep" leaves NaN, for a `SimpleImputer` that is fitted on training rows only; "error" stops at the first.
   * "mean" and "median" are of all rows, so of later test rows, too. Default "drop".
   */
  missing?: "drop" | "mean" | "median" | "keep" | "error";
  /** Texts that stand for a missing value, besides the usual "", "NA", "NaN", "null", "?", … */
  missingValues?: readonly string[];
  /** The mark before decimals. Default: found out for each column. */
  decimal?: "." | ",";
  /** Columns of numbers that are names of categories, such as postcodes. */
  categorical?: readonly string[];
  /** Categories: a column of 0 and 1 for each ("oneHot"), one column of 0, 1, 2, … ("codes"), or none ("ignore"). Default "oneHot". */
  categories?: "oneHot" | "codes" | "ignore";
  /** Text columns with more different texts than this become no feature. Default 50. */
  maxCategories?: number;
  /** Columns with one value only: they say nothing, and cannot be scaled. Default "drop". */
  constant?: "drop" | "keep";
}

/** One column of the file, and the columns of features made of it. */
interface Part {
  readonly report: ColumnReport;
  readonly features: readonly { readonly name: string; readonly values: Float64Array }[];
}

/** The file's columns, in its order, over the rows kept. */
export interface Parts {
  readonly columns: readonly Part[];
  readonly kept: Cells;
  readonly dropped: DataReport["dropped"];
  readonly notes: readonly string[];
  readonly label: CategoryColumn | undefined;
  /** A column's texts in the rows kept, `null` where missing. */
  texts(name: string): (string | null)[];
}

/** What the steps share. */
interface Context {
  readonly cells: Cells;
  readonly options: TableOptions;
  readonly caller: string;
  readonly words: ReadonlySet<string>;
}

/** @throws DatasetError, UsageError */
export function columnParts(cells: Cells, options: TableOptions, { caller }: { caller: string }): Parts {
  checkColumns(cells.header, options, caller);
  const words = new Set([
    ...missingWords,
    ...(options.missingValues ?? []).map((word) => word.toLowerCase()),
  ]);
  const context: Context = { cells, options, caller, words };
  const used = (options.features ?? cells.header).filter(
    (name) => name !== options.label && !options.ignore?.includes(name),
  );
  const asRead = new Map(used.map((name) => [name, columnOf(context, cells, name)]));
  const useless = (column: Column): ReturnType<typeof whyUseless> =>
    whyUseless(column, options) ?? whyIdentity(asRead.get(column.name) as Column, options);
  const useful = used.filter((name) => useless(asRead.get(name) as Column) === undefined);
  const { kept, dropped } = keptRows(context, useful);
  const notes = [...cells.notes];
  const columns = cells.header.map((name): Part => {
    const missing = cells.rows.filter((row) => isMissing(context, row[cells.header.indexOf(name)])).length;
    if (name === options.label || !used.includes(name)) return without(name, "ignored", missing);
    const category = asRead.get(name)?.kind === "category";
    const column = columnOf(context, kept, name, category);
    const why = useless(column);
    if (why === undefined) return featuresOf(column, missing, options);
    notes.push(`"${name}" is no feature: ${why.reason}.`);
    return without(name, why.kind, missing);
  });
  for (const column of asRead.values()) if (column.kind === "number" && column.note) notes.push(column.note);
  for (const column of asRead.values())
    if (countsRows(column))
      notes.push(
        `"${column.name}" counts the rows. If it is a number of identity: ignore: ["${column.name}"].`,
      );
  for (const { report } of columns) notes.push(...caseNotes(report));
  if (columns.some(({ report }) => report.filledWith !== undefined))
    notes.push("The values filled in were computed from all rows, so from later test rows, too.");
  const label = options.label === undefined ? undefined : labelOf(context, kept, options.label);
  const named = columns.map(
    (part): Part =>
      label && part.report.name === label.name
        ? { ...part, report: { ...part.report, kind: "label", categories: label.categories } }
        : part,
  );
  const texts = (name: string): (string | null)[] => {
    const at = cells.header.indexOf(name);
    return kept.rows.map((row) => (isMissing(context, row[at]) ? null : (row[at] as string)));
  };
  return { columns: named, kept, dropped, notes, label, texts };
}

/** "Male" and "male" are two categories; a learner may have meant one. */
function caseNotes({ name, categories = [] }: ColumnReport): string[] {
  const lower = (text: string): string => text.toLowerCase();
  const twice = categories.filter(
    (category) => categories.filter((other) => lower(other) === lower(category)).length > 1,
  );
  if (twice.length === 0) return [];
  return [
    `"${name}" has categories that differ in case only: ${twice.map((each) => `"${each}"`).join(", ")}.`,
  ];
}

function checkColumns(header: readonly string[], options: TableOptions, caller: string): void {
  const { label, features = [], ignore = [], categorical = [] } = options;
  for (const name of [...(label === undefined ? [] : [label]), ...features, ...ignore, ...categorical])
    if (!header.includes(name))
      throw new UsageError(
        `${caller}: expected columns among ${header.map((each) => `"${each}"`).join(", ")}; got "${name}". Check the spelling.`,
      );
  if (label !== undefined && features.includes(label))
    throw new UsageError(
      `${caller}: expected features without the label; got "${label}" as both. A model would read the answer: remove it from features.`,
    );
}

function isMissing({ words }: Context, cell: string | undefined): boolean {
  return words.has((cell ?? "").toLowerCase());
}

function columnOf(
  { options, words, caller, cells }: Context,
  rows: Cells,
  name: string,
  category = false,
): Column {
  const at = cells.header.indexOf(name);
  return understand(
    name,
    rows.rows.map((row) => row[at] as string),
    {
      ...{ caller, missing: words, decimal: options.decimal, positions: rows.positions },
      category: category || (options.categorical?.includes(name) ?? false),
    },
  );
}

/** Why a column becomes no feature, if so. */
function whyUseless(
  column: Column,
  { categories = "oneHot", maxCategories = 50, constant = "drop" }: TableOptions,
): { kind: ColumnReport["kind"]; reason: string } | undefined {
  if (column.kind === "empty") return { kind: "empty", reason: "all its cells are empty" };
  if (column.kind === "category") {
    if (categories === "ignore")
      return { kind: "ignored", reason: "it has texts, and categories are ignored" };
    const count = column.categories.length;
    if (count > maxCategories)
      return {
        kind: "ignored",
        reason: `it has ${count} different texts, more than maxCategories, ${maxCategories}`,
      };
    if (count === 1 && constant === "drop")
      return { kind: "constant", reason: `all its values are "${column.categories[0]}"` };
    return undefined;
  }
  const present = column.values.filter((value) => !Number.isNaN(value));
  if (constant === "drop" && present.every((value) => value === present[0]))
    return { kind: "constant", reason: `all its values are ${present[0]}` };
  return undefined;
}

/** A text that is another one in each row names the row; nothing can be learned from it, unless it was asked for. */
function whyIdentity(
  column: Column,
  { features = [], categorical = [] }: TableOptions,
): ReturnType<typeof whyUseless> {
  if (column.kind !== "category" || features.includes(column.name) || categorical.includes(column.name))
    return undefined;
  const present = column.codes.filter((code) => code >= 0).length;
  if (present < 5 || column.categories.length < present) return undefined;
  return { kind: "ignored", reason: "it has another text in each row, as a name has" };
}

/** 1, 2, 3, … or the like: most likely a number of identity, which would dominate distances. */
function countsRows(column: Column): boolean {
  if (column.kind !== "number" || column.values.length < 5) return false;
  return column.values.every((value, at) => at === 0 || value === (column.values[at - 1] as number) + 1);
}

function keptRows(context: Context, useful: readonly string[]): { kept: Cells; dropped: Parts["dropped"] } {
  const { cells, options, caller } = context;
  const { missing = "drop", label } = options;
  const dropped = [...cells.dropped];
  const gaps = (names: readonly string[], row: readonly string[]): string[] =>
    names.filter((name) => isMissing(context, row[cells.header.indexOf(name)]));
  const kept = cells.rows.flatMap((row, at) => {
    const position = cells.positions[at] as number;
    const [unlabelled] = label === undefined ? [] : gaps([label], row);
    const empty = gaps(useful, row);
    if (missing === "error" && (empty[0] ?? unlabelled) !== undefined)
      throw new DatasetError(
        `${caller}: expected a value in row ${position}, column "${empty[0] ?? unlabelled}"; got "${row[cells.header.indexOf(empty[0] ?? (unlabelled as string))]}". Fill it in, or give missing: "drop".`,
      );
    if (unlabelled !== undefined) dropped.push({ row: position, reason: `no label in ${unlabelled}` });
    else if (missing === "drop" && empty.length > 0)
      dropped.push({ row: position, reason: `no value in ${empty.join(", ")}` });
    else return [at];
    return [];
  });
  if (kept.length === 0)
    throw new DatasetError(
      `${caller}: expected rows without missing values; got none of ${cells.rows.length}. Give missing: "mean", or ignore the columns with the most gaps.`,
    );
  return {
    kept: {
      ...cells,
      rows: kept.map((at) => cells.rows[at] as string[]),
      positions: kept.map((at) => cells.positions[at] as number),
    },
    dropped: dropped.sort((a, b) => a.row - b.row),
  };
}

function without(name: string, kind: ColumnReport["kind"], missing: number): Part {
  return { report: { name, kind, missing, features: [] }, features: [] };
}

function featuresOf(column: Column, missing: number, options: TableOptions): Part {
  const { name } = column;
  if (column.kind === "number") {
    const { values, filledWith } = filled(column.values, options.missing);
    const report = { name, kind: "number" as const, missing, features: [name] };
    return {
      report: filledWith === undefined ? report : { ...report, filledWith },
      features: [{ name, values }],
    };
  }
  if (column.kind === "empty") return without(name, "empty", missing);
  const { categories } = column;
  const { codes, filledWith } = filledCodes(column, options.missing);
  const features =
    options.categories === "codes"
      ? [{ name, values: Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : code)) }]
      : categories.map((category, at) => ({
          name: `${name}_${category}`,
          values: Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : Number(code === at))),
        }));
  const names = features.map((each) => each.name);
  const report = { name, kind: "category" as const, missing, features: names, categories };
  return { report: filledWith === undefined ? report : { ...report, filledWith }, features };
}

function filled(
  values: Float64Array,
  policy: TableOptions["missing"],
): { values: Float64Array; filledWith?: number } {
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  if ((policy !== "mean" && policy !== "median") || present.length === values.length) return { values };
  const half = present.length >> 1;
  const median =
    present.length % 2 === 1
      ? (present[half] as number)
      : ((present[half - 1] as number) + (present[half] as number)) / 2;
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  const filledWith = policy === "mean" ? mean : median;
  return { values: values.map((value) => (Number.isNaN(value) ? filledWith : value)), filledWith };
}

function filledCodes(
  { codes, categories }: CategoryColumn,
  policy: TableOptions["missing"],
): { codes: Int32Array; filledWith?: string } {
  if ((policy !== "mean" && policy !== "median") || codes.every((code) => code >= 0)) return { codes };
  const counts = categories.map((_, at) => codes.filter((code) => code === at).length);
  const most = counts.indexOf(Math.max(...counts));
  return { codes: codes.map((code) => (code < 0 ? most : code)), filledWith: categories[most] as string };
}

function labelOf(context: Context, rows: Cells, name: string): CategoryColumn {
  const column = columnOf(context, rows, name, true);
  if (column.kind !== "category")
    throw new DatasetError(
      `${context.caller}: expected classes in "${name}"; got no values. Choose another label.`,
    );
  const numbers = column.categories.map(Number);
  if (numbers.some((value) => !Number.isInteger(value) && !Number.isNaN(value)))
    throw new DatasetError(
      `${context.caller}: expected classes in "${name}"; got numbers such as ${numbers.find((value) => !Number.isInteger(value))}. Leave it among the features, or write classes into the file.`,
    );
  return column;
}
