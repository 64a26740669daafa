// What a cell of a run says when it has ended, while later cells run: it is its own, as in the lab.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Notebook } from "../../src/core/nbformat.js";
import { runNotebook } from "../../src/course/index.js";

const path = join(tmpdir(), "run-afterwards.ipynb");

function notebook(...sources: string[]): Notebook {
  const cells = sources.map((source) => ({ cell_type: "code", metadata: {}, source, outputs: [] }));
  return { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

/** A cell that ends at once, and whose timer acts once a later cell has called `go()`; `isDone` resolves then. */
const waiting = (act: string) => `
let hasBegun = false, done!: () => void;
const isDone = new Promise<void>((resolve) => { done = resolve; });
const go = () => { hasBegun = true; return isDone; };
const timer = setInterval(() => {
  if (!hasBegun) return;
  clearInterval(timer);
  done();
  ${act}
}, 5);
0`;
const lateError = waiting('console.log("hi"); throw new Error("late");');
const hi = { output_type: "stream", name: "stdout", text: "hi\n" };
const zero = { output_type: "execute_result", data: { "text/plain": "0" } };
const error = { output_type: "error", ename: "Error", evalue: "late" };

it("what a cell prints and throws when it has ended is in its outputs, and is its failure", async () => {
  const own = notebook(lateError, "await go(); 1");
  const result = await runNotebook(own, { path });
  expect(own.cells[0]?.outputs).toMatchObject([zero, hi, error]);
  expect(own.cells[1]?.outputs).toMatchObject([{ output_type: "execute_result" }]);
  expect(result).toMatchObject({ status: "error", executed: 2, total: 2 });
  expect(result.failure).toMatchObject({ cell: 1, source: lateError, ename: "Error", evalue: "late" });
  expect(result.failure?.traceback.join("\n")).toContain("late");
});

it("after a late error no further cell is begun, unless all are to run", async () => {
  const own = notebook(lateError, "await go(); await new Promise(setImmediate); 1", "2");
  expect(await runNotebook(own, { path })).toMatchObject({ executed: 2, failure: { cell: 1 } });
  expect(own.cells[2]).toMatchObject({ outputs: [], execution_count: null });
  const all = await runNotebook(own, { path, keepGoing: true });
  expect(all).toMatchObject({ status: "error", executed: 3, failure: { cell: 1 } });
  expect(own.cells[0]?.outputs).toMatchObject([zero, hi, error]);
});

it("an error that a cell's timer throws while the cell still runs is its failure", async () => {
  const own = notebook(`${lateError}; await go();`);
  expect(await runNotebook(own, { path })).toMatchObject({ status: "error", failure: { evalue: "late" } });
});

it("a late error that the tag raises-exception announces is none", async () => {
  const own = notebook(lateError, "await go(); 1");
  Object.assign(own.cells[0]?.metadata ?? {}, { tags: ["raises-exception"] });
  expect(await runNotebook(own, { path })).toMatchObject({ status: "ok", executed: 2 });
  expect(own.cells[0]?.outputs).toMatchObject([zero, hi, error]);
});

it("a live figure shows its last state, which came when its cell had ended", async () => {
  const own = notebook(
    `import { notebookHost } from "latent-lab/core";
const live = notebookHost()!.display({ "text/plain": "first" });${waiting('live.update({ "text/plain": "last" });')}`,
    "await go(); 1",
  );
  expect(await runNotebook(own, { path })).toMatchObject({ status: "ok" });
  const last = { output_type: "display_data", data: { "text/plain": "last" } };
  expect(own.cells[0]?.outputs).toMatchObject([last, zero]);
});

it("a training that goes on in the next cell leaves its whole curve in the cell that began it", async () => {
  const own = notebook(
    `import * as tf from "@tensorflow/tfjs-node";
import { undercomplete } from "latent-lab/models";
import { fit } from "latent-lab/train";
const x = tf.randomUniform([32, 4]);
const { autoencoder } = undercomplete({ inputDim: 4, codeDim: 2 });`,
    `let begun!: () => void, goOn!: () => void;
const hasBegun = new Promise<void>((resolve) => { begun = resolve; });
const mayGoOn = new Promise<void>((resolve) => { goOn = resolve; });
const onEpochEnd = (epoch: number) => { if (epoch === 5) { begun(); return mayGoOn; } };
const training = fit(autoencoder, x, x, { epochs: 30, callbacks: { onEpochEnd } });
await hasBegun`,
    "goOn(); (await training).epochs",
  );
  const result = await runNotebook(own, { path });
  expect(result).toMatchObject({ status: "ok" });
  expect(own.cells[2]?.outputs).toMatchObject([{ data: { "text/plain": "30" } }]);
  expect(JSON.stringify(own.cells[1]?.outputs)).toContain("Epoch 30 of 30");
});

it("outputs beyond the limit that a cell brings when it has ended are its failure", async () => {
  const own = notebook(
    waiting('setInterval(() => display.html("x".repeat(1e5)), 1);'),
    "await go(); await new Promise(() => {});",
    "3",
  );
  expect(await runNotebook(own, { path, keepGoing: true, outputLimit: 1e6 })).toMatchObject({
    ...{ executed: 2, total: 3 },
    failure: { cell: 1, evalue: "the notebook's outputs are too large." },
  });
});

it("what a cell still has to do after the last one is not waited for", async () => {
  const own = notebook('setTimeout(() => console.log("too late"), 3_600_000); 0');
  expect(await runNotebook(own, { path, timeout: 60 })).toMatchObject({ status: "ok" });
  expect(own.cells[0]?.outputs).toMatchObject([zero]);
});
