// Where an auto-import goes.
import { expect, it } from "vitest";
import { importInsertion } from "../../src/lab/frontend/completion/insert-import.js";

const statement = 'import { pca } from "latent-lab/analysis";';
const written = (source: string) => {
  const insertion = importInsertion(source, statement);
  if (insertion === undefined) return undefined;
  return source.slice(0, insertion.offset) + insertion.text + source.slice(insertion.offset);
};

it("an import goes to the top of its cell, below magics", () => {
  expect(written("pca")).toBe(`${statement}\npca`);
  expect(written("%time\n%npm install x\nlet a = 1;\npca")).toBe(
    `%time\n%npm install x\n${statement}\nlet a = 1;\npca`,
  );
});

it("an import that is there is not written again, with or without its semicolon", () => {
  expect(written(`  ${statement.slice(0, -1)}\npca`)).toBeUndefined();
  expect(written(`let a = 1;\n${statement}\npca`)).toBeUndefined();
});
