// Steps go from line to line of the user's TypeScript, never into the kernel, Node or packages.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DebugClient } from "./debug-client.js";

let client: DebugClient;
const folder = mkdtempSync(join(tmpdir(), "steps "));
beforeEach(async () => {
  client = await DebugClient.start(folder);
  await client.attach();
});
afterEach(() => client.stop());

const functions = `function double(x: number): number {
  const result = 2 * x;
  return result;
}
function twice(x: number): number {
  const once = double(x); const again = double(once);
  return again;
}`;

it("next goes by lines, over calls and back to the caller, and the program ends as it would", async () => {
  const code = `${functions}\nconst a = twice(1);\nconst b = a + 1;\nb`;
  await client.breakAt(code, 6);
  const cell = client.notebook.start(code);
  expect(await client.stopped()).toEqual(["breakpoint", "twice:6", "Cell [1]:9"]);
  expect(await client.step("next")).toEqual(["step", "twice:7", "Cell [1]:9"]);
  const [, ...back] = await client.step("next");
  expect(back).toEqual([expect.stringMatching(/^Cell \[1\]:(9|10)$/)]);
  if (back[0] === "Cell [1]:9") await client.step("next");
  expect(await client.stack()).toEqual(["Cell [1]:10"]);
  expect(await client.step("next")).toEqual(["step", "Cell [1]:11"]);
  await client.ask("next", { threadId: 1 });
  expect((await cell.finished).result).toBe("5");
});

it("stepIn goes into a call, each of a line in turn; stepOut comes back", async () => {
  await client.notebook.run(functions);
  const code = "const before = 0;\nconst c = twice(2);\nc";
  await client.breakAt(code, 2);
  const cell = client.notebook.start(code);
  await client.stopped();
  expect(await client.step("stepIn")).toEqual(["step", "twice:6", "Cell [2]:2"]);
  expect(await client.step("stepIn")).toEqual(["step", "double:2", "twice:6", "Cell [2]:2"]);
  expect(await client.step("stepOut")).toEqual(["step", "twice:6", "Cell [2]:2"]);
  expect(await client.step("stepIn")).toEqual(["step", "double:2", "twice:6", "Cell [2]:2"]);
  expect((await client.scopes()).Locals).toMatchObject({ x: "4" });
  expect(await client.step("stepOut")).toEqual(["step", "twice:7", "Cell [2]:2"]);
  await client.go();
  expect((await cell.finished).result).toBe("8");
});

it("next goes over an await of the cell, and over one in a function", async () => {
  const code = `const pause = () => new Promise<void>((done) => setTimeout(done, 2));
async function work(n: number) {
  await pause();
  const squared = n * n;
  await pause();
  return squared;
}
await pause();
const nine = await work(3);
nine`;
  await client.breakAt(code, 8);
  const cell = client.notebook.start(code);
  await client.stopped();
  expect(await client.step("next")).toEqual(["step", "Cell [1]:9"]);
  expect(await client.step("stepIn")).toEqual(["step", "work:3", "Cell [1]:9"]);
  expect(await client.step("next")).toEqual(["step", "work:4"]);
  expect(await client.step("next")).toEqual(["step", "work:5"]);
  expect(await client.step("next")).toEqual(["step", "work:6"]);
  await client.go();
  expect((await cell.finished).result).toBe("9");
});

it("stepOut and next leave an asynchronous function for what awaits it", async () => {
  const code = `async function later(n: number) {
  await null;
  const more = n + 1;
  for (let i = 0; i < 1000; i++) void i;
  return more;
}
const two = await later(1);
const three = await later(two);
three`;
  await client.breakAt(code, 3);
  const cell = client.notebook.start(code);
  expect(await client.stopped()).toEqual(["breakpoint", "later:3"]);
  const [, out] = await client.step("stepOut");
  expect(out).toMatch(/^Cell \[1\]:[78]$/);
  await client.go();
  expect(await client.stopped()).toEqual(["breakpoint", "later:3"]);
  await client.breakAt(code, 5);
  await client.go();
  expect(await client.stopped()).toEqual(["breakpoint", "later:5"]);
  const [, over] = await client.step("next");
  expect(over).toMatch(/^Cell \[1\]:[89]$/);
  await client.go();
  expect((await cell.finished).result).toBe("3");
});

it("stepIn passes over what is not the user's, into callbacks and local modules", async () => {
  writeFileSync(
    join(folder, "tools.ts"),
    "type N = number;\nexport function half(x: N): N {\n  return x / 2;\n}\n",
  );
  await client.notebook.run('import { half } from "./tools";');
  const code = `const list = [4, 8];
console.log(list.length);
const halves = list.map((x) => {
  return half(x);
});
halves`;
  await client.breakAt(code, 2);
  const cell = client.notebook.start(code);
  await client.stopped();
  expect(await client.step("stepIn")).toEqual(["step", "Cell [2]:3"]);
  expect((await client.step("stepIn")).slice(0, 2)).toEqual(["step", "(anonymous):4"]);
  expect(await client.step("stepIn")).toEqual(["step", "half:3", "(anonymous):4", "Cell [2]:3"]);
  await client.go();
  expect((await cell.finished).result).toBe("[ 2, 4 ]");
});

it("a step off the end of a cell does not stop the next one", async () => {
  const code = "let last = 1;\nlast += 1;";
  await client.breakAt(code, 2);
  const cell = client.notebook.start(code);
  await client.stopped();
  await client.ask("next", { threadId: 1 });
  expect((await cell.finished).status).toBe("ok");
  expect((await client.notebook.run("const f = () => 3;\nf()")).result).toBe("3");
  expect((await client.ask("debugInfo")).stoppedThreads).toEqual([]);
});

it("a loop's round on one line is a step", async () => {
  const code = "let count = 0;\nwhile (count < 3) count++;\ncount";
  await client.breakAt(code, 2);
  const cell = client.notebook.start(code);
  await client.stopped();
  await client.breakAt(code);
  await client.step("next");
  await client.go();
  expect((await cell.finished).result).toBe("3");
});
