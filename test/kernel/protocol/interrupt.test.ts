// Whatever a cell does, an interrupt ends it and keeps what was computed.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { NotebookClient } from "../notebook-client.js";

let client: NotebookClient;
beforeAll(async () => {
  // Collecting garbage after each interrupt shows promises that were left in V8's hands.
  client = await NotebookClient.start(tmpdir(), ["--expose-gc"]);
  await client.run("let state = 0; const get = () => state");
});
afterAll(() => client.stop());

/** A module whose function `f` is a loop that branches to itself. */
const wasmLoop = "[0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,9,1,7,0,3,64,12,0,11,11]";

const loops: Record<string, string> = {
  "a synchronous loop": "while (true) {}",
  "a loop that catches everything": "while (true) { try { while (true) {} } catch {} finally {} }",
  "a loop after an await": "await new Promise((r) => setTimeout(r, 5)); while (true) {}",
  "a loop in a timer": "await new Promise(() => setTimeout(() => { while (true) {} }, 5))",
  "a loop in an immediate": "await new Promise(() => setImmediate(() => { while (true) {} }))",
  "a loop in the second of two immediates":
    "setImmediate(() => {}); setImmediate(() => { while (true) {} }); await new Promise(() => {})",
  "immediates that set the next and compute":
    "const next = () => { setImmediate(next); for (let step = 0; step < 3e9; step++); }; next(); await new Promise(() => {})",
  "the interval of an imported module":
    'import { setInterval as every } from "node:timers"; every(() => { while (true) {} }, 5); await new Promise(() => {})',
  "loops that come one after another, from a port":
    'import { MessageChannel } from "node:worker_threads"; const { port1, port2 } = new MessageChannel(); port1.on("message", () => { while (true) {} }); for (const each of [1, 2, 3]) port2.postMessage(each); await new Promise(() => {})',
  "loops in the callbacks of two files":
    'import { readFile } from "node:fs"; for (const each of [1, 2]) readFile(process.execPath + each, () => { while (true) {} }); await new Promise(() => {})',
  "loops in the callbacks of two files that are opened":
    'import { open } from "node:fs"; for (const each of [1, 2]) open(process.execPath + each, () => { while (true) {} }); await new Promise(() => {})',
  "a loop in a microtask": "queueMicrotask(() => { while (true) {} }); await new Promise(() => {})",
  "an interval that computes": "setInterval(() => { while (true) {} }, 5); await new Promise(() => {})",
  "an endless chain of awaits": "while (true) await null",
  "a regular expression that backtracks": '/(a+)+b/.test("a".repeat(60))',
  "a generator": "function* endless() { while (true) yield 1 }\nfor (const each of endless()) void each",
  "a getter": "({ get x() { while (true) {} } }).x",
  "training in chunks":
    "for (;;) { const t = Date.now(); while (Date.now() - t < 60); await new Promise((r) => setImmediate(r)) }",
  sleeping: "await new Promise((r) => setTimeout(r, 1e6))",
  "sleeping again and again": "for (;;) await new Promise((r) => setTimeout(r, 10))",
  "a promise that nothing resolves": "await new Promise(() => {})",
  "a loop in finally": "try { throw 1 } finally { while (true) {} }",
  "a chain of process.nextTick":
    "const next = () => process.nextTick(next); next(); await new Promise(() => {})",
  "a listener of an emitter":
    'import { EventEmitter } from "node:events"; const e = new EventEmitter(); e.on("x", () => { while (true) {} }); setTimeout(() => e.emit("x")); await new Promise(() => {})',
  "a proxy": "new Proxy({}, { get() { while (true) {} } }).x",
  "a sort comparator": "[3, 2, 1].sort(() => { while (true) {} })",
  "a replacer": '"aaa".replace(/a/g, () => { while (true) {} })',
  "a thenable that is awaited": "await { then() { while (true) {} } }",
  "the display of a result": '({ [Symbol.for("Jupyter.display")]() { while (true) {} } })',
  "a display that never comes": '({ [Symbol.for("Jupyter.display")]() { return new Promise(() => {}) } })',
  "the inspection of a result": '({ [Symbol.for("nodejs.util.inspect.custom")]() { while (true) {} } })',
  "another context": 'import vm from "node:vm"; vm.runInNewContext("while (true) {}")',
  WebAssembly: `(await WebAssembly.instantiate(new Uint8Array(${wasmLoop}))).instance.exports.f()`,
  "a child process that is awaited":
    'import { spawn } from "node:child_process"; import { once } from "node:events"; await once(spawn(process.execPath, ["-e", "setInterval(() => {}, 1e3)"]), "close")',
  "JSON.parse again and again":
    "const numbers = JSON.stringify(Array.from({ length: 1e6 }, (_, at) => at)); for (;;) JSON.parse(numbers)",
  "structuredClone again and again":
    "const rows = Array.from({ length: 1e5 }, (_, at) => ({ at })); do structuredClone(rows); while (true)",
  "Atomics.wait": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
};

