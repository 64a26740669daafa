// What cells print, show and throw.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Message } from "../../../src/kernel/protocol/wire.js";
import { NotebookClient } from "../notebook-client.js";

let client: NotebookClient;
const folder = mkdtempSync(join(tmpdir(), "output tests "));
beforeAll(async () => {
  client = await NotebookClient.start(folder);
});
afterAll(() => client.stop());

describe("printed text", () => {
  it("20,000 lines in one burst arrive, in order, in few messages", async () => {
    const cell = await client.run("for (let i = 0; i < 20000; i++) console.log(i)");
    expect(cell.stdout).toBe(Array.from({ length: 20_000 }, (_, i) => `${i}\n`).join(""));
    expect(cell.messages.length).toBeLessThan(2_000);
  });

  it("100 MB in one cell neither lose a byte nor end the kernel", async () => {
    const cell = await client.run(
      'const block = "x".repeat(1 << 20); for (let i = 0; i < 100; i++) process.stdout.write(block)',
    );
    expect(cell.stdout.length).toBe(100 * (1 << 20));
    expect((await client.run("1")).result).toBe("1");
  });

  it("a million lines arrive, in bounded memory", async () => {
    const cell = await client.run("for (let i = 0; i < 1e6; i++) console.log(i)");
    expect(cell.stdout.length).toBe(6_888_890);
    expect(cell.stdout.endsWith("999998\n999999\n")).toBe(true);
    expect(Number((await client.run("process.memoryUsage().rss / 2 ** 20")).result)).toBeLessThan(2048);
  });

  it("bytes that split a character are joined", async () => {
    const cell = await client.run(
      'const bytes = Buffer.from("a😀é"); for (const byte of bytes) process.stdout.write(Uint8Array.of(byte))',
    );
    expect(cell.stdout).toBe("a😀é");
  });

  it("a timer of an earlier cell prints into that cell", async () => {
    const late = new Promise<Message>((resolve) => {
      client.kernel.on("message", (_, message) => {
        if (message.header.msg_type === "stream" && message.content.text === "late\n") resolve(message);
      });
    });
    const first = client.start('setTimeout(() => console.log("late"), 100); "first"');
    await first.finished;
    const second = await client.run("await new Promise((r) => setTimeout(r, 200)); 'second'");
    expect(second.stdout).toBe("");
    expect((await late).parent_header.msg_id).toBe(first.messages[0]?.parent_header.msg_id);
  });
});

describe("child processes", () => {
  const node = JSON.stringify(process.execPath);
  const script = JSON.stringify('console.log("child out"); console.error("child err")');
  it.each([
    [
      "spawn",
      `import { spawn } from "node:child_process"; import { once } from "node:events"; await once(spawn(${node}, ["-e", ${script}], { stdio: "inherit" }), "close")`,
    ],
    [
      "spawnSync",
      `import { spawnSync } from "node:child_process"; spawnSync(${node}, ["-e", ${script}], { stdio: "inherit" })`,
    ],
    [
      "spawnSync with a list",
      `require("node:child_process").spawnSync(${node}, ["-e", ${script}], { stdio: ["inherit", "inherit", 2] })`,
    ],
    [
      "execFileSync",
      `import { execFileSync } from "node:child_process"; execFileSync(${node}, ["-e", ${script}], { stdio: "inherit" })`,
    ],
  ])("%s with inherited streams prints into the cell", async (_, code) => {
    const { stdout, stderr, error } = await client.run(code);
    expect(error).toBeUndefined();
    expect({ stdout, stderr }).toEqual({ stdout: "child out\n", stderr: "child err\n" });
  });

  it("fork prints into the cell, which its output belongs to", async () => {
    writeFileSync(join(folder, "forked.cjs"), 'console.log("from a fork"); process.send("done")');
    const { stdout, result } = await client.run(
      'import { fork } from "node:child_process"; import { once } from "node:events"; const forked = fork("./forked.cjs"); const [message] = await once(forked, "message"); await once(forked, "close"); message',
    );
    expect(stdout).toBe("from a fork\n");
    expect(result).toBe("'done'");
  });

  it("execSync gives its output back, and shows what the child complains of", async () => {
    const { result, stderr, stdout } = await client.run(
      `import { execSync } from "node:child_process"; execSync(${JSON.stringify(`"${process.execPath}" -e 'console.log(1); console.error(2)'`)}).toString()`,
    );
    expect({ result, stdout, stderr }).toEqual({ result: "'1\\n'", stdout: "", stderr: "2\n" });
  });
});

describe("displays", () => {
  it("updates of one display are sent at most ten times a second, the last one always", async () => {
    const { messages, result } = await client.run(
      `const began = performance.now(); const handle = await display("start");
for (let i = 0; i <= 100; i++) { handle.update({ "text/plain": String(i) }); await new Promise((r) => setTimeout(r, 5)) }
performance.now() - began`,
    );
    const updates = messages.filter(({ header }) => header.msg_type === "update_display_data");
    expect(updates.at(-1)?.content.data).toEqual({ "text/plain": "100" });
    expect(updates.length).toBeLessThanOrEqual(Number(result) / 100 + 2);
    const ids = new Set(
      messages.flatMap(
        ({ content }) => (content.transient as { display_id?: string } | undefined)?.display_id ?? [],
      ),
    );
    expect(ids.size).toBe(1);
  });

  it.each(['display.html("<i>x</i>")', "await display(1)"])(
    "%s shows its content once, and no handle",
    async (code) => {
      const { data, result } = await client.run(code);
      expect(data).toHaveLength(1);
      expect(result).toBeUndefined();
    },
  );

  it("shortcuts show each kind of content, and clear empties", async () => {
    const { data, messages } = await client.run(
      'display.html("<i>h</i>"); display.markdown("# m"); display.json({ a: 1 }); display.clear(true)',
    );
    expect(data).toMatchObject([
      { "text/html": "<i>h</i>" },
      { "text/markdown": "# m" },
      { "application/json": { a: 1 } },
    ]);
    expect(messages.find(({ header }) => header.msg_type === "clear_output")?.content).toEqual({
      wait: true,
    });
  });
});

