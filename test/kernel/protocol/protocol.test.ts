// The wire protocol against a client of bare sockets.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawClient } from "./raw-client.js";

let client: RawClient;
beforeAll(async () => {
  client = await RawClient.start();
});
afterAll(() => client.stop());

const idleOf =
  (id: string) => (message: { parent_header: { msg_id?: string }; content: Record<string, unknown> }) =>
    message.parent_header.msg_id === id && message.content.execution_state === "idle";

describe("a request", () => {
  it("kernel_info says what the kernel speaks", async () => {
    const { header, content } = await client.request("kernel_info_request");
    expect(header.msg_type).toBe("kernel_info_reply");
    expect(content).toMatchObject({
      status: "ok",
      protocol_version: "5.4",
      implementation: "latent-lab",
      language_info: { name: "typescript", mimetype: "text/typescript", file_extension: ".ts" },
    });
  });

  it("execute brings busy, input, output in order, the result, idle", async () => {
    const id = await client.send("execute_request", {
      code: 'console.log("a"); console.error("b"); console.log("c"); 6 * 7',
    });
    const { content } = await client.receive();
    await client.until(idleOf(id));
    expect(client.outputOf(id)).toEqual([
      "busy",
      "execute_input",
      "stream",
      "stream",
      "stream",
      "execute_result",
      "idle",
    ]);
    expect(content).toMatchObject({ status: "ok", user_expressions: {}, payload: [] });
    const result = client.iopub.find(
      (m) => m.parent_header.msg_id === id && m.header.msg_type === "execute_result",
    );
    expect(result?.content).toMatchObject({
      data: { "text/plain": "42" },
      execution_count: content.execution_count,
    });
  });

  it("a silent one leaves no trace but its status, and no number", async () => {
    const before = (await client.request("execute_request", { code: "1" })).content.execution_count;
    const id = await client.send("execute_request", { code: "2", silent: true });
    await client.receive();
    await client.until(idleOf(id));
    expect(client.outputOf(id)).toEqual(["busy", "idle"]);
    expect((await client.request("execute_request", { code: "3" })).content.execution_count).toBe(
      Number(before) + 1,
    );
  });

  it("user_expressions are evaluated in the cell's scope, each with its own failure", async () => {
    const { content } = await client.request("execute_request", {
      code: "const q = 5",
      user_expressions: { good: "q + 1", bad: "nope()" },
    });
    expect(content.user_expressions).toMatchObject({
      good: { status: "ok", data: { "text/plain": "6" } },
      bad: { status: "error", ename: "ReferenceError" },
    });
  });

  it("cells queued behind an error are aborted, one sent after its reply runs", async () => {
    const ids = [];
    for (const code of ['await new Promise((r) => setTimeout(r, 100)); throw new Error("stop")', "1", "2"])
      ids.push(await client.send("execute_request", { code }));
    const replies = [await client.receive(), await client.receive(), await client.receive()];
    expect(replies.map(({ content }) => content.status)).toEqual(["error", "aborted", "aborted"]);
    expect(replies.map(({ parent_header }) => parent_header.msg_id)).toEqual(ids);
    expect((await client.request("execute_request", { code: "3" })).content.status).toBe("ok");
  });

  it("without stop_on_error the queue goes on", async () => {
    await client.send("execute_request", { code: 'throw new Error("go on")', stop_on_error: false });
    await client.send("execute_request", { code: "1" });
    const replies = [await client.receive(), await client.receive()];
    expect(replies.map(({ content }) => content.status)).toEqual(["error", "ok"]);
  });

  it("history gives the cells so far", async () => {
    await client.request("execute_request", { code: "'remember me'" });
    const tail = await client.request("history_request", {
      hist_access_type: "tail",
      n: 1,
      output: false,
      raw: true,
    });
    expect(tail.content.history).toMatchObject([[expect.any(Number), expect.any(Number), "'remember me'"]]);
    const search = await client.request("history_request", {
      hist_access_type: "search",
      pattern: "*member*",
      n: 5,
    });
    expect((search.content.history as unknown[]).length).toBeGreaterThan(0);
  });

  it("an unknown comm is closed, comm_info is empty", async () => {
    const id = await client.send("comm_open", { comm_id: "c1", target_name: "nobody", data: {} });
    await client.until(idleOf(id));
    expect(client.outputOf(id)).toEqual(["busy", "comm_close", "idle"]);
    expect((await client.request("comm_info_request")).content.comms).toEqual({});
  });
});

