// Comms through the kernel, with a raw front end on the other side.
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommsClient } from "./comms-client.js";

let client: CommsClient;
beforeAll(async () => {
  client = await CommsClient.start(tmpdir());
  await client.notebook.run(`const host = globalThis[Symbol.for("latent-lab.notebook")].interactive;
const got: unknown[] = [];
host.registerTarget("echo", (comm, opened) => {
  comm.send({ opened: opened.data }, { metadata: opened.metadata, buffers: opened.buffers });
  comm.onMessage(({ data, metadata, buffers }) => { got.push(data); comm.send({ echo: data }, { metadata, buffers }); });
  comm.onClose(({ data }) => { got.push(data); });
});`);
});
afterAll(() => client.stop());

const text = (id: string) =>
  client.iopub
    .filter(({ header, parent_header }) => header.msg_type === "stream" && parent_header.msg_id === id)
    .map(({ content }) => content.text)
    .join("");

describe("a comm from the front end", () => {
  it("to an unknown target is closed at once", async () => {
    const { comm, message } = await client.open("nobody");
    await client.idle(message);
    expect(client.causedBy(message)).toEqual(["busy", "comm_close", "idle"]);
    expect(client.comms("close", comm)).toHaveLength(1);
  });

  it("carries data, metadata and bytes both ways, each answer with its message as parent", async () => {
    const bytes = Buffer.from([0, 1, 254, 255]);
    const { comm, message } = await client.open("echo", {
      data: { a: 1 },
      metadata: { m: "ü" },
      buffers: [bytes],
    });
    await client.idle(message);
    expect(client.causedBy(message)).toEqual(["busy", "comm_msg", "idle"]);
    const id = await client.tell(comm, { b: [2] }, { buffers: [bytes, Buffer.alloc(0)] });
    const [opened, echoed] = client.comms("msg", comm);
    expect(opened).toMatchObject({ content: { data: { opened: { a: 1 } } }, metadata: { m: "ü" } });
    expect(opened?.buffers).toEqual([bytes]);
    expect(echoed).toMatchObject({ content: { data: { echo: { b: [2] } } }, parent_header: { msg_id: id } });
    expect(echoed?.buffers).toEqual([bytes, Buffer.alloc(0)]);
  });

  it("is listed until it is closed, also by target, and its close reaches the handler", async () => {
    const { comm, message } = await client.open("echo");
    await client.idle(message);
    const list = (content = {}) => client.notebook.ask("comm_info_request", content);
    expect((await list()).comms).toMatchObject({ [comm]: { target_name: "echo" } });
    expect((await list({ target_name: "other" })).comms).toEqual({});
    await client.idle(await client.send("close", { comm_id: comm }, { data: { bye: 1 } }));
    expect((await list()).comms).not.toHaveProperty(comm);
    expect((await client.notebook.run("got.at(-1)")).result).toBe("{ bye: 1 }");
  });

  it("that nobody knows is ignored", async () => {
    const id = await client.tell("no such comm", { a: 1 });
    expect(client.causedBy(id)).toEqual(["busy", "idle"]);
  });
});

describe("a comm from a cell", () => {
  it("is opened, used and closed with the cell as parent; the caller keeps its bytes", async () => {
    const cell = await client.notebook.run(`const values = new Float32Array([1, 2, 3]);
const mine = host.openComm("front", { title: "x" }, { buffers: [values.subarray(1)] });
mine.send({ n: 1 }); values[1] = 9; mine.close({ last: true }); mine.close(); mine.send({ n: 2 });
[...values]`);
    expect(cell.result).toBe("[ 1, 9, 3 ]");
    const sent = cell.messages.filter(({ header }) => header.msg_type.startsWith("comm_"));
    expect(sent.map(({ header }) => header.msg_type)).toEqual(["comm_open", "comm_msg", "comm_close"]);
    expect(sent[0]?.content).toMatchObject({ target_name: "front", data: { title: "x" } });
    const bytes = new Uint8Array(sent[0]?.buffers[0] ?? []);
    expect([...new Float32Array(bytes.buffer)]).toEqual([2, 3]);
  });

  it("is closed by the front end once", async () => {
    const cell = await client.notebook.run(`let closed = 0;
const theirs = host.openComm("front", {}); theirs.onClose(() => { closed++; }); theirs.id`);
    const comm = String(cell.result).slice(1, -1);
    await client.idle(await client.send("close", { comm_id: comm }));
    await client.idle(await client.send("close", { comm_id: comm }));
    expect((await client.notebook.run("closed")).result).toBe("1");
  });
});

