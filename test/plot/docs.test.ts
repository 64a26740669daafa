// The examples of docs/analysis.md and docs/plot.md run in a plain Node program, and their tables name what there is.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as analysis from "../../src/analysis/index.js";
import * as plot from "../../src/plot/index.js";
import { repository } from "../architecture/source-files.js";
import { examplesOf, runExample } from "../docs/examples.js";

describe.each([
  ["analysis", analysis],
  ["plot", plot],
] as const)("docs/%s.md", (name, exported) => {
  const page = readFileSync(join(repository, "docs", `${name}.md`), "utf8");

  it("has examples that run, one after the other", () => {
    const printed = runExample(
      [`import "latent-lab/${name}";`, ...examplesOf(`${name}.md`), 'console.log("the end");'].join("\n"),
    );
    expect(printed).toMatch(/the end\n/);
  });

  it("names every exported function in its table, and nothing else", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    const named = rows.flatMap((line) =>
      [...(line.split(" | ")[0] ?? "").matchAll(/`(\w+)\(/g)].map(([, each]) => each),
    );
    const functions = Object.entries(exported).filter(([, value]) => typeof value === "function");
    expect(named.sort()).toEqual(functions.map(([each]) => each).sort());
  });
});