describe("while a cell computes", () => {
  it("the heartbeat, kernel_info and completion are answered", async () => {
    const id = await client.send("execute_request", { code: 'console.log("computing"); while (true) {}' });
    await client.until((m) => m.parent_header.msg_id === id && m.header.msg_type === "stream");
    expect(await client.beat("are you there")).toBe("are you there");
    expect((await client.request("kernel_info_request")).content.status).toBe("ok");
    const { content } = await client.request("complete_request", { code: "Math.hyp", cursor_pos: 8 });
    expect(content.matches).toEqual(["hypot"]);
    // The last status is the kernel's, and it is busy still.
    expect(client.iopub.at(-1)?.content.execution_state).toBe("busy");
    expect((await client.request("interrupt_request", {}, "control")).content.status).toBe("ok");
    expect((await client.receive()).content).toMatchObject({ status: "error", ename: "Interrupted" });
  });
});

describe("what is not signed, not whole or not new", () => {
  const spoiled: Record<string, (frames: Buffer[]) => Buffer[]> = {
    "a wrong signature": ([delimiter, , ...rest]) => [
      delimiter as Buffer,
      Buffer.from("0".repeat(64)),
      ...rest,
    ],
    "no signature": ([delimiter, , ...rest]) => [delimiter as Buffer, Buffer.alloc(0), ...rest],
    "a changed content": (frames) => frames.with(5, Buffer.from('{"code":"process.exit()"}')),
    "no delimiter": (frames) => frames.slice(1),
    "missing parts": (frames) => frames.slice(0, 4),
    "a part that is no JSON": ([delimiter, , ...parts]) => {
      const broken = parts.with(3, Buffer.from("{"));
      return [delimiter as Buffer, Buffer.from(client.sign(broken)), ...broken];
    },
    "a part that is no object": ([delimiter, , ...parts]) => {
      const broken = parts.with(3, Buffer.from("[1]"));
      return [delimiter as Buffer, Buffer.from(client.sign(broken)), ...broken];
    },
  };
  it.each(Object.keys(spoiled))("%s is dropped, and the kernel lives", async (name) => {
    const frames = client.frames("execute_request", { code: `globalThis.spoiled = true` });
    await client.sendFrames(spoiled[name]?.(frames) ?? []);
    const { content } = await client.request("execute_request", {
      code: "0",
      user_expressions: { seen: "typeof globalThis.spoiled" },
    });
    expect(content.user_expressions).toMatchObject({ seen: { data: { "text/plain": "'undefined'" } } });
    expect(client.stderr).toContain("dropped a message");
  });

  it("a message that was sent before is dropped", async () => {
    const frames = client.frames("execute_request", {
      code: "globalThis.times = (globalThis.times ?? 0) + 1",
    });
    await client.sendFrames(frames);
    await client.receive();
    await client.sendFrames(frames);
    const { content } = await client.request("execute_request", {
      code: "0",
      user_expressions: { n: "times" },
    });
    expect(content.user_expressions).toMatchObject({ n: { data: { "text/plain": "1" } } });
  });
});

describe("the end", () => {
  it.each(["control", "shell"] as const)(
    "shutdown on %s is answered, and the process ends with 0",
    async (channel) => {
      const other = await RawClient.start();
      const { content } = await other.request("shutdown_request", { restart: true }, channel);
      expect(content).toMatchObject({ status: "ok", restart: true });
      expect(await other.exited).toBe(0);
      await other.stop();
    },
  );

  it("shutdown ends a kernel whose cell computes", async () => {
    const other = await RawClient.start();
    const id = await other.send("execute_request", { code: 'console.log("go"); while (true) {}' });
    await other.until((m) => m.parent_header.msg_id === id && m.header.msg_type === "stream");
    expect((await other.request("shutdown_request", {}, "control")).content.status).toBe("ok");
    await other.exited;
    await other.stop();
  });

  it("process.exit() in a timer ends the cell that waits for ever, and the process", async () => {
    const other = await RawClient.start();
    const code = "setTimeout(() => process.exit(0), 5); await new Promise(() => {})";
    const { content } = await other.request("execute_request", { code });
    expect(content).toMatchObject({ status: "error", ename: "ExitRequest" });
    expect(await other.exited).toBe(0);
    await other.stop();
  });

  it("process.exit() says so, answers the cell, and ends the process", async () => {
    const other = await RawClient.start();
    const { content } = await other.request("execute_request", {
      code: "process.exit(0); console.log('never')",
    });
    expect(content).toMatchObject({ status: "error", ename: "ExitRequest" });
    expect(await other.exited).toBe(0);
    const printed = other.iopub.filter((m) => m.header.msg_type === "stream").map((m) => m.content.text);
    expect(printed.join("")).toContain("the kernel shuts down");
    expect(printed.join("")).not.toContain("never");
    await other.stop();
  });
});
