// Type errors come with a cell's output, or keep it from running.
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Message } from "../../../src/kernel/protocol/wire.js";
import { NotebookClient, plain } from "../notebook-client.js";

let client: NotebookClient;
beforeAll(async () => {
  client = await NotebookClient.start(tmpdir());
});
afterAll(() => client.stop());

/** What the type checker says about a cell, which may come after the cell has ended. */
async function remarks(code: string): Promise<string> {
  const said: Message[] = [];
  const listen = (_: unknown, message: Message): void => {
    if (message.header.msg_type === "stream" && message.content.name === "stderr") said.push(message);
  };
  client.kernel.on("message", listen);
  const { messages } = await client.run(code);
  // The language thread answers in order: after this answer, that of the cell has come.
  await client.ask("complete_request", { code: "Math.ma", cursor_pos: 7 });
  await client.ask("kernel_info_request", {});
  client.kernel.off("message", listen);
  const parent = messages[0]?.parent_header.msg_id;
  return plain(
    said
      .filter(({ parent_header }) => parent_header.msg_id === parent)
      .map(({ content }) => content.text)
      .join(""),
  );
}

describe("the type checker warns of", () => {
  it("a name of the library that is not imported, with the import", async () => {
    expect(await remarks("lossCurve([])")).toContain(
      'Is latent-lab/plot meant? Add: import { lossCurve } from "latent-lab/plot";',
    );
  });

  it("a wrong type, with the place and a code frame; the cell runs", async () => {
    const text = await remarks('const start = 1;\nconst count: number = "many"; console.log(count)');
    expect(text).toContain("TS2322: Type 'string' is not assignable to type 'number'.");
    expect(text).toMatch(/\(Cell \[\d+\]:2:7\)/);
    expect(text).toContain('> 2 | const count: number = "many"');
    expect((await client.run("count")).result).toBe("'many'");
  });

  it("a missing member of what an earlier cell declared", async () => {
    await client.run("const shape = { width: 1 }");
    expect(await remarks("shape.height")).toContain(
      "Property 'height' does not exist on type '{ width: number; }'",
    );
  });

  it("no more than ten errors at once", async () => {
    expect(
      await remarks(Array.from({ length: 14 }, (_, i) => `const wrong${i}: string = ${i};`).join("\n")),
    ).toContain("… and 4 more");
  });
});

describe("the type checker says nothing of", () => {
  it.each([
    ["right code", "const right: number = 1; right.toFixed(2)"],
    ["a name declared again with another type", 'const right = "text"; right.toUpperCase()'],
    ["an assignment to a name of an earlier cell", "right;"],
    ["await at the top level", "const waited = await Promise.resolve(1); waited + 1"],
    ["a variable that gets its value later", "let later;"],
    [
      "TensorFlow.js and our library",
      'import * as tf from "@tensorflow/tfjs-node"; import { load } from "latent-lab/data"; tf.tensor1d([1]).shape; load',
    ],
    [
      "TensorFlow.js's usual name",
      'import * as usual from "@tensorflow/tfjs"; usual.tensor1d([1]).shape.length',
    ],
    ["the notebook's globals", 'display.html("x"); require("node:fs"); __dirname; import.meta.url'],
    ["a cell marked so", "// @ts-nocheck\nconst anything: number = 'x'"],
  ])("%s", async (_, code) => {
    expect(await remarks(code)).toBe("");
  });
});

describe("with LATENT_LAB_TYPECHECK=error", () => {
  it("a cell with type errors does not run", async () => {
    const strict = await NotebookClient.start(tmpdir(), [], { LATENT_LAB_TYPECHECK: "error" });
    const { error, stdout } = await strict.run('console.log("ran"); const n: number = "x"');
    expect(error?.ename).toBe("TypeCheckError");
    expect(error?.traceback).toContain("TS2322");
    expect(stdout).toBe("");
    expect((await strict.run("const n: number = 2; n")).result).toBe("2");
    await strict.stop();
  });
});
