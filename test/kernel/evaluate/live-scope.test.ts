// One live scope for all cells, whatever they declare it with.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NotebookClient } from "../notebook-client.js";

let client: NotebookClient;
beforeAll(async () => {
  client = await NotebookClient.start(mkdtempSync(join(tmpdir(), "latent lab 🧪 ")));
});
afterAll(() => client.stop());

const result = async (code: string): Promise<string | undefined> => (await client.run(code)).result;

describe("closures", () => {
  it("a function sees a variable that a later cell assigns", async () => {
    await client.run("let rate = 1; const get = () => rate; class Reader { read() { return rate } }");
    expect(await result("rate = 7; [get(), new Reader().read()]")).toBe("[ 7, 7 ]");
  });

  it("a function sees a variable that a later cell declares again, with another type", async () => {
    await client.run("let size = 1; function show() { return size }\nconst size2 = 2");
    expect(await result('const size = "large"; show()')).toBe("'large'");
  });

  it("a caller sees a function and a class that a later cell defines anew", async () => {
    await client.run("function inner() { return 1 }; function outer() { return inner() }");
    expect(await result("function inner() { return 2 }; outer()")).toBe("2");
    await client.run("class Box { v() { return 1 } }; const make = () => new Box().v()");
    expect(await result("class Box { v() { return 2 } }; make()")).toBe("2");
  });
});

describe("declaring a name again", () => {
  const forms: Record<string, (name: string) => string> = {
    let: (name) => `let ${name} = 1;`,
    const: (name) => `const ${name} = 1;`,
    var: (name) => `var ${name} = 1;`,
    function: (name) => `function ${name}() { return 1 }`,
    class: (name) => `class ${name} {}`,
    import: (name) => `import { join as ${name} } from "node:path";`,
    enum: (name) => `enum ${name} { A }`,
    destructuring: (name) => `const { a: [${name}] } = { a: [1] };`,
  };
  let names = 0;
  it.each(
    Object.keys(forms).flatMap((first) => Object.keys(forms).map((second) => [first, second] as const)),
  )("%s, then %s", async (first, second) => {
    const name = `again${names++}`;
    expect((await client.run(forms[first]?.(name) ?? "")).error).toBeUndefined();
    const { error, result: kind } = await client.run(`${forms[second]?.(name)}\ntypeof ${name}`);
    expect(error).toBeUndefined();
    expect(kind).toMatch(/'(number|function|object)'/);
  });

  it("works after a cell that failed in the middle", async () => {
    const failed = await client.run('const half = (() => { throw new Error("no") })()');
    expect(failed.error?.evalue).toBe("no");
    expect(await result("const half = 2; half")).toBe("2");
  });
});

describe("constants", () => {
  beforeAll(() => client.run("const fixed = 1"));
  it.each([
    "fixed = 2",
    "fixed++",
    "fixed += 1",
    "[fixed] = [2]",
    "({ fixed } = { fixed: 2 })",
    "({ fixed = 3 } = {})",
    "for (fixed of [1]) {}",
    "(() => { fixed = 2 })()",
  ])("cannot be assigned: %s", async (code) => {
    expect((await client.run(code)).error).toMatchObject({
      ename: "TypeError",
      evalue: "Assignment to constant variable fixed.",
    });
    expect(await result("fixed")).toBe("1");
  });

  it("of an inner scope are the language's own matter", async () => {
    expect(
      await result("{ let fixed = 2; fixed++ }\n((fixed: number) => { fixed = 5; return fixed })(1)"),
    ).toBe("5");
  });
});

describe("the language's own forms at the top level", () => {
  it.each([
    ["await", "await Promise.resolve(3)", "3"],
    ["for await", "let sum = 0; for await (const each of [1, 2]) sum += each; sum", "3"],
    [
      "destructuring with defaults and rest",
      "const { p = 1, ...others } = { q: 2 }; [p, others]",
      "[ 1, { q: 2 } ]",
    ],
    ["hoisted functions", "const early = later(); function later() { return 5 }; early", "5"],
    [
      "var in blocks and loops",
      "for (var index = 0; index < 3; index++) { var inside = index }; [index, inside]",
      "[ 3, 2 ]",
    ],
    ["var in for…of", "for (var [key] of [[1], [2]]) {}; key", "2"],
    ["labels", "outer: for (const a of [1, 2]) { for (;;) continue outer }; 'done'", "'done'"],
    ["enums", "enum Colour { Red, Green }; Colour.Green", "1"],
    ["namespaces", "namespace Space { export const w = 4 }; Space.w", "4"],
    ["parameter properties", "class Point { constructor(readonly x: number) {} }; new Point(6).x", "6"],
    ["generics and satisfies", "const id = <T,>(x: T): T => x satisfies T; id<number>(8)", "8"],
    ["export is harmless", "export const shared = 9; shared", "9"],
    [
      "default export of a function",
      "export default function twice(x: number) { return 2 * x }\ntwice(5)",
      "10",
    ],
    ["an object literal in parentheses", "({ a: 1 })", "{ a: 1 }"],
    [
      "names of functions are kept",
      "const arrow = () => 1; class Named {}; [arrow.name, Named.name]",
      "[ 'arrow', 'Named' ]",
    ],
    ["a trailing comment", "12 // twelve", "12"],
    ["emoji and CJK", "const 変数 = '😀'; 変数.length", "2"],
  ])("%s", async (_, code, expected) => {
    const cell = await client.run(code);
    expect(cell.error).toBeUndefined();
    expect(cell.result).toBe(expected);
  });

  it.each(["", "// only a comment", "interface Only { a: string }", "let nothing;", "if (true) { 5 }"])(
    "%j has no result",
    async (code) => {
      const cell = await client.run(code);
      expect(cell.status).toBe("ok");
      expect(cell.result).toBeUndefined();
    },
  );

  it("using disposes at the end of its block, and of the cell", async () => {
    const { stdout, error } = await client.run(
      'const made = (name: string) => ({ [Symbol.dispose]() { console.log("-", name) } }); ' +
        '{ using inner = made("block"); console.log("in", typeof inner) } using outer = made("cell"); console.log("end")',
    );
    expect(error).toBeUndefined();
    expect(stdout).toBe("in object\n- block\nend\n- cell\n");
  });

  it("a promise as the last value is shown, not awaited", async () => {
    expect(await result("new Promise(() => {})")).toBe("Promise { <pending> }");
  });
});
