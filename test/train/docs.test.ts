// The examples of docs/train.md, and its tables against what there is.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import * as train from "../../src/train/index.js";
import { repository } from "../architecture/source-files.js";
import { testExamples } from "../docs/examples.js";

testExamples(["train.md"], 6);

it("docs/train.md names every exported function", () => {
  const page = readFileSync(join(repository, "docs", "train.md"), "utf8");
  for (const [name, value] of Object.entries(train))
    if (typeof value === "function") expect(page).toContain(`${name}(`);
});
