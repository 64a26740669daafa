// The Course panel's resource: each notebook's state from the learner's own file, and reset, which loses nothing.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NotebookProgress } from "../../src/course/index.js";
import { type LabUnderTest, startTestLab } from "./lab-under-test.js";

let lab: LabUnderTest;
let shipped: string;
/** The learner's workspace. */
let folder: string;

interface Change {
  source?: string;
  count?: number;
  /** Checks that have run, with their results. */
  checks?: [id: string, passed: boolean][];
}

/** A lesson with two exercises, `a` and `b`. */
function lesson(title: string, { source = "", count, checks = [] }: Change = {}): string {
  const code = (id: string, extra: object) => ({
    ...{ cell_type: "code", id, execution_count: count ?? null, source, outputs: [] },
    ...{ metadata: { latent_lab: { check: id } }, ...extra },
  });
  const outputs = checks.map(([id, passed]) => ({
    output_type: "display_data",
    metadata: {},
    data: { "application/vnd.latent-lab.check+json": { id, passed }, "text/plain": "" },
  }));
  const heading = { cell_type: "markdown", id: "title", metadata: {}, source: `# ${title}\n\ntext` };
  const cells = [heading, code("a", {}), code("b", { outputs })];
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
}

beforeEach(async () => {
  const base = await startTestLab();
  folder = base.root;
  shipped = join(base.outside, "course");
  await mkdir(shipped);
  for (const name of ["00-start", "01-next", "02-last"])
    await writeFile(join(shipped, `${name}.ipynb`), lesson(name));
  await base.close();
  lab = await startTestLab({ root: folder, stateDir: base.stateDir, courseFolder: shipped });
});

afterEach(async () => {
  await lab.dispose();
  await rm(dirname(folder), { recursive: true, force: true });
});

const own = (name: string, text: string) => writeFile(join(folder, `${name}.ipynb`), text);
const course = async () =>
  (await lab.api("/lab/api/course")).json<{ notebooks: NotebookProgress[] }>().notebooks;
const states = async () => (await course()).map(({ state }) => state);
const reset = (name: string) => lab.api(`/lab/api/course/${name}/reset`, { method: "POST" });

describe("the course", () => {
  it("is in order, with titles, and with states from the learner's files", async () => {
    await own(
      "00-start",
      lesson("mine", {
        count: 1,
        checks: [
          ["a", true],
          ["b", true],
        ],
      }),
    );
    await own(
      "01-next",
      lesson("01-next", {
        count: 1,
        checks: [
          ["a", true],
          ["b", false],
        ],
      }),
    );
    await own("02-last", lesson("02-last"));
    expect(await course()).toMatchObject([
      { name: "00-start.ipynb", title: "00-start", state: "passed", exercises: { passed: 2, total: 2 } },
      {
        name: "01-next.ipynb",
        title: "01-next",
        state: "in progress",
        exercises: { passed: 1, total: 2 },
        open: [{ id: "b", title: "" }],
      },
      { name: "02-last.ipynb", title: "02-last", state: "not started", exercises: { passed: 0, total: 2 } },
    ]);
  });

  it("counts a notebook as begun when it was written in or run, not when it was opened and saved", async () => {
    await own("00-start", JSON.stringify(JSON.parse(lesson("00-start")), undefined, 1));
    await own("01-next", lesson("01-next", { source: "let mine = 1" }));
    await own("02-last", lesson("02-last", { count: 3 }));
    expect(await states()).toEqual(["not started", "in progress", "in progress"]);
  });

  it("lives with files that are missing or broken, and is empty in a folder that is no workspace", async () => {
    expect(await course()).toEqual([]);
    await own("00-start", "{");
    expect(await states()).toEqual(["unreadable", "missing", "missing"]);
  });
});

describe("reset", () => {
  it("puts the original back and keeps each of the learner's versions", async () => {
    const [first, second] = [lesson("x", { source: "first" }), lesson("x", { source: "second" })];
    await own("00-start", first);
    expect((await reset("00-start.ipynb")).json()).toEqual({ copy: "00-start-mine.ipynb" });
    await own("00-start", second);
    expect((await reset("00-start.ipynb")).json()).toEqual({ copy: "00-start-mine2.ipynb" });
    const text = (name: string) => readFile(join(folder, name), "utf8");
    expect(await text("00-start.ipynb")).toBe(lesson("00-start"));
    expect([await text("00-start-mine.ipynb"), await text("00-start-mine2.ipynb")]).toEqual([first, second]);
    expect(await states()).toEqual(["not started", "missing", "missing"]);
  });

  it("brings a deleted notebook back, and makes no copy of what is the original", async () => {
    expect((await reset("00-start.ipynb")).json()).toEqual({ copy: null });
    expect((await reset("00-start.ipynb")).json()).toEqual({ copy: null });
    expect(await readdir(folder)).toEqual(["00-start.ipynb"]);
  });

  it("touches nothing but the course's notebooks", async () => {
    await own("mine", "text");
    for (const name of ["mine.ipynb", "..%2Foutside%2Fsecret.txt", "none"])
      expect((await reset(name)).status).toBe(404);
    expect(await readFile(join(folder, "mine.ipynb"), "utf8")).toBe("text");
  });
});
