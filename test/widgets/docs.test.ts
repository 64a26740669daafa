// docs/widgets.md names what there is, and nothing else.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as widgets from "../../src/widgets/index.js";

const page = readFileSync(new URL("../../docs/widgets.md", import.meta.url), "utf8");
const table = /## Each widget\n([\s\S]*?)\n## /.exec(page)?.[1] ?? "";

it("the table has each exported function", () => {
  const named = table
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => [...(line.split(" | ")[0] ?? "").matchAll(/`(\w+)\(/g)].map(([, name]) => name));
  expect(named.sort()).toEqual(Object.keys(widgets).sort());
});

it("each option that the table names is one that the function takes", () => {
  const sources = ["sliders", "choices", "entries", "button", "image"]
    .map((file) => readFileSync(new URL(`../../src/widgets/${file}.ts`, import.meta.url), "utf8"))
    .join("\n");
  const widget = readFileSync(new URL("../../src/widgets/widget.ts", import.meta.url), "utf8");
  for (const [, options = ""] of table.matchAll(/\w+\(\{ ([\w, ]+) \}\)/g))
    for (const option of options.split(", "))
      expect(sources + widget).toMatch(new RegExp(`^  ${option}\\??: `, "m"));
});
