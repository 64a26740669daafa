// The history of a training that is resumed with more quantities than before, or fewer: each list has one entry an
// epoch.
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it, vi } from "vitest";
import { installNotebookHost } from "../../src/core/notebook.js";
import { lossCurve } from "../../src/plot/index.js";
import { record } from "../../src/train/history.js";
import { earlyStopping, type FitOptions, fit as train } from "../../src/train/index.js";
import { eachInFolder, recordingHost, tinyData, tinyModel } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});
let folder: string;
eachInFolder((path) => {
  folder = path;
});

const x = tinyData();
const validated = { validationData: [x, x] as const, record: ["gradientNorm", "learningRate"] as const };

/** Trains up to an epoch, from where the folder's training is. */
function upTo(epochs: number, more: FitOptions = {}) {
  return train(tinyModel(), x, x, {
    ...{ quiet: true, batchSize: 3, epochs, ...more },
    ...{ checkpoint: { folder }, resume: true },
  });
}

it("quantities that come and go leave NaN for the epochs without, also in checkpoints", async () => {
  await upTo(2);
  await upTo(4, validated);
  const { history } = await upTo(5);
  const missing = (name: string) => history[name]?.map((value) => (Number.isNaN(value) ? "-" : "n")).join("");
  const gap = "--nn-";
  expect(Object.fromEntries(Object.keys(history).map((name) => [name, missing(name)]))).toEqual({
    ...{ loss: "nnnnn", mae: "nnnnn" },
    ...{ val_loss: gap, val_mae: gap, gradientNorm: gap, learningRate: gap },
  });
});

it("the loss curve, and the one that grows, have a gap there, and the text tells of the numbers", async () => {
  await upTo(2);
  const host = recordingHost();
  installNotebookHost(host);
  const { history } = await upTo(4, { ...validated, quiet: false });
  installNotebookHost(undefined as never);
  const figure = lossCurve(history);
  const [, second] = JSON.parse(JSON.stringify(figure.data)) as { y: (number | null)[] }[];
  expect(second?.y.map((value) => value === null)).toEqual([true, true, false, false]);
  expect(JSON.stringify(lossCurve(history))).not.toContain("NaN");
  const shown = JSON.stringify(host.shown.at(-1)?.bundle);
  expect(shown).not.toContain("NaN");
  expect(shown.match(/\[null,null,\d[^\]]*\]/g)).toHaveLength(3); // the validation loss, and both that are recorded
});

it("early stopping that waits for the validation loss begins with the first one", async () => {
  await upTo(3);
  const stop = earlyStopping({ monitor: "val_loss", patience: 50, restoreBestWeights: true });
  const { history } = await upTo(6, { ...validated, callbacks: stop });
  expect(stop.best).toBe(Math.min(...(history.val_loss as number[]).slice(3)));
});

it.each([3, 5])("asked for %s epochs, one of five says that nothing was trained", async (epochs) => {
  const { history: whole } = await upTo(5);
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const { history, stopped, notice } = await upTo(epochs, { quiet: false });
  const printed = write.mock.calls.join("");
  write.mockRestore();
  expect([history, stopped]).toEqual([whole, "completed"]);
  expect(notice).toMatch(
    `Nothing was trained: the checkpoint has 5 epochs already, and \`epochs\` is ${epochs}.`,
  );
  expect(printed).toMatch(/Epoch 5 of 5, loss .*, nothing left to train, Nothing was trained: /);
  expect((await upTo(6)).notice).toBeUndefined();
});

it("an epoch that could not be validated, and a first one, are epochs, too", () => {
  const history = { loss: [] };
  record(history, { loss: 2 });
  record(history, { loss: 1, val_loss: 3 });
  expect(history).toEqual({ loss: [2, 1], val_loss: [Number.NaN, 3] });
});
