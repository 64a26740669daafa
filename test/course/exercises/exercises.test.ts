// Every exercise of the course, in the kernel, as a learner meets it: the stub does not pass; the solution and other
// right answers do; wrong ones do not, and are told why; nor does the solution with one slip of the pen. Reference
// values are those of test/golden/analysis.json.
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NotebookCell } from "../../../src/core/nbformat.js";
import { checkMimeType, learnerEdition, readNotebook } from "../../../src/course/index.js";
import { NotebookClient } from "../../kernel/notebook-client.js";
import type { ExerciseCases } from "./cases.js";
import { mutantsOf } from "./mutants.js";
import { cases00 } from "./nb-00.cases.js";
import { cases01 } from "./nb-01.cases.js";
import { cases02 } from "./nb-02.cases.js";
import { cases03 } from "./nb-03.cases.js";
import { cases04 } from "./nb-04.cases.js";
import { cases05 } from "./nb-05.cases.js";
import { cases06 } from "./nb-06.cases.js";
import { cases07 } from "./nb-07.cases.js";
import { cases08 } from "./nb-08.cases.js";
import { cases09 } from "./nb-09.cases.js";
import { cases10 } from "./nb-10.cases.js";
import { cases11 } from "./nb-11.cases.js";
import { cases12 } from "./nb-12.cases.js";
import { cases13 } from "./nb-13.cases.js";

const folder = fileURLToPath(new URL("../../../notebooks/", import.meta.url));
const solutions = `${folder}solutions/`;
const all = {
  "00": cases00,
  "01": cases01,
  "02": cases02,
  "03": cases03,
  "04": cases04,
  "05": cases05,
  "06": cases06,
  "07": cases07,
  "08": cases08,
  "09": cases09,
  "10": cases10,
  "11": cases11,
  "12": cases12,
  "13": cases13,
};
/** Slips tried in each solution, spread over it; the exercises whose check takes long get fewer. */
const slipsTried = 12;

for (const name of (await readdir(solutions)).sort()) {
  const number = name.slice(0, 2);
  const cases: Readonly<Record<string, ExerciseCases>> = all[number as keyof typeof all] ?? {};
  const solved = await readNotebook(`${solutions}${name}`);
  const checks = solved.cells.filter((cell) => checkIdOf(cell) !== undefined);
  it(`notebook ${number}: each of its exercises has cases`, () => {
    expect(checks.map(checkIdOf)).toEqual(Object.keys(cases));
  });
  if (checks.length > 0) describe(`notebook ${number}`, () => exercisesOf(solved.cells, cases));
}

function exercisesOf(cells: NotebookCell[], cases: Readonly<Record<string, ExerciseCases>>): void {
  let client: NotebookClient;
  const stubs = learnerEdition({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }).cells;
  beforeAll(async () => {
    client = await NotebookClient.start(folder);
    for (const { cell_type, source } of cells)
      if (cell_type === "code") expect(await client.run(source)).toMatchObject({ status: "ok" });
  }, 120_000);
  afterAll(() => client.kernel.shutdown());

  for (const [place, cell] of cells.entries()) {
    const id = checkIdOf(cell);
    const of = id === undefined ? undefined : cases[id];
    if (id === undefined || of === undefined) continue;
    const at = cells.slice(0, place).findLastIndex(({ cell_type }) => cell_type === "code");
    const [solution, stub] = [cells[at]?.source ?? "", stubs[at]?.source ?? ""];

    /** What the check says of a code in the exercise's cell, which starts from the stub. */
    const verdictOn = async (code: string): Promise<{ passed: boolean; text: string }> => {
      await client.run(stub);
      const own = await client.run(code);
      const { status, data, error } = await client.run(cell.source);
      expect(`${status} ${error?.evalue ?? ""}`).toBe("ok "); // a check never fails its cell
      const bundle = data.find((each) => checkMimeType in each) ?? {};
      const { passed } = bundle[checkMimeType] as { passed: boolean };
      return {
        passed: passed && own.status === "ok",
        text: `${bundle["text/plain"]} ${own.error?.evalue ?? ""}`,
      };
    };

    describe(id, () => {
      afterAll(() => client.run(solution)); // later exercises may use its names

      it("has a stub that runs and does not pass", async () => {
        expect(await client.run(stub)).toMatchObject({ status: "ok" });
        expect(await verdictOn(stub)).toMatchObject({ passed: false });
      });

      it("says so when the exercise's names do not exist", async () => {
        const unknown = cell.source.replace(/\(\) => .*\)/, "() => ({ x: neverDeclared }))");
        const { status, data } = await client.run(unknown);
        expect(status).toBe("ok");
        expect(data.map((each) => each["text/plain"]).join()).toContain("`neverDeclared` does not exist yet");
      });

      it("accepts the solution and other right answers", async () => {
        for (const code of [solution, ...of.right])
          expect(await verdictOn(code), code).toMatchObject({ passed: true });
        expect(of.right.length).toBeGreaterThanOrEqual(3);
      });

      it("does not accept wrong answers, and says what is wrong", async () => {
        for (const [code, hint] of of.wrong) {
          const { passed, text } = await verdictOn(code);
          expect({ code, passed, text }).toEqual({ code, passed: false, text: expect.stringMatching(hint) });
        }
        expect(of.wrong.length).toBeGreaterThanOrEqual(5);
      });

      it("does not accept the solution with a slip of the pen", async () => {
        const mutants = mutantsOf(solution).filter(
          ({ change }) => !of.harmless?.some((pattern) => pattern.test(change)),
        );
        const step = Math.max(1, mutants.length / slipsTried);
        const tried = Array.from(
          { length: Math.min(slipsTried, mutants.length) },
          (_, i) => mutants[Math.floor(i * step)],
        );
        const passed: string[] = [];
        for (const mutant of tried)
          if (mutant && (await verdictOn(mutant.code)).passed) passed.push(mutant.change);
        expect(passed).toEqual([]);
      });
    });
  }
}

function checkIdOf({ metadata }: NotebookCell): string | undefined {
  return (metadata.latent_lab as { check?: string } | undefined)?.check;
}
