// Names of the library that no cell has imported: offered, explained, and named where they are missed.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LanguageClient } from "../../../dist/kernel/language/client.js";
import { NotebookClient } from "../notebook-client.js";

interface Match {
  text: string;
  latent_lab_import?: string;
}

let client: NotebookClient;
beforeAll(async () => {
  client = await NotebookClient.start(mkdtempSync(join(tmpdir(), "library names ")));
});
afterAll(() => client.stop());

async function matches(code: string): Promise<Match[]> {
  const reply = await client.ask("complete_request", { code, cursor_pos: code.length });
  const { _jupyter_types_experimental } = reply.metadata as { _jupyter_types_experimental: Match[] };
  expect(_jupyter_types_experimental.map(({ text }) => text)).toEqual(reply.matches);
  return _jupyter_types_experimental;
}

it.each([
  ["stack", 'import { stacked } from "latent-lab/models";'],
  ["const a = pc", 'import { pca } from "latent-lab/analysis";'],
  ["tf", 'import * as tf from "@tensorflow/tfjs-node";'],
])("%j is completed with its import", async (code, statement) => {
  expect((await matches(code)).map((each) => each.latent_lab_import)).toContain(statement);
});

it.each(['"pc', "thing.pc", "// pc", "p", "import { pc"])("%j offers no import", async (code) => {
  expect((await matches(code)).filter((each) => each.latent_lab_import !== undefined)).toEqual([]);
});

it("a name that a cell has declared is that cell's", async () => {
  await client.run("const stackedHeight = 3, pca = 1");
  expect(await matches("pca")).toEqual([
    expect.not.objectContaining({ latent_lab_import: expect.anything() }),
  ]);
});

it("inspection explains what is not imported yet", async () => {
  const reply = await client.ask("inspect_request", { code: "imageGrid", cursor_pos: 3, detail_level: 0 });
  const text = (reply.data as Record<string, string>)["text/plain"];
  expect(text).toContain("imageGrid(");
  expect(text).toContain('import { imageGrid } from "latent-lab/plot";');
});

it("a service that runs out of memory says so, and the next question is asked of a new one", async () => {
  const small = new LanguageClient(tmpdir(), 40); // less than TypeScript's own library takes
  const ask = () => small.complete("[1].flatM", 9);
  for (const reply of [await ask(), await ask()]) {
    expect(reply).toMatchObject({ status: "error", ename: "LanguageServiceError" });
  }
  await small.close();
});

it("cells that are run again for a day do not add up", async () => {
  const language = new LanguageClient(tmpdir(), 160);
  for (let run = 1; run <= 3000; run++)
    language.cellRan(run, `const big = { value: ${run} }; const text = "${"x".repeat(5000)}";`);
  expect(await language.complete("big.", 4)).toMatchObject({ status: "ok", matches: ["value"] });
  await language.close();
}, 60_000);
