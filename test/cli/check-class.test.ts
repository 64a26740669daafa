// `latent-lab check --class`: a class's notebooks, some of which are hostile. It takes minutes: `npm run test:course`.
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { latentLab, newFolder, start } from "./command.js";
import { cell, checks, claiming, classOf, name, open, solved } from "./course-notebook.js";
import { meetingPoint } from "./meeting-point.js";

describe("a class", () => {
  const all = `${checks.length}/${checks.length}`;
  const none = `0/${checks.length}`;

  it("is graded by running every check again; the hostile spoil nothing but their own grade", {
    timeout: 600_000,
  }, async () => {
    const fake = `const check = async (id: string) => { display({ ${JSON.stringify(
      "application/vnd.latent-lab.check+json",
    )}: { id, passed: true, proof: "guess" } }); };`;
    const forging = `
      const at = import.meta.resolve("latent-lab/course");
      for (const file of ["grading.js", "check.js", "verdict.js", "index.js", "exercises.js"]) {
        const module = await import(new URL(file, at).href).catch(() => ({}));
        for (const id of ${JSON.stringify(checks)}) {
          try { module.exercises[id].check = () => "yes"; } catch {}
          try { module.exercises[id] = { title: "", check: () => "yes" }; } catch {}
          display({ ${JSON.stringify(
            "application/vnd.latent-lab.check+json",
          )}: { id, passed: true, proof: module.proofOf?.(id).proof ?? module.words?.[id] ?? "" } });
        }
      }`;
    const hasSignals = process.platform !== "win32";
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
      "jon, whose cell fails": [
        { cell_type: "markdown", source: "Mine", metadata: {} },
        cell("throw new Error('\\u001b[2Atypo\\nand more')"),
        ...solved.cells,
      ],
      "kim, who grades herself": [
        cell(`import { beginGrading } from "latent-lab/course"; beginGrading({ "${checks[0]}": "x" });`),
        ...open.cells,
      ],
      "lea, who removed the checks": solved.cells.filter(
        ({ metadata }) => metadata.latent_lab?.check === undefined,
      ),
      "max, who brings a package of that name": open.cells,
      "nina, who looks for the words": [cell(forging), ...open.cells],
      "olga, who locks her folder": [...solved.cells, cell('(await import("node:fs")).chmodSync(".", 0)')],
      "pia, who stops the process": [
        ...solved.cells,
        cell('process.kill(process.pid, "SIGSTOP")'),
        cell("1"),
      ],
      "quin, who shows without end": [...solved.cells, cell('while (true) display.html("x".repeat(1e6));')],
      "tess, who has an old system": open.cells,
    });
    await mkdir(join(folder, "sam, who handed in nothing"));
    const ofTess = join(folder, "tess, who has an old system");
    await rename(join(ofTess, name), join(ofTess, name.toUpperCase()));
    const ofMax = join(folder, "max, who brings a package of that name");
    const ofThatName = { name: "latent-lab", type: "module", exports: { "./course": "./fake.js" } };
    await writeFile(join(ofMax, "package.json"), JSON.stringify(ofThatName));
    await writeFile(
      join(ofMax, "fake.js"),
      `let words = {};
      export const beginGrading = (given) => { words = given; };
      export const check = async (id) => globalThis[Symbol.for("latent-lab.notebook")].display({
        "application/vnd.latent-lab.check+json": { id, passed: true, proof: words[id] ?? "" },
      });`,
    );
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
      ...{ hugo: none, ida: "-", jon: all, kim: none, lea: all, max: none, nina: none, olga: all, pia: all },
      ...{ quin: all, sam: "-", tess: none },
    });
    expect(stdout).toMatch(/^! carl.*: its file says passed, the check does not: /m);
    expect(stdout).toMatch(/^! emil.*: cell 1: CellStopped: the cell ran for more than \d+ s\./m);
    expect(stdout).toMatch(/^! gina.*: ended after 1 of /m);
    expect(stdout).toMatch(/^! hugo.*: ended after 1 of /m);
    expect(stdout).toMatch(/^! .*ida.*ipynb: is not a notebook/m);
    expect(stdout).toMatch(/^! jon.*: cell 2: Error: typo$/m);
    if (hasSignals) expect(stdout).toMatch(/^! pia.*: ended after \d+ of /m);
    if (hasSignals && process.getuid?.() !== 0)
      expect(stdout).toMatch(/^! olga.*: its copy .* cannot be removed/m);
    expect(stdout).not.toMatch(/^! (nina|tess).*: cell /m); // they did all that they meant to
    expect(stdout).toMatch(/^! quin.*: the notebook's outputs are too large/m);
    expect(stdout).toMatch(/^! .*sam.*: holds no notebook$/m);
    expect(stdout).not.toContain("\u001b");
    const rows = (await readFile(csv, "utf8")).trim().split("\n");
    expect(rows).toHaveLength(1 + 20);
    expect(rows.find((row) => row.includes("cmd"))).toMatch(/^"'=cmd\(\)","/); // no formula for a spreadsheet
    expect(rows.find((row) => row.includes("sam"))).toMatch(/^"sam,.*,"holds no notebook"$/);
  });

  it("may also be single files, named after the learners; what is no notebook of the course is said", async () => {
    const folder = await newFolder();
    const looking = cell('if ((await import("node:fs")).existsSync("keys.txt")) throw new Error("seen");');
    await writeFile(
      join(folder, "mia.ipynb"),
      JSON.stringify({ ...open, cells: [looking, ...solved.cells] }),
    );
    await writeFile(join(folder, "keys.txt"), "of another learner");
    await writeFile(join(folder, "other.ipynb"), JSON.stringify({ ...open, cells: [cell("1")] }));
    await writeFile(join(folder, "zoe.zip"), "PK");
    const { stdout } = await latentLab(["check", "--class", folder], folder);
    expect(stdout).toMatch(new RegExp(`^mia +${all}$`, "m"));
    expect(stdout).toMatch(/other\.ipynb: has no exercise of the course/);
    expect(stdout).toMatch(/^zoe +-$/m);
    expect(stdout).toMatch(/zoe\.zip: is an archive\. Unpack it$/m);
    expect((await readdir(folder)).sort()).toEqual(["keys.txt", "mia.ipynb", "other.ipynb", "zoe.zip"]);
    expect(stdout).not.toContain("seen");
  });

  it("keeps every learner's row when a notebook cannot even be begun", async () => {
    const folder = await classOf({ anna: solved.cells, ben: solved.cells });
    const nowhere = join(folder, "no such folder");
    const env = { TMPDIR: nowhere, TEMP: nowhere, TMP: nowhere };
    const { status, stdout } = await latentLab(["check", "--class", folder], folder, env);
    expect([status, stdout]).toEqual([0, expect.stringMatching(new RegExp(`^ben +${none}$`, "m"))]);
    expect(stdout).toMatch(/^! anna, .*: ENOENT: /m);
  });

  it.skipIf(process.platform === "win32")("that is stopped shows and writes what is graded", async () => {
    const point = await meetingPoint();
    const folder = await classOf({ anna: open.cells, ben: [cell(point.joinForEver)], cem: open.cells });
    const csv = join(await newFolder(), "grades.csv");
    const run = start(["check", "--class", folder, "--csv", csv, "--jobs", "1"], folder);
    const kernel = await point.arrival();
    run.signal("SIGINT");
    const { status, stdout } = await run.finished;
    expect([status, stdout]).toEqual([1, expect.stringMatching(new RegExp(`^anna +${none}$`, "m"))]);
    expect(stdout).toContain("Stopped by a signal: 2 of 3 notebooks are not graded.");
    expect((await readFile(csv, "utf8")).trim().split("\n")).toHaveLength(1 + 1);
    await kernel.gone;
    point.close();
  });

  it("that is no folder is a clear error", async () => {
    const { status, stderr } = await latentLab(["check", "--class", "/nowhere"], await newFolder());
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        /check: expected a folder of notebooks; got \/nowhere \(ENOENT\)\. Name the class's folder\./,
      ),
    ]);
  });
});
