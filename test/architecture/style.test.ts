// What of the style guide can be counted: the length of files, and `any`.
import { parseSync, Visitor } from "oxc-parser";
import { expect, it } from "vitest";
import { typeScriptFiles } from "./source-files.js";

const longest = 400;

/** Lines that a text has, its last line break apart. */
function lineCount(text: string): number {
  return text.replace(/\n$/, "").split("\n").length;
}

/** How often a file says `any` as a type. */
function anyCount(path: string, text: string): number {
  let count = 0;
  new Visitor({
    TSAnyKeyword: () => {
      count++;
    },
  }).visit(parseSync(path, text).program);
  return count;
}

for (const folder of ["src", "test"]) {
  const files = [...typeScriptFiles(folder)];

  it(`no file of ${folder}/ has more than ${longest} lines`, () => {
    expect(files.filter(([, text]) => lineCount(text) > longest).map(([path]) => path)).toEqual([]);
  });

  it(`no file of ${folder}/ says any`, () => {
    expect(files.filter(([path, text]) => anyCount(path, text) > 0).map(([path]) => path)).toEqual([]);
  });
}

it("the counts see what they look for", () => {
  expect(lineCount("a\n".repeat(401))).toBe(401);
  expect(anyCount("a.ts", "let a: any; const b = a as any; function f<T = any>(x: T[]): void {}")).toBe(3);
  expect(anyCount("a.ts", 'const any = "any"; // any')).toBe(0);
});
