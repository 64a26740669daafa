// The README's figures are those that the benches have written.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withFigures } from "../../bench/readme-figures.mjs";
import { repository } from "./source-files.js";

const read = (path: string): string => readFileSync(join(repository, path), "utf8");

it("the README's figures are those of bench/RESULTS.md", () => {
  expect(read("README.md")).toBe(withFigures(read("README.md"), read("bench/RESULTS.md")));
});

it("a row that no bench writes any more is an error", () => {
  expect(() => withFigures(read("README.md"), "")).toThrow(/has no row/);
});
