// What became of a learner's file: each column, each row left out, and what was put right, to read and to show.
import { type Displayable, displaySymbol } from "../core/notebook.js";

/** One column of the file. */
export interface ColumnReport {
  readonly name: string;
  /** What it was taken for. */
  readonly kind: "number" | "category" | "label" | "constant" | "empty" | "ignored";
  /** Cells without a value, in the rows as read. */
  readonly missing: number;
  /** What stands in their place, if they were filled. */
  readonly filledWith?: number | string;
  /** Columns of `features` made of it. */
  readonly features: readonly string[];
  /** For categories: their names. */
  readonly categories?: readonly string[];
}

/** What was read, what was left out and why. Shows itself as a table. */
export interface DataReport extends Displayable {
  /** Rows of data in the file, and of them in the tensors. */
  readonly rows: { readonly read: number; readonly kept: number };
  /** Rows left out, as a spreadsheet counts them (the header is row 1), and why. */
  readonly dropped: readonly { readonly row: number; readonly reason: string }[];
  readonly columns: readonly ColumnReport[];
  /** Everything else worth a look, as sentences. */
  readonly notes: readonly string[];
  toString(): string;
}

type Content = Pick<DataReport, "rows" | "dropped" | "columns" | "notes">;

/** Adds the ways to show it. */
export function dataReport(content: Content): DataReport {
  const text = (): string => plainText(content);
  const hidden = {
    toString: text,
    [displaySymbol]: () => ({ "text/html": html(content), "text/plain": text() }),
  };
  const report = { ...content };
  for (const key of Reflect.ownKeys(hidden) as (keyof typeof hidden)[])
    Object.defineProperty(report, key, { value: hidden[key], enumerable: false });
  return report as DataReport;
}

function heading({ rows, dropped }: Content): string {
  const left = dropped.length;
  return `${rows.kept} of ${rows.read} rows kept${left > 0 ? `, ${left} left out` : ""}.`;
}

function cells({ columns }: Content): string[][] {
  return columns.map(({ name, kind, missing, filledWith, features, categories }) => [
    name,
    kind === "category" && categories ? `category (${categories.length})` : kind,
    filledWith === undefined ? String(missing) : `${missing}, filled with ${filledWith}`,
    kind === "label" ? (categories ?? []).join(", ") : features.join(", ") || "none",
  ]);
}

const titles = ["column", "taken for", "missing", "in features"];

/** At most so many rows left out are listed. */
const listed = 10;

function droppedLines({ dropped }: Content): string[] {
  const lines = dropped.slice(0, listed).map(({ row, reason }) => `Row ${row}: ${reason}.`);
  return dropped.length > listed ? [...lines, `… and ${dropped.length - listed} more rows.`] : lines;
}

function plainText(content: Content): string {
  const table = [titles, ...cells(content)];
  const widths = titles.map((_, column) => Math.max(...table.map((row) => (row[column] as string).length)));
  const lines = table.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] as number))
      .join("  ")
      .trimEnd(),
  );
  return [heading(content), ...lines, ...droppedLines(content), ...content.notes].join("\n");
}

function html(content: Content): string {
  const row = (tag: string, texts: readonly string[]): string =>
    `<tr>${texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join("")}</tr>`;
  const lines = [...droppedLines(content), ...content.notes].map((line) => `<li>${escapeHtml(line)}</li>`);
  return (
    `<p>${escapeHtml(heading(content))}</p><table><thead>${row("th", titles)}</thead><tbody>` +
    `${cells(content)
      .map((texts) => row("td", texts))
      .join("")}</tbody></table>` +
    (lines.length > 0 ? `<ul>${lines.join("")}</ul>` : "")
  );
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
