// `latent-lab run` on small notebooks: what it prints, writes and returns.
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import { optionalTool } from "../optional-tool.js";
import { code, latentLab, newFolder, readCells, writeNotebook } from "./command.js";
import { meetingPoint } from "./meeting-point.js";

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});
const path = (name: string) => join(folder, name);

it("a cell that opens a comm with a state that is none ends nothing but itself", async () => {
  const open = 'globalThis[Symbol.for("latent-lab.notebook")].interactive.openComm';
  await writeNotebook(path("odd.ipynb"), [
    code(
      `${open}("jupyter.widget", { state: null } as never); ${open}("jupyter.widget", { buffer_paths: null } as never);`,
    ),
    code("1 + 1"),
  ]);
  const { status, stdout } = await latentLab(["run", "odd.ipynb"], folder);
  expect(stdout).toContain("2 of 2 cells");
  expect(status).toBe(0);
});

describe("a notebook that runs to its end", () => {
  it("exits with 0, says how many cells ran, and writes nothing", async () => {
    const file = await writeNotebook(path("good one.ipynb"), [code("const a = 1;"), code("a + 1")]);
    const before = await readFile(file);
    const { status, stdout, stderr } = await latentLab(["run", "good one.ipynb"], folder);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^✓ good one\.ipynb: 2 of 2 cells in [\d.]+ s(, at most \d+ MB)?\n$/);
    expect(await readFile(file)).toEqual(before);
  });

  it("is written by --in-place, with outputs and counts, and nothing is left beside it", async () => {
    const file = await writeNotebook(path("a.ipynb"), [
      { cell_type: "markdown", metadata: {}, source: ["# Title\n", "text"] },
      code("const a = 20;"),
      code("a + 1"),
    ]);
    expect((await latentLab(["run", file, "--in-place"], folder)).status).toBe(0);
    const cells = await readCells(file);
    expect(cells.map(({ execution_count }) => execution_count)).toEqual([undefined, 1, 2]);
    expect(cells[0]?.source).toEqual(["# Title\n", "text"]);
    expect(cells[2]?.outputs).toEqual([
      { output_type: "execute_result", execution_count: 2, metadata: {}, data: { "text/plain": ["21"] } },
    ]);
    expect((await readdir(folder)).filter((name) => /ipynb/.test(name))).toEqual(["a.ipynb"]);
  });

  it("is written by --out into a folder that it makes, and the source stays as it was", async () => {
    const file = await writeNotebook(path("a.ipynb"), [code("1 + 1")]);
    const before = await readFile(file);
    expect((await latentLab(["run", file, "--out", "deep/er folder"], folder)).status).toBe(0);
    expect((await readCells(path("deep/er folder/a.ipynb")))[0]?.execution_count).toBe(1);
    expect(await readFile(file)).toEqual(before);
  });

  it("is not written over by --out, which would be --in-place", async () => {
    await writeNotebook(path("a.ipynb"), [code("1 + 1")]);
    const { status, stderr } = await latentLab(["run", "a.ipynb", "--out", "."], folder);
    expect([status, stderr]).toEqual([1, expect.stringContaining("--in-place")]);
    expect((await readCells(path("a.ipynb")))[0]?.execution_count).toBeNull();
  });

  it("runs in its own folder, wherever the command was called", async () => {
    await mkdir(path("sub"));
    const cell = code('import { readFileSync } from "node:fs"; console.log(readFileSync("x.txt", "utf8"))');
    await writeFile(path("sub/x.txt"), "here");
    await writeNotebook(path("sub/a.ipynb"), [cell]);
    expect((await latentLab(["run", "sub/a.ipynb", "--in-place"], folder)).status).toBe(0);
    expect((await readCells(path("sub/a.ipynb")))[0]?.outputs?.[0]?.text).toEqual(["here\n"]);
  });

  it("may be empty", async () => {
    await writeNotebook(path("a.ipynb"), []);
    expect(await latentLab(["run", "a.ipynb"], folder)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("0 of 0 cells"),
    });
  });
});

