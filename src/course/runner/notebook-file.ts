// Notebooks on disk: nbformat 4, read into plain data with joined texts, written as Jupyter writes them.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { atomicWrite } from "../../core/atomic-write.js";
import { UsageError } from "../../core/errors.js";

const lines = z.union([z.string(), z.array(z.string())]).transform((text) => [text].flat().join(""));
const metadata = z.record(z.string(), z.unknown()).default({});
const outputSchema = z.looseObject({ output_type: z.string() });

const cellSchema = z.looseObject({
  id: z.string().optional(),
  cell_type: z.enum(["code", "markdown", "raw"]),
  source: lines,
  metadata,
  outputs: z.array(outputSchema).optional(),
  execution_count: z.number().nullish(),
});

const notebookSchema = z.looseObject({
  nbformat: z.literal(4),
  nbformat_minor: z.number(),
  metadata,
  cells: z.array(cellSchema),
});

export type Output = z.infer<typeof outputSchema>;
export type Cell = z.infer<typeof cellSchema>;
export type Notebook = z.infer<typeof notebookSchema>;

/** @throws UsageError naming the file and what is wrong with it */
export async function readNotebook(path: string): Promise<Notebook> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UsageError(`${path}: ${missing ? "there is no such file" : (error as Error).message}.`, {
      cause: error,
    });
  }
  const parsed = notebookSchema.safeParse(parseJson(text, path));
  if (!parsed.success) {
    throw new UsageError(`${path}: not a notebook of nbformat 4: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** Replaces the file in one step; an interrupted write leaves the old one. */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  const minor = Math.max(5, notebook.nbformat_minor); // cell ids came with 4.5
  const cells = notebook.cells.map((cell) => ({
    id: randomUUID().slice(0, 8),
    ...cell,
    source: splitLines(cell.source),
    ...(cell.outputs ? { outputs: cell.outputs.map(splitOutput) } : {}),
  }));
  await atomicWrite(path, `${JSON.stringify({ ...notebook, nbformat_minor: minor, cells }, undefined, 1)}\n`);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path}: not JSON (${(error as Error).message}).`, { cause: error });
  }
}

/** nbformat's way of keeping text readable in a diff: a list of lines with their ends. */
function splitLines(text: string): string[] {
  return text === "" ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
}

function splitOutput(output: Output): Output {
  const split: Output = { ...output };
  if (typeof split.text === "string") split.text = splitLines(split.text);
  if (typeof split.data === "object" && split.data !== null) {
    split.data = Object.fromEntries(
      Object.entries(split.data).map(([mime, value]) => [
        mime,
        typeof value === "string" && (mime.startsWith("text/") || mime === "image/svg+xml")
          ? splitLines(value)
          : value,
      ]),
    );
  }
  return split;
}
