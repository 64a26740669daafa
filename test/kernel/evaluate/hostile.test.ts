// Cells that break what the kernel itself stands on: each gets a reply, and where it can, the kernel goes on.
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NotebookClient } from "../notebook-client.js";

let client: NotebookClient;
beforeEach(async () => {
  client = await NotebookClient.start(tmpdir());
});
afterEach(() => client.stop());

describe("the kernel goes on after", () => {
  it.each<[string, string]>([
    ["Promise without its then", "Promise.prototype.then = () => { throw 1 }"],
    ["no Promise", "(globalThis as any).Promise = undefined"],
    ["a frozen global object", "Object.freeze(globalThis)"],
    [
      "frozen prototypes",
      "for (const each of [Object, Array, Function, Map, Set]) Object.freeze(each.prototype)",
    ],
    ["no timers", "(globalThis as any).setTimeout = (globalThis as any).setImmediate = undefined"],
    ["no console and no streams", "(globalThis as any).console = undefined; process.stdout.destroy()"],
    ["no JSON.stringify", "(JSON as any).stringify = null"],
    [
      "the signal that opens Node's inspector",
      'process.kill(process.pid, "SIGUSR1"); await new Promise((r) => setTimeout(r, 200))',
    ],
  ])("%s", async (_, code) => {
    await client.run(`let kept = 41; ${code}; 5`);
    expect((await client.run("let more = kept + 1; more")).result).toBe("42");
  });
});

it.each<[string, string]>([
  ["push", "Array.prototype.push = () => { throw new Error('no') }"],
  ["map", "(Array.prototype as any).map = undefined"],
])("without Array's %s, cells get an error that says what to do", async (_, code) => {
  await client.run(code);
  expect((await client.run("1 + 1")).error?.evalue).toContain("restart the kernel");
});

describe("a value that throws when it is looked at", () => {
  it.each([
    "new Proxy({}, { get() { throw new Error() }, getPrototypeOf() { throw new Error() } })",
    "(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()",
    "Object.defineProperty(new Error(), 'message', { get() { throw 1 } })",
    "Object.defineProperty(new Error(), 'cause', { value: { get stack() { throw 1 }, __proto__: Error.prototype } })",
  ])("%s can be thrown, and be a result", async (value) => {
    expect((await client.run(`throw ${value}`)).status).toBe("error");
    expect((await client.run(`const shown = ${value}; shown`)).status).toBe("ok");
    expect((await client.run("1 + 1")).result).toBe("2");
  });
});

it("errors reach the cell after process.removeAllListeners()", async () => {
  const late =
    'setTimeout(() => { throw new Error("late") }, 5); await new Promise((r) => setTimeout(r, 50))';
  expect((await client.run(`process.removeAllListeners(); ${late}`)).error?.evalue).toBe("late");
});

it("brackets deeper than the parser's stack are a syntax error", async () => {
  const { error } = await client.run(`${"(".repeat(20_000)}1${")".repeat(20_000)}`);
  expect(error?.ename).toBe("SyntaxError");
  expect(error?.evalue).toContain("nested more than");
});

it("a function with a loop can be sent to a worker as text", async () => {
  const code = `
    import { once } from "node:events";
    import { Worker } from "node:worker_threads";
    function sum() { let total = 0; for (const each of [1, 2, 3]) total += Math.abs(each); return total }
    const worker = new Worker(\`require("node:worker_threads").parentPort.postMessage((\${sum})())\`, { eval: true });
    const [answer] = await once(worker, "message"); answer`;
  expect((await client.run(code)).result).toBe("6");
});

it("a native call that outlasts an interrupt's patience is said so, and its cell ends with the call", async () => {
  const cell = client.start(
    'import { execSync } from "node:child_process"; console.log("ready"); execSync("sleep 12"); 1',
  );
  await cell.until(({ header }) => header.msg_type === "stream");
  const { content } = await client.kernel.request("interrupt_request", {}, { channel: "control" });
  expect(content.evalue).toContain("restart the kernel");
  expect((await cell.finished).error?.ename).toBe("Interrupted");
  expect((await client.run("1 + 1")).result).toBe("2");
});
