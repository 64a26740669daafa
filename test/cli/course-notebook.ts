// Notebook 00 of the course as learners may hand it in, for the tests of `latent-lab check`.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { newFolder } from "./command.js";

const course = fileURLToPath(new URL("../../notebooks/", import.meta.url));
export const name = (await readdir(course)).find((each) => each.startsWith("00-")) ?? "";

export interface Cell {
  cell_type: string;
  id?: string;
  source: string | string[];
  metadata: { latent_lab?: { check?: string } };
  outputs?: object[];
  execution_count?: number | null;
}
export interface Book {
  cells: Cell[];
}

export const read = async (folder: string): Promise<Book> =>
  JSON.parse(await readFile(join(folder, name), "utf8"));
export const open = await read(course);
export const solved = await read(join(course, "solutions"));
export const checks = open.cells.flatMap(({ metadata }) => metadata.latent_lab?.check ?? []);
export const cell = (source: string): Cell => ({
  ...{ cell_type: "code", id: `x${Math.random().toString(36).slice(2)}`, metadata: {} },
  ...{ source, outputs: [], execution_count: null },
});
export const verdict = (id: string) => ({
  ...{ output_type: "display_data", metadata: {} },
  data: { "application/vnd.latent-lab.check+json": { id, passed: true }, "text/plain": `✓ ${id} passed.` },
});
/** The notebook with outputs that say that all is passed. */
export const claiming = ({ cells }: Book): Cell[] =>
  cells.map((each) => {
    const id = each.metadata.latent_lab?.check;
    return id === undefined ? each : { ...each, outputs: [verdict(id)] };
  });

/** Writes a class: each learner's cells, or text as it is. */
export async function classOf(learners: Record<string, Cell[] | string>): Promise<string> {
  const folder = await newFolder();
  for (const [learner, cells] of Object.entries(learners)) {
    await mkdir(join(folder, learner), { recursive: true });
    const text = typeof cells === "string" ? cells : JSON.stringify({ ...open, cells });
    await writeFile(join(folder, learner, name), text);
  }
  return folder;
}
