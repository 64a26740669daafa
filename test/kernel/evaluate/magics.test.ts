// Commands to the kernel at the top of a cell.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { magicsToCalls, withoutMagics } from "../../../src/kernel/magics.js";
import { NotebookClient } from "../notebook-client.js";

let client: NotebookClient;
const outer = mkdtempSync(join(tmpdir(), "magics "));
const folder = join(outer, "note book");
beforeAll(async () => {
  // A project above the notebook's folder, which must stay as it is.
  writeFileSync(join(outer, "package.json"), '{ "name": "above" }');
  mkdirSync(folder);
  // A package on the disk, so that the test needs no registry.
  mkdirSync(join(outer, "local"));
  writeFileSync(
    join(outer, "local", "package.json"),
    '{ "name": "local-thing", "version": "1.2.3", "type": "module", "main": "index.js" }',
  );
  writeFileSync(join(outer, "local", "index.js"), "export const answer = 42;\n");
  client = await NotebookClient.start(folder);
});
afterAll(() => client.stop());

describe("%npm install", () => {
  it("installs into the notebook's own package.json, says so, and the package can be imported at once", async () => {
    expect((await client.run('import { answer } from "local-thing"')).error?.ename).toBe(
      "ModuleNotFoundError",
    );
    const { stdout, error } = await client.run("%npm install ../local");
    expect(error).toBeUndefined();
    expect(stdout).toContain(`is in ${join(folder, "package.json")} (new).`);
    expect(stdout).toMatch(/added 1 package/);
    expect((await client.run('import { answer } from "local-thing"; answer')).result).toBe("42");
    expect(readFileSync(join(outer, "package.json"), "utf8")).toBe('{ "name": "above" }');
  });

  it("can stand above code, whose lines keep their numbers", async () => {
    const { error, stdout } = await client.run(
      '// a remark\n%npm --version\nconst x = 1;\nthrow new Error("third")',
    );
    expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
    expect(error?.traceback).toMatch(/Cell \[\d+\]:4:7/);
  });

  it("that fails says so, with what npm said", async () => {
    const { error, stderr } = await client.run("%npm install ../no-such-folder");
    expect(error).toMatchObject({
      ename: "MagicError",
      evalue: expect.stringContaining("npm ended with status"),
    });
    expect(stderr).not.toBe("");
  });
});

it("a syntax error below one has its own place", async () => {
  expect((await client.run("%npm --version\nconst x = 1;\nconst y: = 2")).error?.traceback).toMatch(
    /Cell \[\d+\]:3:10/,
  );
});

describe("magics in the text", () => {
  it("are only at the top: a remainder stays a remainder", () => {
    const code = "const a = 5\n  % 3;\n`\n%npm install x\n`";
    expect(magicsToCalls(code, "f")).toBe(code);
    expect(withoutMagics(code)).toBe(code);
  });

  it("become calls, or blanks of their length", () => {
    const code = "\n%npm install x\n1";
    expect(magicsToCalls(code, "f")).toBe('\nawait f("npm", "install x");\n1');
    expect(withoutMagics(code)).toBe(`\n${" ".repeat(14)}\n1`);
  });
});

describe("%delete and %reset", () => {
  it("let go of values, and the name is free again", async () => {
    await client.run("const kept = 1, gone: object = { big: true }; const reference = new WeakRef(gone)");
    expect((await client.run("%delete gone,")).error).toBeUndefined();
    expect((await client.run("[kept, gone]")).result).toBe("[ 1, undefined ]");
    const { matches } = await client.ask("complete_request", { code: "gon", cursor_pos: 3 });
    expect(matches).toEqual([]);
    expect((await client.run("gone = 5; gone")).result).toBe("5"); // no constant any more
  });

  it("of an unknown name says so", async () => {
    expect((await client.run("%delete nowhere")).error?.evalue).toContain("no cell has declared nowhere");
  });

  it("%reset lets go of all", async () => {
    await client.run("let one = 1, two = 2");
    await client.run("%reset");
    expect((await client.run("[one, two]")).result).toBe("[ undefined, undefined ]");
  });
});

describe("%typecheck", () => {
  it("decides whether cells with type errors run", async () => {
    await client.run("%typecheck error");
    expect((await client.run('const wrong: number = "a"')).error?.ename).toBe("TypeCheckError");
    await client.run("%typecheck off");
    expect((await client.run('const fine: number = "a"; fine')).result).toBe("'a'");
    expect((await client.run("%typecheck never")).error?.evalue).toContain("expected warn, error or off");
    await client.run("%typecheck warn");
  });
});

it("%help lists what there is, and so does an unknown command", async () => {
  expect((await client.run("%help")).stdout).toContain("%npm install lodash");
  expect((await client.run("%nothing")).error?.evalue).toContain("%reset");
});
