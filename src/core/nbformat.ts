// Notebooks (nbformat 4) as they lie on the disk and as programs want them. On the disk, text is a list of
// lines with sorted keys and an indent of 1, byte for byte as Jupyter writes it, so that version control sees
// no differences between the two; JupyterLab and the runner get whole strings.
import { z } from "zod";
import { NotebookFormatError } from "./errors.js";

const multiline = z.union([z.string(), z.array(z.string())]);

const output = z.looseObject({ output_type: z.string() });

/** A cell; its source is whole once it was read. */
const cell = z.looseObject({
  id: z.string().optional(),
  cell_type: z.string(),
  source: multiline.transform((text) => [text].flat().join("")),
  metadata: z.record(z.string(), z.unknown()).default({}),
  outputs: z.array(output).optional(),
  execution_count: z.number().nullish(),
});

const notebook = z.looseObject({
  nbformat: z.literal(4, {
    error: "Only notebooks of format 4 are supported. Convert it with `jupyter nbconvert`.",
  }),
  nbformat_minor: z.number().int().min(0),
  metadata: z.record(z.string(), z.unknown()),
  cells: z.array(cell),
});

export type Notebook = z.infer<typeof notebook>;
export type NotebookCell = z.infer<typeof cell>;
export type NotebookOutput = z.infer<typeof output>;

/** A notebook without cells, for "New notebook". */
export function emptyNotebook(): Notebook {
  return { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

/** A file's text as a notebook. @throws NotebookFormatError that says what is wrong */
export function parseNotebook(text: string, name: string): Notebook {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new NotebookFormatError(`${name} is not a notebook: it is not JSON. Open it as a text file.`, {
      cause: error,
    });
  }
  return checkNotebook(value, name);
}

/** A value as a notebook with whole strings. @throws NotebookFormatError that says what is wrong */
export function checkNotebook(value: unknown, name: string): Notebook {
  const result = notebook.safeParse(value);
  if (result.success) return mapText(result.data, join);
  throw new NotebookFormatError(`${name} is not a valid notebook. ${z.prettifyError(result.error)}`);
}

/** The text of a notebook's file. */
export function formatNotebook(content: Notebook): string {
  return `${JSON.stringify(sortKeys(mapText(content, splitLines)), undefined, 1)}\n`;
}

/** A copy with keys in order at every level; equal notebooks then have equal JSON. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}

/** Applies `convert` to everything that may be a string or a list of lines. */
function mapText(content: Notebook, convert: (text: unknown) => unknown): Notebook {
  return { ...content, cells: content.cells.map((item) => mapCell(item, convert)) };
}

function mapCell(item: NotebookCell, convert: (text: unknown) => unknown): NotebookCell {
  const mapped: NotebookCell = { ...item, source: convert(item.source) as string };
  if (item.outputs !== undefined) mapped.outputs = item.outputs.map((entry) => mapOutput(entry, convert));
  return mapped;
}

function mapOutput(entry: NotebookOutput, convert: (text: unknown) => unknown): NotebookOutput {
  const mapped: NotebookOutput = { ...entry };
  if (entry.output_type === "stream") mapped.text = convert(entry.text);
  if (typeof entry.data === "object" && entry.data !== null) {
    const data = Object.entries(entry.data).map(([mime, value]) => [
      mime,
      isJson(mime) ? value : convert(value),
    ]);
    mapped.data = Object.fromEntries(data);
  }
  return mapped;
}

function isJson(mime: string): boolean {
  return /^application\/(.*\+)?json$/.test(mime);
}

function join(text: unknown): unknown {
  return Array.isArray(text) ? text.join("") : text;
}

/** Lines with their ends, as Python's `splitlines(keepends=True)`. */
function splitLines(text: unknown): unknown {
  return typeof text === "string" ? (text.match(/[^\n]*\n|[^\n]+$/g) ?? []) : text;
}