describe("a handler", () => {
  /** A comm whose handler is `code`. */
  async function withHandler(code: string): Promise<string> {
    const cell = await client.notebook.run(`const line = host.openComm("jupyter.widget", {});
line.onMessage(${code}); line.id`);
    return String(cell.result).slice(1, -1);
  }

  it("prints with its message as parent, before idle, also after a wait", async () => {
    const comm = await withHandler(`async ({ data }) => {
      console.log("first", data.n); await new Promise((go) => setTimeout(go, 5)); console.log("then", data.n); }`);
    const id = await client.tell(comm, { n: 7 });
    expect(text(id)).toBe("first 7\nthen 7\n");
    expect(client.causedBy(id).at(-1)).toBe("idle");
  });

  it("that throws, or rejects, shows the error, and the kernel and the comm live", async () => {
    const comm = await withHandler(
      `({ data }) => { if (data.late) return Promise.reject(new RangeError("late")); throw new TypeError("now"); }`,
    );
    for (const [late, ename] of [
      [false, "TypeError"],
      [true, "RangeError"],
    ]) {
      const id = await client.tell(comm, { late });
      const error = await client.until(
        ({ header, parent_header }) => header.msg_type === "error" && parent_header.msg_id === id,
      );
      expect(error.content.ename).toBe(ename);
      expect(String(error.content.traceback)).toContain("Cell [");
    }
  });

  it("waits while a cell computes, and runs before the next cell", async () => {
    await client.notebook.run("let seen = 0;");
    const comm = await withHandler("({ data }) => { seen = data.n; }");
    const cell = client.notebook.start(
      'console.log("go"); const end = Date.now() + 300; while (Date.now() < end); seen',
    );
    await cell.until(({ header }) => header.msg_type === "stream");
    const id = await client.send("msg", { comm_id: comm }, { data: { n: 5 } });
    const next = client.notebook.start("seen");
    expect((await client.notebook.ask("comm_info_request", {})).comms).toHaveProperty(comm);
    expect((await cell.finished).result).toBe("0");
    expect((await next.finished).result).toBe("5");
    await client.idle(id);
  });

  it("runs while a cell awaits, and the kernel is busy still after it", async () => {
    await client.notebook.run("let wake = () => {};");
    const comm = await withHandler("() => { wake(); }");
    const cell = client.notebook.start(
      'const woken = new Promise<void>((go) => { wake = go; }); console.log("go"); await woken; "woken"',
    );
    await cell.until(({ header }) => header.msg_type === "stream");
    const id = await client.tell(comm, {});
    expect((await cell.finished).result).toBe("'woken'");
    const states = client.iopub.filter(({ header }) => header.msg_type === "status");
    const after = states.findIndex(
      ({ parent_header, content }) => parent_header.msg_id === id && content.execution_state === "idle",
    );
    expect(states[after + 1]?.content.execution_state).toBe("busy");
  });

  it("gets a message when its promise for the one before is settled", async () => {
    await client.notebook.run("const order: string[] = [];");
    const comm = await withHandler(`async ({ data }) => {
      order.push("start " + data.n); await new Promise((go) => setTimeout(go, 5)); order.push("end " + data.n); }`);
    await Promise.all([1, 2].map((n) => client.tell(comm, { method: "custom", n })));
    expect((await client.notebook.run("order.join()")).result).toBe("'start 1,end 1,start 2,end 2'");
  });

  it("gets all that came while it waited, also if it waits no more", async () => {
    await client.notebook.run("const numbers: number[] = [];");
    const comm = await withHandler(`({ data }) => {
      numbers.push(data.n); if (data.n === 0) return new Promise((go) => setTimeout(go, 20)); }`);
    await Promise.all([0, 1, 2, 3].map((n) => client.tell(comm, { method: "custom", n })));
    expect((await client.notebook.run("numbers.join()")).result).toBe("'0,1,2,3'");
  });

  it("gets the last of many updates, joined, and every custom message", async () => {
    await client.notebook.run("const updates: any[] = []; const customs: any[] = [];");
    const comm = await withHandler(`({ data }) => {
      if (data.method === "custom") { customs.push(data.n); return; }
      updates.push(data.state); const end = Date.now() + 30; while (Date.now() < end); }`);
    const sent = [
      await client.send("msg", { comm_id: comm }, { data: { method: "update", state: { b: 1 } } }),
    ];
    for (let a = 1; a <= 200; a++)
      sent.push(await client.send("msg", { comm_id: comm }, { data: { method: "update", state: { a } } }));
    for (let n = 0; n < 50; n++)
      sent.push(await client.send("msg", { comm_id: comm }, { data: { method: "custom", n } }));
    for (const id of sent) await client.idle(id);
    const { result } = await client.notebook.run(
      "[updates.length < 100, updates.at(-1).a, updates.some((u) => u.b === 1), customs.length]",
    );
    expect(result).toBe("[ true, 200, true, 50 ]");
  });

  it.each([
    ["computes for ever", 'console.log("in"); while (true) {}'],
    ["waits for ever", 'console.log("in"); await new Promise(() => {});'],
  ])("that %s is interrupted, and its comm goes on", async (_name, body) => {
    const comm = await withHandler(
      `async ({ data }) => { if (data.loop) { ${body} } else console.log("alive"); }`,
    );
    const id = await client.send("msg", { comm_id: comm }, { data: { loop: true } });
    await client.until(
      ({ header, parent_header }) => header.msg_type === "stream" && parent_header.msg_id === id,
    );
    await client.notebook.kernel.interrupt();
    await client.idle(id);
    expect(text(await client.tell(comm, {}))).toBe("alive\n");
  });

  it("those that compute for ever, one after another, are ended by one interrupt", async () => {
    const comm = await withHandler(
      `({ data }) => { if (data.loop) { console.log("in"); while (true) {} } else console.log("alive"); }`,
    );
    const loops: string[] = [];
    for (let each = 0; each < 3; each++)
      loops.push(await client.send("msg", { comm_id: comm }, { data: { loop: true } }));
    await client.until(
      ({ header, parent_header }) => header.msg_type === "stream" && parent_header.msg_id === loops[0],
    );
    await client.notebook.kernel.interrupt();
    for (const id of loops) await client.idle(id);
    expect((await client.notebook.run("1 + 1")).result).toBe("2");
    expect(text(await client.tell(comm, {}))).toBe("alive\n");
  });
});

