// What Deno's kernel offers notebooks runs here where the meaning is the same.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "fast-png";
import { afterAll, beforeAll, expect, it } from "vitest";
import { NotebookClient } from "../notebook-client.js";

const picture = encode({ width: 1, height: 1, data: new Uint8Array([1, 2, 3, 4]), channels: 4, depth: 8 });
const folder = mkdtempSync(join(tmpdir(), "deno compat "));
let client: NotebookClient;
beforeAll(async () => {
  writeFileSync(join(folder, "dot.png"), picture);
  client = await NotebookClient.start(folder);
});
afterAll(() => client.stop());

it.each([
  ["md", "text/markdown"],
  ["html", "text/html"],
  ["svg", "image/svg+xml"],
])("Deno.jupyter.%s shows its template", async (name, mime) => {
  const { data, error } = await client.run(`const { ${name} } = Deno.jupyter; ${name}\`a ${"$"}{1 + 1} b\``);
  expect(error).toBeUndefined();
  expect(data[0]).toMatchObject({ [mime]: "a 2 b" });
});

it("Deno.jupyter.image shows a file or its bytes", async () => {
  const expected = { "image/png": Buffer.from(picture).toString("base64") };
  expect((await client.run('Deno.jupyter.image("dot.png")')).data[0]).toMatchObject(expected);
  const bytes = 'import { readFileSync } from "node:fs"; Deno.jupyter.image(readFileSync("dot.png"))';
  expect((await client.run(bytes)).data[0]).toMatchObject(expected);
  const { error } = await client.run("Deno.jupyter.image(new Uint8Array([1]))");
  expect(error?.evalue).toContain("expected PNG");
});

it("Deno.jupyter.$display decides how a value is shown", async () => {
  const { result } = await client.run(
    'class Temperature { [Deno.jupyter.$display]() { return { "text/plain": "21 °C" }; } }; new Temperature()',
  );
  expect(result).toBe("21 °C");
});

it("Deno.jupyter.display takes values and bundles, and updates by its id", async () => {
  const { messages, data } = await client.run(
    'await Deno.jupyter.display({ "text/html": "<b>1</b>" }, { raw: true, display_id: "mine" });' +
      'await Deno.jupyter.display(new Set([2]), { display_id: "mine", update: true });',
  );
  expect(data).toEqual([{ "text/html": "<b>1</b>" }, { "text/plain": "Set(1) { 2 }" }]);
  const ids = messages.flatMap(({ content }) => (content.transient ? [content.transient] : []));
  expect(ids).toEqual([{ display_id: "mine" }, { display_id: "mine" }]);
});

it("Deno.jupyter.broadcast reaches the clients, buffers included", async () => {
  const { messages } = await client.run(
    'await Deno.jupyter.broadcast("comm_msg", { comm_id: "x", data: {} }, { buffers: [new Uint8Array([7, 8])] })',
  );
  const sent = messages.find(({ header }) => header.msg_type === "comm_msg");
  expect(sent?.content).toEqual({ comm_id: "x", data: {} });
  expect([...(sent?.buffers[0] ?? [])]).toEqual([7, 8]);
});

it("libraries still see Node, for there is no global Deno", async () => {
  expect((await client.run("typeof globalThis.Deno")).result).toBe("'undefined'");
});