describe("a cell that fails", () => {
  const cells = [code('console.log("one")'), code('const x = 1;\nthrow new Error("no good");'), code("2")];

  it("ends the run with status 1 and is shown with its source, its line and its error", async () => {
    await writeNotebook(path("a.ipynb"), cells);
    const { status, stdout } = await latentLab(["run", "a.ipynb"], folder);
    expect(status).toBe(1);
    expect(stdout).toMatch(/✗ a\.ipynb: 2 of 3 cells/);
    expect(stdout).toContain("cell 2 failed");
    expect(stdout).toContain('throw new Error("no good");');
    expect(stdout).toContain("Error: no good");
  });

  it("is in the written notebook; outputs of the cells after it are gone", async () => {
    const stale = { output_type: "stream", name: "stdout", text: ["old\n"] };
    const after = { ...code("2"), outputs: [stale], execution_count: 9 };
    await writeNotebook(path("a.ipynb"), [...cells.slice(0, 2), after]);
    expect((await latentLab(["run", "a.ipynb", "--in-place"], folder)).status).toBe(1);
    const written = await readCells(path("a.ipynb"));
    expect(written[1]?.outputs?.[0]).toMatchObject({
      output_type: "error",
      ename: "Error",
      evalue: "no good",
    });
    expect(written[2]).toMatchObject({ outputs: [], execution_count: null });
  });

  it("fails the run also when its error comes from a timer, while a later cell runs", async () => {
    const timer = "setTimeout(() => { console.log('hi'); throw new Error('late'); }, 300); 0";
    await writeNotebook(path("a.ipynb"), [
      code(timer),
      code("await new Promise((go) => setTimeout(go, 1500)); 1"),
    ]);
    const { status, stdout } = await latentLab(["run", "a.ipynb", "--in-place"], folder);
    expect(status).toBe(1);
    expect(stdout).toContain("✗ a.ipynb: 2 of 2 cells");
    expect(stdout).toMatch(/cell 1 failed:\n {4}setTimeout[\s\S]*Error: late/);
    const [first] = await readCells(path("a.ipynb"));
    expect(first?.outputs?.slice(1)).toMatchObject([{ text: ["hi\n"] }, { ename: "Error", evalue: "late" }]);
  });

  it("does no harm where its tag raises-exception announces it", async () => {
    const [first, failing, last] = cells;
    const announced = { ...failing, metadata: { tags: ["raises-exception"] } };
    await writeNotebook(path("a.ipynb"), [first, announced, last]);
    expect((await latentLab(["run", "a.ipynb", "--in-place"], folder)).status).toBe(0);
    const written = await readCells(path("a.ipynb"));
    expect(written[1]?.outputs?.[0]).toMatchObject({ output_type: "error" });
    expect(written[2]?.execution_count).toBe(3);
  });

  it("is one that runs longer than --timeout", async () => {
    await writeNotebook(path("a.ipynb"), [code("1"), code("while (true) {}"), code("2")]);
    const { status, stdout } = await latentLab(["run", "a.ipynb", "--timeout", "0.5"], folder);
    expect(status).toBe(1);
    expect(stdout).toContain("cell 2 failed");
    expect(stdout).toContain("more than 0.5 s");
  });

  it("is one that ends the kernel", async () => {
    await writeNotebook(path("a.ipynb"), [
      code('process.kill(process.pid, "SIGKILL"); await new Promise(() => {})'),
    ]);
    const { status, stdout } = await latentLab(["run", "a.ipynb"], folder);
    expect(status).toBe(1);
    expect(stdout).toMatch(/cell 1 failed[\s\S]*SIGKILL/);
  });
});

describe("what cannot be run", () => {
  const refused: [what: string, text: string | undefined, message: RegExp][] = [
    ["a file that is not there", undefined, /there is no such file/],
    ["a file that is not JSON", "# Title", /JSON/],
    ["JSON that is no notebook", "[1, 2]", /notebook/],
    ["a notebook of format 3", '{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}', /4/],
  ];

  it.each(refused)(
    "%s: a line says so, the status is 1, and the others run",
    async (_what, text, message) => {
      if (text !== undefined) await writeFile(path("bad.ipynb"), text);
      await writeNotebook(path("good.ipynb"), [code("1")]);
      const { status, stdout, stderr } = await latentLab(["run", "bad.ipynb", "good.ipynb"], folder);
      expect(status).toBe(1);
      expect(stdout + stderr).toMatch(message);
      expect(stdout + stderr).toContain("bad.ipynb");
      expect(stdout + stderr).not.toMatch(/^ {4}at /m);
      expect(stdout).toContain("✓ good.ipynb");
    },
  );

  it("a kernel that is not installed is named, with those that are", async () => {
    await writeNotebook(path("a.ipynb"), [code("1")], { kernelspec: { name: "no-such", display_name: "x" } });
    const { status, stdout, stderr } = await latentLab(["run", "a.ipynb"], folder);
    expect(status).toBe(1);
    expect(stdout + stderr).toMatch(/latent-lab.*no-such/);
    expect((await latentLab(["run", "a.ipynb", "--kernel", "latent-lab"], folder)).status).toBe(0);
  });

  it.each([
    ["--out and --in-place together", ["a.ipynb", "--in-place", "--out", "out"], /--out or --in-place/],
    ["two notebooks of one name for --out", ["a.ipynb", "sub/a.ipynb", "--out", "out"], /same name/],
    ["a file as --out", ["a.ipynb", "--out", "a.ipynb"], /--out/],
    ["a timeout longer than timers go", ["a.ipynb", "--timeout", "3000000"], /2147483/],
  ])("%s is refused before anything runs", async (_what, args, message) => {
    const file = await writeNotebook(path("a.ipynb"), [code("1")]);
    const before = await readFile(file);
    const { status, stdout, stderr } = await latentLab(["run", ...args], folder);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(await readFile(file)).toEqual(before);
  });
});

it("--jobs 2 runs two notebooks at the same time", async () => {
  const point = await meetingPoint();
  const meet = code(point.join);
  for (const name of ["a", "b"]) await writeNotebook(path(`${name}.ipynb`), [meet, code('"met"')]);
  const running = latentLab(["run", "a.ipynb", "b.ipynb", "--jobs", "2"], folder);
  const [first, second] = [await point.arrival(), await point.arrival()]; // neither waits for the other to end
  first.release();
  second.release();
  const { status, stdout } = await running;
  expect(status).toBe(0);
  expect(stdout).toContain("✓ a.ipynb");
  expect(stdout).toContain("✓ b.ipynb");
  point.close();
});

const python = optionalTool("/usr/bin/python3", ["-c", "import nbformat"], "python3-nbclient");

it.skipIf(python.missing)(`nbformat finds the written notebook valid ${python.reason}`, async () => {
  const source = [
    'console.log("out"); console.error("err");',
    'const host = globalThis[Symbol.for("latent-lab.notebook")];',
    'host.display({ "text/plain": "plain", "text/html": "<b>bold</b>", "application/json": { a: 1 } });',
    "[1, 2, 3]",
  ].join("\n");
  await writeNotebook(path("a.ipynb"), [code(source), code("nothing.at.all", ["raises-exception"])]);
  expect((await latentLab(["run", "a.ipynb", "--in-place"], folder)).status).toBe(0);
  const check = "import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], as_version=4))";
  await promisify(execFile)(python.path, ["-W", "error", "-c", check, path("a.ipynb")]);
});
