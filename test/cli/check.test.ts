// `latent-lab check`: a learner's progress, and a class's notebooks, some of which are hostile.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { latentLab, newFolder } from "./command.js";

const course = fileURLToPath(new URL("../../notebooks/", import.meta.url));
const name = (await readdir(course)).find((each) => each.startsWith("00-")) ?? "";

interface Cell {
  cell_type: string;
  id?: string;
  source: string | string[];
  metadata: { latent_lab?: { check?: string } };
  outputs?: object[];
  execution_count?: number | null;
}
interface Book {
  cells: Cell[];
}

const read = async (folder: string): Promise<Book> => JSON.parse(await readFile(join(folder, name), "utf8"));
const open = await read(course);
const solved = await read(join(course, "solutions"));
const checks = open.cells.flatMap(({ metadata }) => metadata.latent_lab?.check ?? []);
const cell = (source: string): Cell => ({
  ...{ cell_type: "code", id: `x${Math.random().toString(36).slice(2)}`, metadata: {} },
  ...{ source, outputs: [], execution_count: null },
});
const verdict = (id: string) => ({
  ...{ output_type: "display_data", metadata: {} },
  data: { "application/vnd.latent-lab.check+json": { id, passed: true }, "text/plain": `✓ ${id} passed.` },
});
/** The notebook with outputs that say that all is passed. */
const claiming = ({ cells }: Book): Cell[] =>
  cells.map((each) => {
    const id = each.metadata.latent_lab?.check;
    return id === undefined ? each : { ...each, outputs: [verdict(id)] };
  });

/** Writes a class: each learner's cells, or text as it is. */
async function classOf(learners: Record<string, Cell[] | string>): Promise<string> {
  const folder = await newFolder();
  for (const [learner, cells] of Object.entries(learners)) {
    await mkdir(join(folder, learner), { recursive: true });
    const text = typeof cells === "string" ? cells : JSON.stringify({ ...open, cells });
    await writeFile(join(folder, learner, name), text);
  }
  return folder;
}

describe("progress", () => {
  it("is read from the learner's notebooks, with what to do next", async () => {
    const folder = await newFolder();
    const first = await latentLab(["check", "--folder", folder], folder);
    expect(first.stdout).toMatch(/There are no notebooks of the course in /);
    await writeFile(join(folder, name), JSON.stringify(open));
    const untouched = await latentLab(["check", "0", "--folder", folder], folder);
    expect(untouched.stdout).toMatch(
      new RegExp(`^00 · .* not started {2}.*${"○".repeat(checks.length)} {2}0 of ${checks.length}`, "m"),
    );
    expect(untouched.stdout).toMatch(/^Next: 00-start-here\.ipynb, exercise 00\.1/m);
    await writeFile(join(folder, name), JSON.stringify({ ...open, cells: claiming(open) }));
    const done = await latentLab(["check", "00", "--folder", folder], folder);
    expect(done.stdout).toMatch(/ passed .*●/);
    expect(done.stdout).toContain("All exercises are passed.");
  });

  it("of a notebook that does not exist is an error that names those that do", async () => {
    const folder = await newFolder();
    const { status, stderr } = await latentLab(["check", "77", "--folder", folder], folder);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/expected the number of a notebook \(00, .*\); got 77\./),
    ]);
  });
});

describe("a class", () => {
  const all = `${checks.length}/${checks.length}`;
  const none = `0/${checks.length}`;

  it("is graded by running every check again; the hostile spoil nothing but their own grade", {
    timeout: 300_000,
  }, async () => {
    const fake = `const check = async (id: string) => { display({ ${JSON.stringify(
      "application/vnd.latent-lab.check+json",
    )}: { id, passed: true, proof: "guess" } }); };`;
    const folder = await classOf({
      "anna, with all right": solved.cells,
      "ben, who did nothing": open.cells,
      "carl, who wrote outputs": claiming(open),
      "dora, who redefined check": [...open.cells, cell(fake)],
      "=cmd()": [cell(`${fake} setInterval(() => check("${checks[0]}"), 5);`), ...open.cells],
      "emil, who loops": [cell("while (true);"), ...solved.cells],
      "fred, who ends the process": [...solved.cells, cell("process.exit(0)")],
      "gina, who aborts": [cell("process.abort()"), ...solved.cells],
      "hugo, who fills the memory": [
        cell("const all = []; while (true) all.push(Buffer.alloc(1e7, 1));"),
        ...open.cells,
      ],
      "ida, whose file is cut": "{ not json",
      "jon, whose cell fails": [cell("throw new Error('typo')"), ...solved.cells],
      "kim, who grades herself": [
        cell(`import { beginGrading } from "latent-lab/course"; beginGrading({ "${checks[0]}": "x" });`),
        ...open.cells,
      ],
      "lea, who removed the checks": solved.cells.filter(
        ({ metadata }) => metadata.latent_lab?.check === undefined,
      ),
    });
    const csv = join(await newFolder(), "grades.csv");
    const args = [
      "check",
      "--class",
      folder,
      "--csv",
      csv,
      "--cell-timeout",
      "20",
      "--memory",
      "1200",
      "--jobs",
      "2",
    ];
    const { status, stdout, stderr } = await latentLab(args, folder);
    expect([status, stderr]).toEqual([0, ""]);
    const grade = (learner: string) =>
      stdout
        .split("\n")
        .find((line) => line.startsWith(learner))
        ?.split(/ {2,}/)[1];
    const grades = Object.fromEntries(
      (await readdir(folder)).map((learner) => [learner.split(",")[0], grade(learner)]),
    );
    expect(grades).toEqual({
      ...{ anna: all, ben: none, carl: none, dora: none, "=cmd()": none, emil: all, fred: all, gina: none },
      ...{ hugo: none, ida: undefined, jon: all, kim: none, lea: all },
    });
    expect(stdout).toMatch(/^! carl.*: its file says passed, the check does not: /m);
    expect(stdout).toMatch(/^! emil.*: cell 1: CellStopped: the cell ran for more than \d+ s\./m);
    expect(stdout).toMatch(/^! gina.*: ended after 1 of /m);
    expect(stdout).toMatch(/^! hugo.*: ended after 1 of /m);
    expect(stdout).toMatch(/^! .*ida.*ipynb is not a notebook/m);
    expect(stdout).toMatch(/^! jon.*: cell 1: Error: typo$/m);
    const rows = (await readFile(csv, "utf8")).trim().split("\n");
    expect(rows).toHaveLength(1 + 12);
    expect(rows.find((row) => row.includes("cmd"))).toMatch(/^"?'=cmd\(\)/); // no formula for a spreadsheet
  });

  it("may also be single files, named after the learners; what is no notebook of the course is said", async () => {
    const folder = await newFolder();
    await writeFile(join(folder, "mia.ipynb"), JSON.stringify({ ...open, cells: solved.cells }));
    await writeFile(join(folder, "other.ipynb"), JSON.stringify({ ...open, cells: [cell("1")] }));
    const { stdout } = await latentLab(["check", "--class", folder], folder);
    expect(stdout).toMatch(new RegExp(`^mia +${all}$`, "m"));
    expect(stdout).toMatch(/other\.ipynb: has no exercise of the course/);
    expect((await readdir(folder)).sort()).toEqual(["mia.ipynb", "other.ipynb"]);
  });

  it("that is no folder is a clear error", async () => {
    const { status, stderr } = await latentLab(["check", "--class", "/nowhere"], await newFolder());
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/check: expected a folder of notebooks; got \/nowhere/),
    ]);
  });
});
