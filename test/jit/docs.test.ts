// docs/ops.md is generated from the kernels and their test cases. Regenerate it with: node scripts/ops-table.mjs
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { repository } from "../architecture/source-files.js";
import { examplesOf, runExample } from "../docs/examples.js";
import { opsTable } from "./ops-table.js";

const path = join(repository, "docs", "ops.md");

it("docs/ops.md lists every kernel, its nodes and its tests", async () => {
  await tf.setBackend("cpu");
  const expected = opsTable();
  if (process.env.UPDATE_DOCS === "1") writeFileSync(path, expected);
  expect(existsSync(path) && readFileSync(path, "utf8")).toBe(expected);
});

it("no kernel of the table is untested", () => {
  expect(readFileSync(path, "utf8")).not.toMatch(/^\| \w+ \|[^|]*\| — /m);
});

it("the example of docs/jit.md runs in a plain Node program", () => {
  const [example = ""] = examplesOf("jit.md");
  const printed = runExample(`${example}\nconsole.log(d.dataSync()[0], engine, history.loss.length);`);
  expect(printed).toBe("5 onnxruntime-node 100\n");
});
