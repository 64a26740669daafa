// Notebooks written for tslab run unchanged.
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { NotebookClient } from "../notebook-client.js";

let client: NotebookClient;
beforeAll(async () => {
  client = await NotebookClient.start(tmpdir());
  await client.run('import * as tslab from "tslab"');
});
afterAll(() => client.stop());

it.each([
  ["html", '"<b>x</b>"', { "text/html": "<b>x</b>" }],
  ["markdown", '"# x"', { "text/markdown": "# x" }],
  ["latex", '"$x$"', { "text/latex": "$x$" }],
  ["svg", '"<svg/>"', { "image/svg+xml": "<svg/>" }],
  ["javascript", '"1"', { "text/javascript": "1" }],
  ["text", '"x"', { "text/plain": "x" }],
  ["png", "new Uint8Array([1, 2])", { "image/png": "AQI=" }],
  ["jpeg", "Buffer.from([1, 2])", { "image/jpeg": "AQI=" }],
  ["gif", "Buffer.from([1])", { "image/gif": "AQ==" }],
  ["pdf", "Buffer.from([1])", { "application/pdf": "AQ==" }],
])("display.%s shows its content", async (method, content, bundle) => {
  const { data, error } = await client.run(`tslab.display.${method}(${content})`);
  expect(error).toBeUndefined();
  expect(data).toEqual([bundle]);
});

it("display.raw takes any type", async () => {
  expect((await client.run('tslab.display.raw("application/x", "y")')).data).toEqual([
    { "application/x": "y" },
  ]);
});

it("newDisplay overwrites one entry", async () => {
  const { messages } = await client.run('const entry = tslab.newDisplay(); entry.text("a"); entry.html("b")');
  const shown = messages.filter(({ header }) => /display_data$/.test(header.msg_type));
  expect(shown.map(({ header }) => header.msg_type)).toEqual(["display_data", "update_display_data"]);
  expect(new Set(shown.map(({ content }) => JSON.stringify(content.transient))).size).toBe(1);
});

it("versions and types are there", async () => {
  expect((await client.run("tslab.versions.node === process.version")).result).toBe("true");
  const { matches } = await client.ask("complete_request", { code: "tslab.newD", cursor_pos: 10 });
  expect(matches).toEqual(["newDisplay"]);
});
