// Contents, headers and frames that no client should send. Whatever comes, the kernel answers what can be answered,
// drops the rest with a line in its log, and goes on.
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawClient, type RawMessage } from "./raw-client.js";

let client: RawClient;
beforeAll(async () => {
  client = await RawClient.start();
});
afterAll(() => client.stop());

const requests = [
  ...["execute", "complete", "inspect", "is_complete", "history", "comm_info", "kernel_info", "debug"],
  "interrupt",
].map((name) => `${name}_request`);
const others = ["comm_open", "comm_msg", "comm_close", "input_reply", "execute_reply", "stream", "", "🤖"];
const fields = [
  ...["code", "cursor_pos", "detail_level", "silent", "store_history", "user_expressions", "stop_on_error"],
  ...["hist_access_type", "output", "raw", "session", "start", "stop", "n", "pattern", "unique"],
  ...["target_name", "comm_id", "data", "value", "seq", "command", "arguments", "subshell_id", "allow_stdin"],
];

/** Numbers, texts, lists and objects where others are meant. */
const value = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    -1,
    0,
    1e308,
    2 ** 53,
    "",
    "x",
    "1 + 1",
    "\u0000",
    "__proto__",
    "debugInfo",
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.jsonValue({ maxDepth: 3 }),
);
const content = fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 8 });
const channel = fc.constantFrom("shell" as const, "control" as const);
// The same ones in every run: a failure is no matter of luck.
const settings = { seed: 20_261_123, numRuns: 400, endOnFailure: true };

/** The reply to a request; other replies that are on their way are passed over. */
async function replyTo(id: string, on: "shell" | "control"): Promise<RawMessage> {
  for (;;) {
    const message = await Promise.race([client.receive(on), late(client)]);
    if (message.parent_header.msg_id === id) return message;
  }
}

/** Fails with what the kernel last said, long after any answer is due. */
function late({ stderr }: RawClient): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(new Error(`no reply. The kernel's log ends: ${stderr.slice(-2000)}`));
    setTimeout(fail, 20_000).unref();
  });
}

async function isWell(): Promise<void> {
  expect(await client.beat("well?")).toBe("well?");
  for (const on of ["shell", "control"] as const) {
    const id = await client.send("kernel_info_request", {}, on);
    expect((await replyTo(id, on)).content.status).toBe("ok");
  }
}

describe("any content", () => {
  it("of a request is answered with a status", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...requests), content, channel, async (type, fuzzed, on) => {
        const id = await client.send(type, fuzzed, on);
        const reply = await replyTo(id, on);
        expect(reply.header.msg_type).toBe(type.replace(/_request$/, "_reply"));
        if (type !== "debug_request")
          expect(reply.content.status).toMatch(/^(ok|error|aborted|complete|incomplete|invalid)$/);
      }),
      settings,
    );
    await isWell();
  });

  it("of another message changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...others), content, channel, (type, fuzzed, on) =>
        client.send(type, fuzzed, on).then(() => undefined),
      ),
      settings,
    );
    await isWell();
  });
});

it("any header and any part, rightly signed, is dropped or answered", async () => {
  const part = fc.oneof(fc.jsonValue({ maxDepth: 2 }), content).map((each) => JSON.stringify(each));
  const header = fc
    .record(
      {
        msg_id: fc.oneof(fc.uuid(), value),
        msg_type: fc.oneof(fc.constantFrom(...requests, ...others), value),
        session: value,
        version: value,
        date: value,
        username: value,
        subshell_id: value,
      },
      { requiredKeys: [] },
    )
    .map((each) => JSON.stringify(each));
  const broken = fc.constantFrom("{", "", "nul", '{"a":', "\u0000");
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.oneof(header, part, broken), fc.oneof(part, broken), part, fc.oneof(part, broken)),
      channel,
      async (texts, on) => {
        const parts = texts.map((text) => Buffer.from(text));
        await client.sendFrames([Buffer.from("<IDS|MSG>"), Buffer.from(client.sign(parts)), ...parts], on);
      },
    ),
    settings,
  );
  await isWell();
});

it("any frames are dropped", async () => {
  const frame = fc.oneof(
    fc.constant(Buffer.from("<IDS|MSG>")),
    fc.uint8Array({ maxLength: 300 }).map(Buffer.from),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 9 }), channel, (frames, on) =>
      client.sendFrames(frames, on),
    ),
    settings,
  );
  await isWell();
});

it("a message of 16 MB is answered", async () => {
  const code = `/* ${"x".repeat(16 << 20)} */ 1`;
  const id = await client.send("execute_request", { code, user_expressions: {} });
  expect((await replyTo(id, "shell")).content.status).toBe("ok");
  const list = await client.send("execute_request", { code: `[${"123456,".repeat(200_000)}].length` });
  expect((await replyTo(list, "shell")).content.status).toBe("ok");
  await isWell();
});

it("a thousand cells at once are all run, in their order", async () => {
  await client.request("execute_request", { code: "globalThis.order = []" });
  const ids: string[] = [];
  for (let each = 0; each < 1000; each++)
    ids.push(await client.send("execute_request", { code: `order.push(${each})` }));
  for (const id of ids) expect((await client.receive()).parent_header.msg_id).toBe(id);
  const { content: reply } = await client.request("execute_request", {
    code: "0",
    user_expressions: { sorted: "order.length === 1000 && order.every((each, at) => each === at)" },
  });
  expect(reply.user_expressions).toMatchObject({ sorted: { data: { "text/plain": "true" } } });
});

it("a client that is gone, and one with another identity, disturb nobody", async () => {
  const frames = client.frames("kernel_info_request", {}, randomUUID());
  // An identity before the delimiter, as a router in between adds it.
  await client.sendFrames([Buffer.from("somebody else"), ...frames]);
  await isWell();
});
