// From a CSV file's bytes to rows of cells. Papa Parse knows quotes, separators and line ends; what is done here is the
// text's encoding, and complaints that name the row as a spreadsheet counts it, the header being row 1.
import Papa from "papaparse";
import { DatasetError } from "../core/errors.js";
import { checkInteger } from "../core/option-checks.js";
import { toNumber } from "./csv-columns.js";

/** Cells as they stand in the file. */
export interface Cells {
  /** Column names, each different. */
  readonly header: readonly string[];
  /** [rows][columns], trimmed. */
  readonly rows: readonly (readonly string[])[];
  /** Row of each of `rows` in the file, from 1, as a spreadsheet counts. */
  readonly positions: readonly number[];
  /** What was put right on the way, as sentences. */
  readonly notes: readonly string[];
  /** Rows left out on the way: why. */
  readonly dropped: readonly { readonly row: number; readonly reason: string }[];
}

export interface CellOptions {
  /** Between cells. Default: found out among comma, semicolon, tab and bar. */
  delimiter?: string;
  /** Whether the first row has the columns' names. Default true; without they are column_1, column_2, … */
  header?: boolean;
  /** Rows above the header that are no data: a title, a comment. Default 0. */
  skipRows?: number;
  /** What to do with a row that has too many or too few cells. Default "error". */
  ragged?: "error" | "drop";
}

/**
 * @throws DatasetError naming the row of a quote that is not closed, or of a row with too many or too few cells
 */
export function parseCells(text: string, options: CellOptions, caller: string): Cells {
  const { header = true, ragged = "error", skipRows = 0 } = options;
  checkInteger(caller, "skipRows", skipRows, 0);
  const plain = text.replace(/^\uFEFF/, "");
  const { delimiter = likelyDelimiter(plain, skipRows) } = options;
  const { data, errors } = Papa.parse<string[]>(plain, { delimiter, skipEmptyLines: false });
  const quote = errors.find(({ type }) => type === "Quotes");
  if (quote)
    throw new DatasetError(
      `${caller}: expected quotes in pairs; got a cell in row ${(quote.row ?? 0) + 1} whose quotes do not match. Double the quotes inside a cell: "a ""b"" c".`,
    );
  const trimmed = data.map((row) => row.map((cell) => cell.trim()));
  const filled = trimmed.flatMap((row, at) =>
    at >= skipRows && row.some((cell) => cell !== "") ? [at] : [],
  );
  const first = trimmed[filled[0] ?? -1];
  if (first === undefined || filled.length < (header ? 2 : 1))
    throw new DatasetError(
      `${caller}: expected ${header ? "a row of column names and " : ""}rows of data; got ${filled.length === 0 ? "none" : "names only"}. Check the file${header ? ", or give header: false" : ""}.`,
    );
  const names = header ? first : first.map((_, at) => `column_${at + 1}`);
  const { unique, notes } = uniqueNames(names);
  if (header && names.every((name) => !Number.isNaN(toNumber(name, "."))))
    notes.push(
      `Row ${(filled[0] as number) + 1} was taken for names, but has only numbers. If it is data, give header: false.`,
    );
  const dropped: { row: number; reason: string }[] = [];
  const body = filled.slice(1).map((at) => trimmed[at] as string[]);
  const width = usualWidth(body);
  if (width !== undefined && width !== names.length)
    throw oddFirstRow(caller, { width, row: (filled[0] as number) + 1, first, next: body[0] ?? [] });
  const kept = filled.slice(header ? 1 : 0).filter((at) => {
    const cells = (trimmed[at] as string[]).length;
    if (cells === names.length) return true;
    if (ragged === "error")
      throw new DatasetError(
        `${caller}: expected ${names.length} cells in row ${at + 1}, as in ${header ? "the header" : "the first row"}; got ${cells}. ` +
          'Correct the row (a cell with a separator needs quotes), or give ragged: "drop".',
      );
    dropped.push({ row: at + 1, reason: `${cells} cells instead of ${names.length}` });
    return false;
  });
  if (kept.length === 0)
    throw new DatasetError(`${caller}: expected rows as wide as the header; got none. Check the delimiter.`);
  return {
    header: unique,
    rows: kept.map((at) => trimmed[at] as string[]),
    positions: kept.map((at) => at + 1),
    ...{ notes, dropped },
  };
}

/** The number of cells that most rows have, if there is one. */
function usualWidth(rows: readonly (readonly string[])[]): number | undefined {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [width, count] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), [0, 0]);
  return rows.length > 1 && count > rows.length / 2 ? width : undefined;
}

/** A title, a comment or a line of counts stands above the table. */
function oddFirstRow(
  caller: string,
  found: { width: number; row: number; first: readonly string[]; next: readonly string[] },
): DatasetError {
  const { width, row, first, next } = found;
  const named = next.some((cell) => cell !== "" && Number.isNaN(toNumber(cell, ".")));
  const advice = `skipRows: ${row}${named ? "" : ", header: false, since numbers follow"}`;
  return new DatasetError(
    `${caller}: expected ${width} cells in row ${row}, as most rows have; got ${first.length}, "${first.join(",").slice(0, 60)}". ` +
      `If it is a title or a count above the table, give ${advice}; else correct it.`,
  );
}

/** The separator that cuts the first rows into the most cells, as many in each as in the first. */
function likelyDelimiter(text: string, skipRows: number): string {
  const score = (delimiter: string): number => {
    const { data: all } = Papa.parse<string[]>(text, { delimiter, preview: skipRows + 20 });
    const data = all.slice(skipRows).filter((row) => row.some((cell) => cell.trim() !== ""));
    const cells = data[0]?.length ?? 0;
    const alike = data.filter((row) => row.length === cells).length;
    return cells > 1 && data.length > 0 ? cells * (alike / data.length) ** 4 : 0;
  };
  const scores = [",", ";", "\t", "|"].map((delimiter) => ({ delimiter, score: score(delimiter) }));
  return scores.reduce((best, each) => (each.score > best.score ? each : best)).delimiter;
}

/** A file's bytes as text: UTF-8, UTF-16 with its mark, else Windows' Western European. */
export function decodeText(bytes: Uint8Array): { text: string; note?: string } {
  const mark = `${bytes[0]},${bytes[1]}`;
  if (mark === "255,254") return { text: new TextDecoder("utf-16le").decode(bytes) };
  if (mark === "254,255") return { text: new TextDecoder("utf-16be").decode(bytes) };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    const note = "The file is not in UTF-8; it was read as Windows-1252. Check letters with accents.";
    return { text: new TextDecoder("windows-1252").decode(bytes), note };
  }
}

function uniqueNames(names: readonly string[]): { unique: string[]; notes: string[] } {
  const notes: string[] = [];
  const unique: string[] = [];
  const used = new Set(names);
  for (const [at, given] of names.entries()) {
    let name = given === "" ? `column_${at + 1}` : given;
    for (let count = 2; unique.includes(name) || (given === "" && used.has(name)); count++)
      name = `${given === "" ? `column_${at + 1}` : given}_${count}`;
    if (given === "") notes.push(`Column ${at + 1} has no name; it is called ${name}.`);
    else if (name !== given) notes.push(`Column ${at + 1} is a second "${given}"; it is called ${name}.`);
    unique.push(name);
  }
  return { unique, notes };
}
