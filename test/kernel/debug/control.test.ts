// Whatever is done while the program is paused: nothing hangs, and nothing stays paused.
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RawClient } from "../protocol/raw-client.js";
import { DebugClient } from "./debug-client.js";

let client: DebugClient;
beforeEach(async () => {
  client = await DebugClient.start(tmpdir());
  await client.attach();
});
afterEach(() => client.stop());

const code = "let reached = 1;\nreached = 2;\nreached = 3;\nreached";

async function pausedCell() {
  await client.breakAt(code, 3);
  const cell = client.notebook.start(code);
  await client.stopped();
  return cell;
}

it("an interrupt ends the cell where it stands, and the next one runs", async () => {
  for (let round = 0; round < 3; round++) {
    const cell = await pausedCell();
    await client.notebook.kernel.interrupt();
    expect((await cell.finished).error?.ename).toBe("Interrupted");
    await client.event("continued");
    expect((await client.notebook.run("reached")).result).toBe("2");
  }
});

it("an interrupt ends what was paused after an await", async () => {
  const waiting = "let late = 1;\nawait null;\nlate = 2;\nlate = 3;";
  await client.breakAt(waiting, 4);
  const cell = client.notebook.start(waiting);
  await client.stopped();
  await client.notebook.kernel.interrupt();
  expect((await cell.finished).error?.ename).toBe("Interrupted");
  expect((await client.notebook.run("late")).result).toBe("2");
});

it("an interrupt of a loop works while the debugger is on", async () => {
  const result = await client.notebook.interruptAfterReady("console.log('ready'); while (true) {}");
  expect(result.error?.ename).toBe("Interrupted");
  expect((await client.notebook.run("1 + 1")).result).toBe("2");
});

it("disconnecting lets the cell go on", async () => {
  const cell = await pausedCell();
  await client.ask("disconnect", { restart: false, terminateDebuggee: false });
  expect((await cell.finished).result).toBe("3");
  expect((await client.ask("debugInfo")).isStarted).toBe(false);
  expect((await client.notebook.run(code)).result).toBe("3");
});

it("it can be turned on again, and stops again", async () => {
  await client.ask("disconnect");
  await client.attach();
  const cell = await pausedCell();
  await client.go();
  expect((await cell.finished).result).toBe("3");
});

it("a shutdown ends the kernel at once", async () => {
  const cell = await pausedCell();
  const gone = expect(cell.finished).rejects.toThrow();
  const reply = await client.notebook.kernel.request(
    "shutdown_request",
    { restart: false },
    { channel: "control" },
  );
  expect(reply.content.status).toBe("ok");
  await client.stop();
  await gone;
});

it("a restart gives a kernel that debugs anew", async () => {
  const first = await pausedCell();
  const gone = expect(first.finished).rejects.toThrow();
  await client.notebook.kernel.restart();
  await gone;
  expect(await client.ask("debugInfo")).toMatchObject({
    isStarted: false,
    breakpoints: [],
    stoppedThreads: [],
  });
  await client.attach();
  const again = await pausedCell();
  await client.go();
  expect((await again.finished).result).toBe("3");
});

it("requests that need no user code are answered", async () => {
  const cell = await pausedCell();
  const { matches } = await client.notebook.ask("complete_request", { code: "Math.sq", cursor_pos: 7 });
  expect(matches).toContain("sqrt");
  expect(await client.ask("debugInfo")).toMatchObject({
    isStarted: true,
    stoppedThreads: [1],
    breakpoints: [{ breakpoints: [{ line: 3 }] }],
  });
  expect(await client.ask("threads")).toEqual({ threads: [{ id: 1, name: "main" }] });
  await client.go();
  await cell.finished;
});

it("a second front end finds the pause and can end it", async () => {
  const cell = await pausedCell();
  await client.ask("initialize", { clientID: "another" });
  expect((await client.ask("debugInfo")).stoppedThreads).toEqual([1]);
  expect(await client.stack()).toEqual(["Cell [1]:3"]);
  await client.go();
  expect((await cell.finished).result).toBe("3");
});

it("requests that make no sense get a reply that says so", async () => {
  const failing: [string, Record<string, unknown>, RegExp][] = [
    ["flyAway", {}, /does not know/],
    ["next", { threadId: 1 }, /nothing is paused/],
    ["evaluate", { expression: "1" }, /nothing is paused/],
    ["setBreakpoints", { breakpoints: [] }, /source\.path/],
    ["source", { source: { path: "/no/such/file" } }, /not available/],
    ["variables", {}, /variablesReference/],
    ["toString", {}, /does not know/],
  ];
  for (const [command, given, message] of failing) {
    const reply = await client.request(command, given);
    expect([command, reply.success, reply.message]).toEqual([command, false, expect.stringMatching(message)]);
  }
  expect((await client.request("stackTrace")).body.stackFrames).toEqual([]);
  await client.ask("disconnect");
  expect((await client.request("next")).message).toMatch(/not started/);
});

it("a client that vanished leaves a kernel that can be interrupted and restarted", async () => {
  const raw = await RawClient.start();
  try {
    const debug = (command: string, given: object = {}) =>
      raw.request("debug_request", { type: "request", seq: 1, command, arguments: given }, "control");
    await debug("initialize");
    const { content } = await debug("dumpCell", { code });
    const { sourcePath } = content.body as { sourcePath: string };
    await debug("setBreakpoints", { source: { path: sourcePath }, breakpoints: [{ line: 2 }] });
    const id = await raw.send("execute_request", { code, silent: false });
    await raw.until(
      ({ header, content }) => header.msg_type === "debug_event" && content.event === "stopped",
    );
    expect(await raw.beat("alive")).toBe("alive");
    expect((await raw.request("interrupt_request", {}, "control")).content.status).toBe("ok");
    const reply = await raw.receive();
    expect([reply.parent_header.msg_id, reply.content.ename]).toEqual([id, "Interrupted"]);
  } finally {
    await raw.stop();
  }
});

it("code that never ends in evaluate is stopped, and the pause stays", async () => {
  const cell = await pausedCell();
  const [frame] = await client.frames();
  const reply = await client.request("evaluate", {
    expression: "(() => { for (;;); })()",
    frameId: frame?.id,
  });
  expect([reply.success, reply.message]).toEqual([false, expect.stringMatching(/longer than 8 s/)]);
  expect(await client.evaluate("reached")).toBe("2");
  await client.go();
  expect((await cell.finished).result).toBe("3");
});