describe("errors", () => {
  it("carry the cell's own TypeScript lines and a code frame", async () => {
    const { error, count } = await client.run(
      'function fail(x: number) {\n  interface Skipped {}\n  throw new TypeError("deep " + x)\n}\n\nfail(1)',
    );
    expect(error).toMatchObject({ ename: "TypeError", evalue: "deep 1" });
    expect(error?.traceback).toContain('> 3 |   throw new TypeError("deep " + x)');
    expect(error?.traceback).toContain(`at fail (Cell [${count}]:3:9)\n    at Cell [${count}]:6:1`);
    expect(error?.traceback).not.toMatch(/node:internal|latentLab|dist\/kernel/);
  });

  it("name the cell that defined what failed, and the one that called it", async () => {
    const { count: defined } = await client.run("const later = (f: () => void) => { f() }");
    const { error, count } = await client.run("later(() => {\n  null!.x\n})");
    expect(error?.traceback).toMatch(
      new RegExp(`at Cell \\[${count}\\]:2:\\d+\\n.*at later \\(Cell \\[${defined}\\]:1`),
    );
  });

  it("show little of what goes on inside of libraries, and all of the notebook", async () => {
    const code = `import * as tf from "@tensorflow/tfjs-node";
const wrong = (x: tf.Tensor) => tf.matMul(x, tf.ones([7, 2]));
tf.tidy(() => tf.tidy(() => tf.grad((x) => tf.tidy(() => wrong(x)))(tf.ones([2, 3]))));`;
    const { error, count } = await client.run(code);
    const trace = error?.traceback ?? "";
    expect(trace).toContain(`at wrong (Cell [${count}]:2:`);
    expect(trace).toMatch(/… \d+ more in libraries\n/);
    const runs = trace.split(/Cell \[/).map((part) => part.match(/node_modules/g)?.length ?? 0);
    expect(Math.max(...runs)).toBeLessThanOrEqual(4); // a fourth takes no more room than a line that counts it
  });

  it("of a function that calls itself without an end are no longer than a page", async () => {
    const { error } = await client.run("const deeper = (): number => deeper() + 1;\ndeeper()");
    expect(error).toMatchObject({ ename: "RangeError" });
    expect(error?.traceback).toMatch(/> 1 \| const deeper/);
    expect(error?.traceback).toMatch(/… \d+ more\n/);
    expect(error?.traceback.split("\n").length).toBeLessThan(50);
  });

  it("of what is awaited name the line that waited, also in a function, once", async () => {
    const code = `import { access } from "node:fs/promises";
async function open(path: string) {
  await access(path);
}
const first = 1;
await open("/nowhere/at/all");`;
    const { error, count } = await client.run(code);
    expect(error?.traceback).toContain("> 3 |   await access(path);");
    expect(error?.traceback).toMatch(
      new RegExp(`at async open \\(Cell \\[${count}\\]:3:3\\)\\n    at async Cell \\[${count}\\]:6:1`),
    );
    const own = await client.run('const fails = async () => { throw new Error("own") };\n\nawait fails()');
    expect(own.error?.traceback.match(/:3:/g)).toHaveLength(1);
    const thrown = await client.run("const e = Object.freeze(new Error('frozen'));\nawait Promise.reject(e)");
    expect(thrown.error).toMatchObject({ evalue: "frozen" });
    const hostile = await client.run(
      "const g = Object.defineProperty(new Error('own'), 'stack', { get() { throw 1; }, configurable: true });\nawait Promise.reject(g)",
    );
    expect(hostile.error).toBeDefined();
  });

  it("in a declaration have its place", async () => {
    const { error, count } = await client.run("\nconst lost = nowhere");
    expect(error?.traceback).toContain(`at Cell [${count}]:2:7`);
  });

  it("of syntax show where", async () => {
    const { error, count } = await client.run("const x = 1;\nconst y: = 2");
    expect(error?.ename).toBe("SyntaxError");
    expect(error?.traceback).toContain(`Cell [${count}]:2:10`);
  });

  it("tell their causes", async () => {
    const { error } = await client.run('throw new Error("outer", { cause: new RangeError("inner") })');
    expect(error?.traceback).toMatch(/outer[\s\S]*Caused by RangeError: inner/);
  });

  it("that are no Error at all are shown", async () => {
    expect((await client.run("throw { code: 5 }")).error).toMatchObject({
      ename: "Thrown",
      evalue: "{ code: 5 }",
    });
  });

  it.each([
    ["in a timer", 'setTimeout(() => { throw new Error("stray") }, 1)'],
    ["in a promise that nobody awaits", 'Promise.reject(new Error("stray"))'],
    [
      "in an emitter",
      'import { EventEmitter } from "node:events"; setImmediate(() => new EventEmitter().emit("error", new Error("stray")))',
    ],
  ])("%s are shown in their cell, and the kernel lives", async (_, code) => {
    const cell = client.start(`${code}\nawait new Promise((r) => setTimeout(r, 100)); "alive"`);
    await cell.until(({ header }) => header.msg_type === "error");
    const { error, result } = await cell.finished;
    expect(error).toMatchObject({ ename: "Error", evalue: "stray" });
    expect(result).toBe("'alive'");
  });
});
