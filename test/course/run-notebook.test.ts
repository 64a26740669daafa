// Runs that go wrong before a cell, or whose kernel does not answer.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Notebook } from "../../src/core/nbformat.js";
import { runNotebook } from "../../src/course/index.js";
import { meetingPoint } from "../cli/meeting-point.js";

const path = join(tmpdir(), "run-notebook.ipynb");

function notebook(...sources: string[]): Notebook {
  const cells = sources.map((source) => ({ cell_type: "code", metadata: {}, source, outputs: [] }));
  return { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

it("a prelude that fails is an error, and no cell runs", async () => {
  const own = notebook("1");
  await expect(runNotebook(own, { path, prelude: `throw new TypeError("no");` })).rejects.toThrow(
    "internal: the prelude failed with TypeError: no",
  );
  expect(own.cells[0]?.outputs).toEqual([]);
});

it("a prelude that does not end is stopped with the run", async () => {
  const point = await meetingPoint();
  const stop = new AbortController();
  const run = runNotebook(notebook("1"), { path, prelude: point.joinForEver, signal: stop.signal });
  const stopped = expect(run).rejects.toThrow("enough");
  const kernel = await point.arrival();
  stop.abort(new Error("enough"));
  await stopped;
  await kernel.gone;
  point.close();
});

it.skipIf(process.platform === "win32")(
  "a kernel that is stopped, and so answers no interrupt, is ended; the cells after do not run",
  { timeout: 120_000 },
  async () => {
    const own = notebook("1", 'process.kill(process.pid, "SIGSTOP")', "3");
    const result = await runNotebook(own, { path, keepGoing: true, timeout: 5 });
    expect(result).toMatchObject({ status: "error", executed: 2, total: 3, failure: { cell: 2 } });
  },
);

it("outputs beyond the limit end the run", { timeout: 120_000 }, async () => {
  const own = notebook('while (true) display.html("x".repeat(1e5));', "2");
  const result = await runNotebook(own, { path, keepGoing: true, outputLimit: 1e6 });
  expect(result).toMatchObject({
    ...{ executed: 1, total: 2 },
    failure: { cell: 1, evalue: "the notebook's outputs are too large." },
  });
});
