// Widgets in a real kernel, with the test as their front end.
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Message } from "../../src/kernel/protocol/wire.js";
import { CommsClient } from "../kernel/comms-client.js";

let client: CommsClient;
beforeAll(async () => {
  client = await CommsClient.start(tmpdir());
  await client.notebook.run(
    'import { button, interact, output, progress, slider } from "latent-lab/widgets"; const sleep = (ms: number) => new Promise((go) => setTimeout(go, ms));',
  );
});
afterAll(() => client.stop());

type State = Record<string, unknown>;
const stateOf = ({ content }: Message) => (content.data as { state?: State }).state ?? {};
/** The comm of the latest model of a kind. */
const modelId = (name: string) =>
  String(client.comms("open").findLast((open) => stateOf(open)._model_name === name)?.content.comm_id);
const change = (name: string, state: State) =>
  client.tell(modelId(name), { method: "update", state, buffer_paths: [] });
/** Messages of a type with a parent. */
const caused = (id: string | undefined, type: RegExp) =>
  client.iopub.filter(
    ({ header, parent_header }) => parent_header.msg_id === id && type.test(header.msg_type),
  );
const idOf = (messages: Message[]) => messages[0]?.parent_header.msg_id;

it("a slider is shown with its words, and a later cell reads what the user chose", async () => {
  const cell = await client.notebook.run(
    'const k = slider({ min: 1, max: 32, value: 3, label: "components" }); k',
  );
  const id = modelId("IntSliderModel");
  expect(cell.data[0]).toEqual({
    "application/vnd.jupyter.widget-view+json": { version_major: 2, version_minor: 0, model_id: id },
    "text/html": "<p>components: 3</p>",
    "text/plain": "components: 3",
  });
  const message = await change("IntSliderModel", { value: 7 });
  expect((await client.notebook.run("k.value")).result).toBe("7");
  const [echo] = caused(message, /comm_msg/);
  expect(echo?.content.data).toEqual({ method: "echo_update", state: { value: 7 }, buffer_paths: [] });
});

it("prints of a handler go below the cell that registered it, also after it waited", async () => {
  const cell = await client.notebook.run(`button({ label: "go" }).onClick(async () => {
    console.log("one"); await sleep(5); console.log("two"); throw new RangeError("mine"); }); 0`);
  await client.tell(modelId("ButtonModel"), { method: "custom", content: { event: "click" } });
  const parent = idOf(cell.messages);
  const error = await client.until(
    ({ header, parent_header }) => header.msg_type === "error" && parent_header.msg_id === parent,
  );
  expect(error.content.ename).toBe("RangeError");
  expect(
    caused(parent, /stream/)
      .map(({ content }) => content.text)
      .join(""),
  ).toBe("one\ntwo\n");
});

it("a slider moves the value of a cell that awaits", async () => {
  const cell = client.notebook.start(`const speed = slider(); console.log("go");
while (speed.value === 0) await sleep(1); speed.value`);
  await cell.until(({ header }) => header.msg_type === "stream");
  await change("IntSliderModel", { value: 9 });
  expect((await cell.finished).result).toBe("9");
});

it("output().run takes what its code prints, also from a library after a wait, and nothing else", async () => {
  const cell = await client.notebook.run(`const area = output();
const inside = area.run(async () => { console.log("in 1"); await sleep(5); console.log("in 2"); display.html("<b>x</b>"); });
console.log("outside"); await inside; console.log("after");`);
  expect(cell.stdout).toBe("outside\nafter\n");
  const last = client.comms("msg", modelId("OutputModel")).at(-1) as Message;
  expect(stateOf(last).outputs).toEqual([
    { output_type: "stream", name: "stdout", text: "in 1\nin 2\n" },
    {
      output_type: "display_data",
      data: { "text/html": "<b>x</b>", "text/plain": "<b>x</b>" },
      metadata: {},
    },
  ]);
});

