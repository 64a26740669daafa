// Every example of a page of docs/ compiles, and runs in a program of its own, as a reader would run it. Called by the tests of
// the folders that the pages are about.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "oxc-transform";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { repository } from "../architecture/source-files.js";

/** The examples of a page of docs/, in order. */
export function examplesOf(page: string): string[] {
  const text = readFileSync(join(repository, "docs", page), "utf8");
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
}

/** Runs TypeScript in a program of its own in the repository. @returns what it printed */
export function runExample(source: string): string {
  const { code, errors } = transformSync("example.ts", source);
  expect(errors).toEqual([]);
  const args = ["--input-type=module", "-e", code];
  return execFileSync(process.execPath, args, { cwd: repository, encoding: "utf8", stdio: "pipe" });
}

/** Declares the tests of these pages' examples. @param least  how many there are at least */
export function testExamples(pages: readonly string[], least: number): void {
  const all = pages.flatMap((page) =>
    examplesOf(page).map((code, at): [string, string] => [`${page} ${at + 1}`, code]),
  );
  describe("the examples", () => tests(all, least));
}

function tests(all: readonly [name: string, code: string][], least: number): void {
  it("are there", () => {
    expect(all.length).toBeGreaterThanOrEqual(least);
    expect(existsSync(join(repository, "dist", "data", "index.js"))).toBe(true);
  });

  it.each(all)("%s runs", (_, code) => {
    expect(runExample(code)).not.toContain("false");
  });

  it("compile", () => {
    const files = all.map(([name, code], at) => {
      const file = join(repository, "test", "docs", `.example-${at}-${name.slice(0, 4)}.mts`);
      return { file, code: `${code}\nexport {};\n` };
    });
    const { options } = ts.convertCompilerOptionsFromJson(
      {
        strict: true,
        module: "nodenext",
        target: "es2023",
        types: ["node"],
        noEmit: true,
        skipLibCheck: true,
      },
      repository,
    );
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile.bind(host);
    const texts = new Map(files.map(({ file, code }) => [file, code]));
    host.fileExists = (path) => texts.has(path) || ts.sys.fileExists(path);
    host.getSourceFile = (path, version) => {
      const text = texts.get(path);
      return text === undefined ? read(path, version) : ts.createSourceFile(path, text, version);
    };
    const program = ts.createProgram([...texts.keys()], options, host);
    const messages = ts
      .getPreEmitDiagnostics(program)
      .map(
        ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
      );
    expect(messages).toEqual([]);
  });
}
