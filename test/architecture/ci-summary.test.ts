// The summary that decides whether CI is green, on made-up reports.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repository } from "./source-files.js";

type Reports = Record<string, { status: string; fullName: string }[] | "broken file">;

/** Runs the script. @returns its last line and exit status, and all that it printed */
function summary(reports: Reports, outcomes: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "ci-summary-"));
  for (const [step, tests] of Object.entries(reports)) {
    const broken = tests === "broken file";
    const failed = broken || tests.some(({ status }) => status === "failed");
    const result = {
      name: "some.test.ts",
      status: failed ? "failed" : "passed",
      message: broken ? "SyntaxError: x" : "",
      assertionResults: broken ? [] : tests,
    };
    writeFileSync(join(folder, `${step}.json`), JSON.stringify({ testResults: [result] }));
  }
  const script = join(repository, "scripts", "ci-summary.mjs");
  const { status, stdout } = spawnSync(process.execPath, [script, folder, ...outcomes], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return { status, stdout, last: stdout.trimEnd().split("\n").at(-1) };
}

const passed = { status: "passed", fullName: "adds" };
const gpu = { status: "skipped", fullName: "trains (skipped: needs a GPU)" };

it("adds the tests of all reports up", () => {
  const result = summary({ test: [passed, passed], package: [passed, gpu] }, [
    "lint=0",
    "test=0",
    "package=0",
  ]);
  expect(result).toMatchObject({ status: 0, last: "3 passed, 0 failed, 1 skipped" });
});

it("names a failed test, and counts it once though its step failed too", () => {
  const result = summary({ test: [passed, { status: "failed", fullName: "subtracts" }] }, ["test=1"]);
  expect(result).toMatchObject({ status: 1, last: "1 passed, 1 failed, 0 skipped" });
  expect(result.stdout).toContain("FAILED  test: subtracts");
});

it("counts a step without tests that fails, and a test step that fails apart from its tests", () => {
  const result = summary({ test: [passed] }, ["lint=1", "typecheck=124", "test=1"]);
  expect(result).toMatchObject({ status: 1, last: "1 passed, 3 failed, 0 skipped" });
});

const steps = readFileSync(join(repository, ".ci", "run"), "utf8").matchAll(/^\s*tests (\w+)/gm);

it.each([...steps].map(([, step = ""]) => step))(
  "counts it if the step %s left no report of its tests, whatever its status",
  (step) => {
    expect(summary({ other: [passed] }, ["other=0", `${step}=0`]).last).toBe("1 passed, 1 failed, 0 skipped");
  },
);

it("counts a test file that could not be loaded", () => {
  expect(summary({ test: "broken file" }, ["test=1"]).last).toBe("0 passed, 1 failed, 0 skipped");
});

it.each(["skipped", "pending", "todo"])(
  "does not allow a test that is %s for a reason not on its list",
  (status) => {
    const result = summary({ test: [passed, { status, fullName: "draws" }] }, ["test=0"]);
    expect(result).toMatchObject({ status: 1, last: "1 passed, 1 failed, 0 skipped" });
    expect(result.stdout).toContain("draws: skipped, which CI does not allow");
  },
);

it("is not satisfied by nothing", () => {
  expect(summary({}, [])).toMatchObject({ status: 1, last: "0 passed, 1 failed, 0 skipped" });
});