it("what a library prints after a wait of its own goes where the code that called it belongs", async () => {
  await client.notebook.run(
    'import { readFile } from "node:fs/promises"; const later = () => readFile("/").catch(() => console.log("late"));',
  );
  const cell = await client.notebook.run(`const bin = output(); await bin.run(later); console.log("outside");
button({ label: "plain" }).onClick(later); 0`);
  expect(cell.stdout).toBe("outside\n");
  const printed = { output_type: "stream", name: "stdout", text: "late\n" };
  expect(stateOf(client.comms("msg", modelId("OutputModel")).at(-1) as Message).outputs).toEqual([printed]);
  const next = await client.notebook.run("1");
  await client.tell(modelId("ButtonModel"), { method: "custom", content: { event: "click" } });
  await client.until(
    ({ header, parent_header, content }) =>
      header.msg_type === "stream" &&
      parent_header.msg_id === idOf(cell.messages) &&
      content.text === "late\n",
  );
  expect(caused(idOf(next.messages), /stream/)).toEqual([]);
});

it("a thousand widgets are made and asked for in one message", async () => {
  await client.notebook.run("const many = Array.from({ length: 1000 }, () => slider());");
  const { comm } = await client.open("jupyter.widget.control", { data: {} });
  await client.tell(comm, { method: "request_states" });
  const [answer] = client.comms("msg", comm);
  const { states } = (answer as Message).content.data as { states: Record<string, { model_name: string }> };
  expect(Object.values(states).filter((each) => each.model_name === "IntSliderModel").length).toBeGreaterThan(
    999,
  );
});

describe("interact", () => {
  it("ends its cell with the first result, and replaces it in place", async () => {
    const cell = await client.notebook.run(`interact(async ({ k }) => {
      console.log("k =", k); await sleep(2); return k * 2; }, { k: [0, 10] })`);
    const shown = cell.messages.filter(({ header }) => header.msg_type === "display_data");
    expect(shown.map(({ content }) => (content.data as State)["text/plain"])).toEqual([
      "k: 5",
      "k = 5\n",
      "10",
    ]);
    expect(cell.result).toBeUndefined();
    await change("IntSliderModel", { value: 6 });
    const last = (shown[2] as Message).content.transient as State;
    await client.until(({ header, content }) => {
      const { display_id } = (content.transient ?? {}) as State;
      return (
        header.msg_type === "update_display_data" &&
        display_id === last.display_id &&
        (content.data as State)["text/plain"] === "12"
      );
    });
    expect(
      caused(idOf(cell.messages), /display_data/).filter(({ header }) => header.msg_type === "display_data"),
    ).toHaveLength(3);
  });

  it("survives an interrupt of its function", async () => {
    await client.notebook.run(`const runs: number[] = []; interact(async ({ k }) => {
      runs.push(k); if (k === 6) { console.log("stuck"); await new Promise(() => {}); } return k; }, { k: [0, 10] })`);
    await change("IntSliderModel", { value: 6 });
    await change("IntSliderModel", { value: 7 });
    await client.notebook.kernel.interrupt();
    await change("IntSliderModel", { value: 8 });
    expect((await client.notebook.run("runs.at(-1)")).result).toBe("8");
  });
});

it("a handler that computes too long gets the last of many values, and not each of them", async () => {
  await client.notebook.run(`let last = 0; let calls = 0;
slider({ max: 1000 }).onChange((value) => { calls++; last = value; const end = Date.now() + 100; while (Date.now() < end); });`);
  const comm = modelId("IntSliderModel");
  const sent: string[] = [];
  for (let value = 1; value <= 120; value++) {
    const data = { method: "update", state: { value }, buffer_paths: [] };
    sent.push(await client.send("msg", { comm_id: comm }, { data }));
  }
  for (const id of sent) await client.idle(id);
  expect((await client.notebook.run("last")).result).toBe("120");
  expect(Number((await client.notebook.run("calls")).result)).toBeLessThan(60);
});

it("progress moved in a loop shows its end", async () => {
  const cell = await client.notebook.run(
    "const bar = progress({ max: 2000 }); for (let i = 0; i <= 2000; i++) bar.value = i; String(bar)",
  );
  const values = cell.messages
    .filter(({ header }) => header.msg_type === "comm_msg")
    .map((each) => stateOf(each).value);
  expect(values.at(-1)).toBe(2000);
  expect(values.length).toBeLessThan(500);
});
