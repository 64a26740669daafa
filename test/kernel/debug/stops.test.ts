// Where the program stops, and what is seen there.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DebugClient } from "./debug-client.js";

let client: DebugClient;
const folder = mkdtempSync(join(tmpdir(), "debug 🐞 "));
beforeEach(async () => {
  client = await DebugClient.start(folder);
  await client.attach();
});
afterEach(() => client.stop());

describe("a breakpoint stops", () => {
  it("in a loop, each time, with the block's variables and the notebook's", async () => {
    const code = `let total = 0;
interface Item { price: number }
const items: Item[] = [{ price: 2 }, { price: 3 }];
for (const item of items) {
  total += item.price;
}
total`;
    expect(await client.breakAt(code, 5)).toEqual([5]);
    const cell = client.notebook.start(code);
    expect(await client.stopped()).toEqual(["breakpoint", "Cell [1]:5"]);
    const scopes = await client.scopes();
    expect(scopes.Locals).toMatchObject({ item: "{ price: 2 }", total: "0" });
    expect(scopes.Globals).toMatchObject({ total: "0", items: "[ { price: 2 }, { price: 3 } ]" });
    await client.go();
    expect(await client.stopped()).toEqual(["breakpoint", "Cell [1]:5"]);
    expect(await client.evaluate("total as number + item.price")).toBe("5");
    await client.go();
    expect((await cell.finished).result).toBe("5");
  });

  it("in a function of an earlier cell, with its callers", async () => {
    const first = `function scale(values: number[], by: number): number[] {
  const scaled = values.map((value) => value * by);
  return scaled;
}`;
    await client.notebook.run(first);
    await client.breakAt(first, 3);
    const cell = client.notebook.start("const input = [1, 2];\nconst output = scale(input, 10);\noutput");
    expect(await client.stopped()).toEqual(["breakpoint", "scale:3", "Cell [2]:2"]);
    expect((await client.scopes()).Locals).toEqual({
      values: "[ 1, 2 ]",
      by: "10",
      scaled: "[ 10, 20 ]",
    });
    expect((await client.scopes(1)).Locals).toMatchObject({ input: "[ 1, 2 ]" });
    await client.go();
    expect((await cell.finished).result).toBe("[ 10, 20 ]");
    await client.breakAt(first);
  });

  it("at its line behind emoji and types", async () => {
    const code = `const face: string = "😀"; const both = (a: string, b: string): string => a + b;
const text = "😀😀"; const more = both(
  text, "🎉" as string);
more`;
    await client.breakAt(code, 2, 4);
    const cell = client.notebook.start(code);
    expect(await client.stopped()).toEqual(["breakpoint", "Cell [1]:2"]);
    await client.go();
    expect(await client.stopped()).toEqual(["breakpoint", "Cell [1]:4"]);
    expect((await client.scopes()).Locals).toMatchObject({ more: '"😀😀🎉"' });
    await client.go();
    await cell.finished;
  });

  it("at the next line with code, if it was set on a comment", async () => {
    const code = "const before = 1;\n// a comment\n\nconst after = before + 1;";
    await client.breakAt(code, 2);
    const cell = client.notebook.start(code);
    expect(await client.stopped()).toEqual(["breakpoint", "Cell [1]:4"]);
    await client.go();
    await cell.finished;
    expect(await client.breakAt(code, 2)).toEqual([4]);
    await client.breakAt(code);
  });

  it("in the text as it was edited, and no longer as it was", async () => {
    const old = "let steps = 1;\nsteps += 1;\nsteps";
    const edited = "let steps = 1;\nsteps += 10;\nsteps";
    await client.breakAt(old, 2);
    await client.breakAt(edited, 3);
    const cell = client.notebook.start(edited);
    expect(await client.stopped()).toEqual(["breakpoint", "Cell [1]:3"]);
    await client.go();
    expect((await cell.finished).result).toBe("11");
  });

  it("in an asynchronous function after its await", async () => {
    const code = `const sleep = (time: number) => new Promise<void>((done) => setTimeout(done, time));
async function load(name: string) {
  await sleep(1);
  const text = name.toUpperCase();
  return text;
}
const loaded = await load("a");
loaded`;
    await client.breakAt(code, 4);
    const cell = client.notebook.start(code);
    expect(await client.stopped()).toEqual(["breakpoint", "load:4"]);
    expect((await client.scopes()).Locals).toMatchObject({ name: '"a"' });
    await client.go();
    expect((await cell.finished).result).toBe("'A'");
    await client.breakAt(code);
  });

  it("in a local module that is loaded later, in its own lines", async () => {
    const file = join(folder, "geometry.ts");
    writeFileSync(
      file,
      `export interface Point { x: number; y: number }

export function norm(point: Point): number {
  const squares: number = point.x ** 2 + point.y ** 2;
  return Math.sqrt(squares);
}
`,
    );
    await client.breakIn(file, 5);
    const cell = client.notebook.start('import { norm } from "./geometry";\nnorm({ x: 3, y: 4 })');
    expect(await client.stopped()).toEqual(["breakpoint", "norm:5", "Cell [1]:2"]);
    expect((await client.frames())[0]?.source.path).toBe(file);
    expect((await client.scopes()).Locals).toMatchObject({ squares: "25" });
    const { content } = await client.ask<{ content: string }>("source", { source: { path: file } });
    expect(content).toContain("export interface Point");
    await client.breakIn(file);
    await client.go();
    expect((await cell.finished).result).toBe("5");
    expect(await client.ask("modules")).toMatchObject({ modules: [{ name: "geometry.ts", path: file }] });
  });

  it("only when its condition holds, which is TypeScript", async () => {
    const code = "let sum = 0;\nfor (let step = 0; step < 10; step++) {\n  sum += step;\n}\nsum";
    await client.breakAt(code, { line: 3, condition: "(step as number) === 7" });
    const cell = client.notebook.start(code);
    await client.stopped();
    expect(await client.evaluate("step")).toBe("7");
    await client.go();
    expect((await cell.finished).result).toBe("45");
  });

  it("not at all where it is to write a line", async () => {
    const code = "for (let round = 0; round < 3; round++) {\n  void round;\n}";
    await client.breakAt(code, { line: 2, logMessage: "round {round} of {1 + 2}" });
    expect((await client.notebook.run(code)).stdout).toBe("round 0 of 3\nround 1 of 3\nround 2 of 3\n");
  });

  it("where the code says debugger", async () => {
    const cell = client.notebook.start("const here = 1;\ndebugger;\nhere");
    expect(await client.stopped()).toEqual(["breakpoint", "Cell [1]:2"]);
    await client.go();
    await cell.finished;
  });
});