describe("an interrupt ends", () => {
  let step = 0;
  it.each(Object.entries(loops))("%s", async (_, code) => {
    step++;
    const cell = await client.interruptAfterReady(`console.log("ready"); state = ${step};\n${code}`);
    expect(cell.status).toBe("error");
    expect(cell.error?.ename).toBe("Interrupted");
    expect((await client.run("gc(); [state, get()]")).result).toBe(`[ ${step}, ${step} ]`);
  });
});

describe("after an interrupt", () => {
  it("nothing of the cell goes on", async () => {
    await client.run('import { setTimeout as sleep } from "node:timers/promises"; let beats = 0');
    await client.interruptAfterReady('console.log("ready"); for (;;) { await sleep(5); beats++ }');
    await client.run("state = beats");
    expect((await client.run("await sleep(50); beats === state")).result).toBe("true");
  });

  it("cells that were queued behind it are aborted, and the next one runs", async () => {
    const running = client.start('console.log("ready"); while (true) {}');
    const queued = client.start("state = 1000");
    await running.until(({ header }) => header.msg_type === "stream");
    await client.kernel.interrupt();
    expect((await running.finished).error?.ename).toBe("Interrupted");
    expect((await queued.finished).status).toBe("aborted");
    expect((await client.run("state < 1000")).result).toBe("true");
  });

  it.each([1, 2, 3, 4, 5])("no immediate of an earlier cell goes on, %s", async () => {
    const marker = join(mkdtempSync(join(tmpdir(), "immediates ")), "runs");
    await client.run(`import { writeFileSync } from "node:fs";
      var forever = () => { writeFileSync(${JSON.stringify(marker)}, ""); while (true) {} };
      setTimeout(() => { for (const each of [1, 2, 3]) setImmediate(forever); }, 5)`);
    await vi.waitUntil(() => existsSync(marker), { timeout: 20_000, interval: 5 });
    const waiting = client.start("1");
    await client.kernel.interrupt();
    await waiting.finished;
    expect((await client.run("1 + 1")).result).toBe("2");
    rmSync(dirname(marker), { recursive: true });
  });

  it.skipIf(process.platform === "win32")(
    "a file's callback that comes a moment later is ended, too",
    async () => {
      const pipe = join(mkdtempSync(join(tmpdir(), "pipes ")), "pipe");
      execFileSync("mkfifo", [pipe]);
      const running = client.start(`import { open } from "node:fs";
      let called = false;
      open(${JSON.stringify(pipe)}, () => { called = true; while (true) {} });
      console.log("ready"); await new Promise(() => {})`);
      await running.until(({ header }) => header.msg_type === "stream");
      const interrupted = client.kernel.interrupt();
      await setTimeout(50); // more than an interrupt takes, less than it waits for files
      await writeFile(pipe, "");
      await interrupted;
      expect((await running.finished).error?.ename).toBe("Interrupted");
      expect((await client.run("called")).result).toBe("true");
      rmSync(dirname(pipe), { recursive: true });
    },
  );

  it("an interrupt while nothing runs changes nothing", async () => {
    await client.kernel.interrupt();
    expect((await client.run("1 + 1")).result).toBe("2");
  });
});

it("what listens to the interrupted cell's signal runs to its end", async () => {
  const cell = await client.interruptAfterReady(`
    const signal = globalThis[Symbol.for("latent-lab.notebook")].interruptSignal();
    let cleaned = 0;
    signal.addEventListener("abort", () => {
      for (const end = performance.now() + 300; performance.now() < end; ) cleaned = -1;
      cleaned = 1;
    });
    console.log("ready"); while (true) {}`);
  expect(cell.error?.ename).toBe("Interrupted");
  expect((await client.run("cleaned")).result).toBe("1");
});

it("an endless listener to the interrupted cell's signal is ended as well", async () => {
  const cell = await client.interruptAfterReady(`
    globalThis[Symbol.for("latent-lab.notebook")].interruptSignal().addEventListener("abort", () => { for (;;); });
    console.log("ready"); while (true) {}`);
  expect(cell.error?.ename).toBe("Interrupted");
  expect((await client.run("1 + 1")).result).toBe("2");
});
