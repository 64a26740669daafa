// Subshells (JEP 91): cells that run while a cell of the main shell awaits, each with its own order, output and reply.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawClient, type RawMessage } from "./raw-client.js";

let client: RawClient;
let subshell: string;

beforeAll(async () => {
  client = await RawClient.start();
  subshell = String((await client.request("create_subshell_request", {}, "control")).content.subshell_id);
});
afterAll(() => client.stop());

const list = async () => (await client.request("list_subshell_request", {}, "control")).content.subshell_id;
const textOf = (id: string) =>
  client.iopub
    .filter(({ header, parent_header }) => header.msg_type === "stream" && parent_header.msg_id === id)
    .map(({ content }) => content.text)
    .join("");
const idle = (id: string) =>
  client.until(
    ({ parent_header, content }: RawMessage) =>
      parent_header.msg_id === id && content.execution_state === "idle",
  );

describe("subshells", () => {
  it("are announced, created, listed and deleted", async () => {
    const { content } = await client.request("kernel_info_request");
    expect(content.supported_features).toContain("kernel subshells");
    const other = (await client.request("create_subshell_request", {}, "control")).content;
    expect(other.status).toBe("ok");
    expect(await list()).toEqual([subshell, other.subshell_id]);
    const remove = { subshell_id: other.subshell_id };
    expect((await client.request("delete_subshell_request", remove, "control")).content.status).toBe("ok");
    expect(await list()).toEqual([subshell]);
    const again = await client.request("delete_subshell_request", remove, "control");
    expect(again.content).toMatchObject({ status: "error", evalue: expect.stringMatching(/no subshell/) });
  });

  it("run a cell while one of the main shell awaits, and each output goes to its own", async () => {
    const main = await client.execute(
      "let go = () => {}; console.log('main'); await new Promise((resolve) => { go = () => resolve(0) }); console.log('went on'); 'main value'",
    );
    await client.until(({ content }) => content.text === "main\n");
    const beside = await client.execute(
      "console.log('beside'); await new Promise((r) => setTimeout(r, 30)); console.log('still'); go(); 'value'",
      subshell,
    );
    const [first, second] = [await client.receive(), await client.receive()];
    expect([first.parent_header.msg_id, second.parent_header.msg_id].sort()).toEqual([beside, main].sort());
    await Promise.all([idle(main), idle(beside)]);
    expect(textOf(beside)).toBe("beside\nstill\n");
    expect(textOf(main)).toBe("main\nwent on\n");
    const counts = [first, second].map(({ content }) => Number(content.execution_count));
    expect(Math.abs((counts[0] ?? 0) - (counts[1] ?? 0))).toBe(1);
    const results = client.iopub.filter(({ header }) => header.msg_type === "execute_result");
    for (const { parent_header, content } of results.slice(-2)) {
      const reply = [first, second].find((each) => each.parent_header.msg_id === parent_header.msg_id);
      expect(content.execution_count).toBe(reply?.content.execution_count);
    }
  });

  it("keep their own order, and an error aborts only what waits in the same one", async () => {
    const wait = (name: string) => `await new Promise((r) => setTimeout(r, 20)); console.log('${name}')`;
    const main = [await client.execute(wait("main 1")), await client.execute(wait("main 2"))];
    const beside = [await client.execute(`${wait("sub 1")}; throw new Error('bad')`, subshell)];
    beside.push(await client.execute(wait("sub 2"), subshell));
    const replies: RawMessage[] = [];
    for (let each = 0; each < 4; each++) replies.push(await client.receive());
    const status = (id = "") =>
      replies.find(({ parent_header }) => parent_header.msg_id === id)?.content.status;
    expect(main.map(status)).toEqual(["ok", "ok"]);
    expect(beside.map(status)).toEqual(["error", "aborted"]);
  });

  it("leave the kernel busy as long as any of their cells runs", async () => {
    const main = await client.execute("await new Promise((r) => setTimeout(r, 150))");
    const beside = await client.execute("1", subshell);
    await client.receive();
    await client.receive();
    await idle(main);
    const states = client.iopub.filter(({ header }) => header.msg_type === "status");
    const ended = states.findIndex(
      ({ parent_header, content }) => parent_header.msg_id === beside && content.execution_state === "idle",
    );
    expect(states[ended + 1]).toMatchObject({
      parent_header: { msg_id: main },
      content: { execution_state: "busy" },
    });
  });

  it("are stopped by an interrupt with the main shell, whichever of them computes", async () => {
    for (const [mine, theirs] of [
      ["await new Promise(() => {})", "while (true) {}"],
      ["await new Promise((r) => setTimeout(r, 50)); while (true) {}", "await new Promise(() => {})"],
    ] as const) {
      const main = await client.execute(mine);
      const beside = await client.execute(theirs, subshell);
      await new Promise((r) => setTimeout(r, 200));
      expect((await client.request("interrupt_request", {}, "control")).content.status).toBe("ok");
      const replies = [await client.receive(), await client.receive()];
      expect(replies.map(({ parent_header }) => parent_header.msg_id).sort()).toEqual([main, beside].sort());
      expect(replies.map(({ content }) => content.ename)).toEqual(["Interrupted", "Interrupted"]);
    }
    await client.execute("'alive'", subshell);
    expect((await client.receive()).content.status).toBe("ok");
  });

  it("that do not exist are refused by name; a deleted one ends its cell and aborts the rest", async () => {
    await client.execute("1", "nonsense");
    expect((await client.receive()).content).toMatchObject({ status: "error", ename: "SubshellNotFound" });
    const { subshell_id: id } = (await client.request("create_subshell_request", {}, "control")).content;
    const running = await client.execute("await new Promise((r) => setTimeout(r, 1000)); 'end'", String(id));
    const waiting = await client.execute("2", String(id));
    await client.until(
      ({ header, parent_header }) => header.msg_type === "execute_input" && parent_header.msg_id === running,
    );
    await client.request("delete_subshell_request", { subshell_id: id }, "control");
    expect(await list()).toEqual([subshell]);
    const [aborted, ended] = [await client.receive(), await client.receive()];
    expect([aborted.parent_header.msg_id, aborted.content.status]).toEqual([waiting, "aborted"]);
    expect([ended.parent_header.msg_id, ended.content.status]).toEqual([running, "ok"]);
  });

  it("ask their own client for input", async () => {
    const main = await client.execute("await new Promise((r) => setTimeout(r, 100)); 1");
    const beside = await client.execute("prompt('who?')", subshell);
    const replies = [await client.receive(), await client.receive()];
    const of = (id: string) => replies.find(({ parent_header }) => parent_header.msg_id === id)?.content;
    expect(of(main)?.status).toBe("ok");
    expect(of(beside)?.evalue).toMatch(/cannot ask/);
  });

  it("end with the kernel when one of their cells exits", async () => {
    await client.execute("await new Promise(() => {})");
    await client.execute("process.exit(3)", subshell);
    await client.exited;
  });
});