describe("an exception stops", () => {
  it("where it is thrown, if nothing catches it", async () => {
    await client.ask("setExceptionBreakpoints", { filters: ["uncaught"] });
    const code = `function fail(why: string): never {
  throw new TypeError(why);
}
try { fail("caught"); } catch {}
fail("not caught");`;
    const cell = client.notebook.start(code);
    expect(await client.stopped()).toEqual(["exception", "fail:2", "Cell [1]:5"]);
    expect((await client.scopes()).Locals).toEqual({ why: '"not caught"' });
    expect(await client.ask("exceptionInfo")).toMatchObject({ exceptionId: "TypeError" });
    await client.go();
    expect((await cell.finished).error?.ename).toBe("TypeError");
  });

  it("after an await, too, and once", async () => {
    await client.ask("setExceptionBreakpoints", { filters: ["uncaught"] });
    const cell = client.notebook.start("await null;\nthrow new RangeError('late');");
    expect(await client.stopped()).toEqual(["exception", "Cell [1]:2"]);
    await client.go();
    expect((await cell.finished).error?.ename).toBe("RangeError");
  });

  it("also where it is caught, if all are wanted", async () => {
    await client.ask("setExceptionBreakpoints", { filters: ["all"] });
    const cell = client.notebook.start("try {\n  JSON.parse('{');\n} catch {}\n'done'");
    expect(await client.stopped()).toEqual(["exception", "Cell [1]:2"]);
    await client.go();
    expect((await cell.finished).result).toBe("'done'");
    await client.ask("setExceptionBreakpoints", { filters: [] });
    expect((await client.notebook.run("try { null!.x } catch {}\n'quiet'")).result).toBe("'quiet'");
  });
});

it("a program that runs is paused when it is asked to", async () => {
  const cell = client.notebook.start(
    "let turning = true;\nlet turns = 0;\nconsole.log('ready');\nwhile (turning) {\n  turns++;\n}",
  );
  await cell.until(({ header }) => header.msg_type === "stream");
  await client.ask("pause", { threadId: 1 });
  const [reason, top] = await client.stopped();
  expect(reason).toBe("pause");
  expect(top).toMatch(/^Cell \[1\]:[45]$/);
  await client.evaluate("turning = false");
  await client.go();
  expect((await cell.finished).status).toBe("ok");
});

it("the next cell is paused at its first statement if none runs", async () => {
  await client.ask("pause", { threadId: 1 });
  const cell = client.notebook.start("const first = 1;\nconst second = 2;");
  expect(await client.stopped()).toEqual(["pause", "Cell [1]:1"]);
  await client.go();
  await cell.finished;
});
