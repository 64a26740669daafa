// Completion, inspection and completeness through the protocol, over cells that ran.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NotebookClient } from "../notebook-client.js";

let client: NotebookClient;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "language tests "));
  writeFileSync(join(folder, "near.ts"), "/** Halves it. */\nexport const half = (x: number) => x / 2;\n");
  client = await NotebookClient.start(folder);
});
afterAll(() => client.stop());

/** Asks at the `|` of the code. */
async function complete(code: string) {
  const cursor_pos = [...code.slice(0, code.indexOf("|"))].length;
  const reply = await client.ask("complete_request", { code: code.replace("|", ""), cursor_pos });
  expect(reply.status).toBe("ok");
  return reply as { matches: string[]; cursor_start: number; cursor_end: number };
}

async function inspect(code: string): Promise<string | undefined> {
  const cursor_pos = [...code.slice(0, code.indexOf("|"))].length;
  const reply = await client.ask("inspect_request", {
    code: code.replace("|", ""),
    cursor_pos,
    detail_level: 0,
  });
  return (reply.data as Record<string, string>)["text/markdown"];
}

describe("completion", () => {
  it("knows Node, the language and the notebook's globals", async () => {
    expect((await complete("process.argv0|")).matches).toContain("argv0");
    expect((await complete("[1].flatM|")).matches).toEqual(["flatMap"]);
    expect((await complete("display.mark|")).matches).toEqual(["markdown"]);
  });

  it("knows names of cells that ran, with their present type", async () => {
    await client.run("const subject = { alpha: 1 }; type Shape = { width: number }");
    expect((await complete("subject.|")).matches).toEqual(["alpha"]);
    await client.run("class subject { static beta = 2 }");
    expect((await complete("subject.be|")).matches).toEqual(["beta"]);
    expect((await complete("const s: Shape = { w| }")).matches).toContain("width");
  });

  it("does not know names of a cell that did not compile", async () => {
    await client.run("const neverDeclared = ;");
    expect((await complete("neverDecl|")).matches).toEqual([]);
  });

  it("counts the cursor in code points", async () => {
    const reply = await complete('"😀日本"; [1].flatM|');
    expect(reply).toMatchObject({ matches: ["flatMap"], cursor_start: 11, cursor_end: 16 });
  });

  it("knows TensorFlow.js and our library from any folder", async () => {
    await client.run('import * as tf from "@tensorflow/tfjs-node"; const t = tf.tensor([1])');
    expect((await complete("tf.layers.dens|")).matches).toEqual(["dense"]);
    expect((await complete("t.arraySy|")).matches).toEqual(["arraySync"]);
    expect((await complete('import { lo| } from "latent-lab/data"')).matches).toContain("load");
  });

  it("works in unfinished code", async () => {
    expect((await complete("const f = (a: string) => { if (a.toUpp|")).matches).toEqual(["toUpperCase"]);
  });
});

describe("inspection", () => {
  it("shows signature and documentation", async () => {
    await client.run(
      "/** Doubles it.\\n * @param x any number */\nfunction double(x: number) { return 2 * x }",
    );
    const text = await inspect("dou|ble(1)");
    expect(text).toContain("double(x: number): number");
    expect(text).toContain("Doubles it.");
    expect(text).not.toMatch(/alias|import/);
  });

  it("follows imports of local modules", async () => {
    expect(await inspect('import { half } from "./near"; ha|lf')).toContain("Halves it.");
  });

  it("inside a call shows the call's signature", async () => {
    expect(await inspect('"a".padStart(|')).toContain("padStart(maxLength: number");
  });

  it("of nothing finds nothing", async () => {
    expect(await client.ask("inspect_request", { code: "   ", cursor_pos: 1 })).toMatchObject({
      status: "ok",
      found: false,
    });
  });
});

describe("completeness", () => {
  it.each([
    ["const x = 1", "complete", undefined],
    ["function f() {", "incomplete", "  "],
    ["  if (a) {\n    b(", "incomplete", "      "],
    ["let text = `one", "incomplete", ""],
    ["/* open", "incomplete", ""],
    ["const x = ] + 1; y", "invalid", undefined],
    ["await Promise.resolve(1)", "complete", undefined],
  ])("%j is %s", async (code, status, indent) => {
    expect(await client.ask("is_complete_request", { code })).toEqual(
      indent === undefined ? { status } : { status, indent },
    );
  });
});