describe("a malformed message", () => {
  const malformed: [string, object, object?][] = [
    ["without content", {}],
    ["with ids that are none", { comm_id: { a: 1 }, target_name: 3 }],
    ["with data that is none", { comm_id: "x", target_name: "echo", data: "text" }],
    ["with null", { comm_id: null, target_name: null, data: null }],
  ];
  it.each(malformed)("%s is answered, and the kernel lives", async (_name, content) => {
    for (const type of ["open", "msg", "close"] as const) {
      const id = await client.send(type, content);
      await client.idle(id);
      expect(client.causedBy(id)[0]).toBe("busy");
    }
    expect((await client.notebook.run("1 + 1")).result).toBe("2");
  });
});

it("an interrupted cell leaves its comms open", async () => {
  const cell = await client.notebook.interruptAfterReady(`const kept = host.openComm("front", {});
kept.onMessage(() => console.log("still here")); globalThis.keptId = kept.id; console.log("ready"); while (true) {}`);
  expect(cell.error?.ename).toBe("Interrupted");
  const comm = String((await client.notebook.run("globalThis.keptId")).result).slice(1, -1);
  expect(text(await client.tell(comm, {}))).toBe("still here\n");
});

it("sends updates of a widget once a frame, and always the last before the cell ends", async () => {
  const cell = await client.notebook.run(`const bar = host.openComm("jupyter.widget", {});
for (let value = 1; value <= 5000; value++) bar.send({ method: "update", state: { value } }); "done"`);
  const values = cell.messages
    .filter(({ header }) => header.msg_type === "comm_msg")
    .map(({ content }) => (content.data as { state: { value: number } }).state.value);
  expect(values[0]).toBe(1);
  expect(values.at(-1)).toBe(5000);
  expect(values.length).toBeLessThan(500);
});

it("a restarted kernel has no comms", async () => {
  await client.notebook.kernel.restart();
  expect((await client.notebook.ask("comm_info_request", {})).comms).toEqual({});
});
