// Adds up what `.ci/run` did: `node scripts/ci-summary.mjs FOLDER STEP=STATUS…`. FOLDER holds Vitest's JSON report
// of each step that ran tests, as STEP.json; any other step counts as one failure if its status is not 0. The last
// line is exactly «N passed, N failed, N skipped», and the exit status is not 0 if anything failed.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Titles of tests that may be skipped in CI. Any other skip is a failure: CI installs what the tests need. */
const maySkip = [
  /\(skipped: needs a GPU\)/,
  /\(skipped: only on (Windows|macOS)\)/,
  /\(skipped: npm has no newer Node for this system\)/,
];
/** Steps that must leave a report. */
const withReport = new Set(["test", "hostile", "course", "package", "compat", "browser", "webgpu", "newest"]);

const [folder = "", ...outcomes] = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };

function fail(what) {
  counts.failed++;
  console.log(`FAILED  ${what}`);
}

/** Counts a report's tests. @returns how many failed */
function countReport(step, { testResults }) {
  const before = counts.failed;
  for (const { name, status, message, assertionResults } of testResults) {
    for (const test of assertionResults) countTest(step, test);
    const shown = assertionResults.some((test) => test.status === "failed");
    // A file that could not be loaded, or whose hook failed.
    if (status === "failed" && !shown) fail(`${step}: ${name}: ${(message ?? "").split("\n")[0]}`);
  }
  return counts.failed - before;
}

function countTest(step, { status, fullName }) {
  const title = `${step}: ${fullName}`;
  if (status === "passed") counts.passed++;
  else if (status === "failed") fail(title);
  else if (maySkip.some((allowed) => allowed.test(fullName))) {
    counts.skipped++;
    console.log(`skipped ${title}`);
  } else fail(`${title}: skipped, which CI does not allow`);
}

console.log("\n=== Summary");
for (const outcome of outcomes) {
  const [step = "", status] = outcome.split("=");
  const report = join(folder, `${step}.json`);
  const reported = existsSync(report)
    ? countReport(step, JSON.parse(readFileSync(report, "utf8")))
    : undefined;
  if (reported === undefined && withReport.has(step))
    fail(`${step}: no report of its tests (exit status ${status})`);
  else if (status !== "0" && !reported) fail(`${step}: exit status ${status}`);
}
if (outcomes.length === 0 || readdirSync(folder).length === 0) fail("nothing ran");
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;
