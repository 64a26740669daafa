// What cells print, show and throw.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
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

  it("console's other methods print as in Node", async () => {
    const cell = await client.run(
      'console.table([{ a: 1 }]); console.group("g"); console.info("in"); console.groupEnd(); console.assert(false, "no")',
    );
    expect(cell.stdout).toContain("│ a │");
    expect(cell.stdout).toContain("g\n  in\n");
    expect(cell.stderr).toContain("Assertion failed: no");
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

describe("values", () => {
  it.each([
    ["a map", "new Map([[1, { a: [2] }]])", "Map(1) { 1 => { a: [ 2 ] } }"],
    ["a long array, shortened", "Array.from({ length: 500 }, () => 7)", /\.\.\. 440 more items/],
    ["a class instance", "class Point { x = 1 }; new Point()", "Point { x: 1 }"],
    ["null", "null", "null"],
    ["a symbol", "Symbol('s')", "Symbol(s)"],
    ["a bigint", "10n ** 20n", "100000000000000000000n"],
  ])("%s", async (_, code, expected) => {
    const { result } = await client.run(code);
    if (typeof expected === "string") expect(result).toBe(expected);
    else expect(result).toMatch(expected);
  });

  it("what throws when it is inspected says so", async () => {
    const { result, status } = await client.run(
      '({ [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("shy") } })',
    );
    expect(status).toBe("ok");
    expect(result).toContain("shy");
  });

  it("the display symbol decides", async () => {
    const { data } = await client.run(
      '({ [Symbol.for("Jupyter.display")]: async () => ({ "text/html": "<b>1</b>" }) })',
    );
    expect(data[0]).toMatchObject({ "text/html": "<b>1</b>", "text/plain": expect.any(String) });
  });

  it("a display method that throws is reported beside the plain text", async () => {
    const { result, status } = await client.run(
      '({ a: 1, [Symbol.for("Jupyter.display")]() { throw new Error("broken") } })',
    );
    expect(status).toBe("ok");
    expect(result).toMatch(/a: 1[\s\S]*broken/);
  });

  it("bytes of a PNG are a picture", async () => {
    const { data } = await client.run("Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])");
    expect(data[0]).toMatchObject({ "image/png": "iVBORw0KGgo=" });
  });

  it("tensors show shape, type and values", async () => {
    const { result } = await client.run(
      'import * as tf from "@tensorflow/tfjs-node"; tf.tensor2d([[1, 2], [3, 4]])',
    );
    expect(result).toBe("Tensor [2, 2] float32\n    [[1, 2],\n     [3, 4]]");
  });

  it("TensorFlow.js alone prints no banner and runs on the fastest backend", async () => {
    const code = 'import * as tf from "@tensorflow/tfjs-node"; tf.add(1, 2).dataSync(); tf.getBackend()';
    const fresh = await NotebookClient.start(folder);
    const { result, stderr, stdout } = await fresh.run(code);
    expect({ result, stderr, stdout }).toEqual({ result: "'wasm'", stderr: "", stdout: "" });
    const same =
      'import tfDefault from "@tensorflow/tfjs-node"; import * as core from "@tensorflow/tfjs-core"; [tfDefault.tensor([1]) instanceof core.Tensor, tfDefault.engine() === core.engine()]';
    expect((await fresh.run(same)).result).toBe("[ true, true ]");
    await fresh.stop();
  });

  it("a Danfo.js frame is a table", async () => {
    const { data } = await client.run(
      'import * as dfd from "danfojs-node"; new dfd.DataFrame({ "a<b": [1, 2.5], c: ["x", null] })',
    );
    expect(data[0]?.["text/html"]).toContain("<th>a&#60;b</th>");
    expect(data[0]?.["text/html"]).toContain("2 rows × 2 columns");
    expect(data[0]?.["text/plain"]).toContain("a<b");
  });
});

describe("displays", () => {
  it("updates of one display are sent at most ten times a second, the last one always", async () => {
    const { messages } = await client.run(
      'const handle = await display("start"); for (let i = 0; i <= 100; i++) { handle.update({ "text/plain": String(i) }); await new Promise((r) => setTimeout(r, 5)) }',
    );
    const updates = messages.filter(({ header }) => header.msg_type === "update_display_data");
    expect(updates.at(-1)?.content.data).toEqual({ "text/plain": "100" });
    expect(updates.length).toBeLessThan(30);
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

describe("imports", () => {
  beforeAll(() => {
    mkdirSync(join(folder, "lib"));
    writeFileSync(join(folder, "lib", "deep.ts"), "export const deep: number = 1;\n");
    writeFileSync(join(folder, "lib", "state.ts"), "export const state = { loads: 1 };\n");
    writeFileSync(
      join(folder, "near.ts"),
      'import { deep } from "./lib/deep";\nexport { state } from "./lib/state.js";\nexport const near = () => deep * 10;\nexport function bad(): never {\n  type T = 1;\n  throw new Error("from a module");\n}\n',
    );
    writeFileSync(join(folder, "values.json"), '{ "a": 5 }');
  });

  it("find local TypeScript from the notebook's folder, with and without an extension", async () => {
    expect((await client.run('import { near } from "./near"; near()')).result).toBe("10");
    expect((await client.run('import * as same from "./near.ts"; same.near()')).result).toBe("10");
  });

  it("load a module again when a file below it changes, and keep the state of unchanged ones", async () => {
    await client.run('import { state } from "./near"; state.loads = 42');
    writeFileSync(join(folder, "lib", "deep.ts"), "export const deep: number = 2;\n");
    expect((await client.run('import { near } from "./near"; near()')).result).toBe("20");
    expect((await client.run('import { state as kept } from "./near"; kept.loads')).result).toBe("42");
  });

  it.each([
    ["JSON", 'import values from "./values.json"; values.a', "5"],
    ["dynamic", 'const m = await import("./near"); m.near()', "20"],
    ["require", 'require("./values.json").a', "5"],
    ["import.meta", "import.meta.dirname === process.cwd()", "true"],
    ["Node's modules", 'import fs, { existsSync } from "node:fs"; fs.existsSync === existsSync', "true"],
    [
      "our own package",
      'import { LatentLabError } from "latent-lab/core"; typeof LatentLabError',
      "'function'",
    ],
    ["only for types", 'import type { Nope } from "./near"; 1', "1"],
  ])("%s", async (_, code, expected) => {
    const { error, result } = await client.run(code);
    expect(error).toBeUndefined();
    expect(result).toBe(expected);
  });

  it("follow paths of tsconfig.json, as completion does", async () => {
    writeFileSync(
      join(folder, "tsconfig.json"),
      '{ "compilerOptions": { "paths": { "@/*": ["./lib/*"] } } }',
    );
    expect((await client.run('import { deep as mapped } from "@/deep"; mapped')).result).toBe("2");
  });

  it("decorators find their helpers from any folder", async () => {
    const code =
      "const mark = (target: object, key: string) => { (target as { marks?: string }).marks = key };\nclass Marked { @mark size = 1 }\n(Marked.prototype as { marks?: string }).marks";
    expect((await client.run(code)).result).toBe("'size'");
  });

  it("errors in a module have its TypeScript line", async () => {
    const { error } = await client.run('import { bad } from "./near"; bad()');
    expect(error?.traceback).toContain(`at bad (${join(folder, "near.ts")}:6:9)`);
  });

  it("of a missing package say how to install it; of a missing file, where it was looked for", async () => {
    expect((await client.run('import x from "@no/such-package/sub"')).error?.evalue).toContain(
      "npm install @no/such-package»",
    );
    expect((await client.run('import x from "./nowhere"')).error?.evalue).toContain(folder);
  });
});
