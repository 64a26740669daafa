// The compiled models that are kept from call to call: the ones used last, and each for as long as somebody trains it.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { installNotebookHost } from "../../src/core/notebook.js";
import { cachedModel, trainingRun } from "../../src/jit/index.js";
import { recordingHost, tinyData, tinyModel } from "./fixtures.js";

type Compiled = Awaited<ReturnType<typeof cachedModel>>;
type Step = Awaited<ReturnType<Compiled["stepFor"]>>;

let x: tf.Tensor2D;
let models: LayersModel[];

beforeAll(async () => {
  await tf.setBackend("cpu");
  x = tinyData();
  models = Array.from({ length: 12 }, () => tinyModel());
});

afterAll(() => {
  for (const model of models) model.dispose();
  x.dispose();
});

/** A training of the first model, with what its steps are. */
async function trained(): Promise<{
  run: ReturnType<typeof trainingRun>;
  steps: Step[];
  take(): Promise<unknown>;
  compiled: Compiled;
}> {
  const [model] = models as [LayersModel];
  const compiled = await cachedModel(model, { threads: 1 });
  const steps: Step[] = [];
  const watched: Compiled = {
    ...compiled,
    async stepFor(...given) {
      const step = await compiled.stepFor(...given);
      steps.push(step);
      return step;
    },
  };
  const run = trainingRun(model, watched, { seed: 0, signals: [] });
  const data = { x: [x], y: [x], weights: [] };
  const order = Int32Array.from({ length: x.shape[0] }, (_, at) => at);
  const take = (): Promise<unknown> => run.take(data, order, x.shape[0]);
  await take();
  return { run, steps, take, compiled };
}

async function othersCome(): Promise<void> {
  for (const other of models.slice(1)) await cachedModel(other, { threads: 1 });
}

it("a model that trains is not taken away by others that come meanwhile, and is freed at its end", async () => {
  const { run, steps, take, compiled } = await trained();
  await othersCome();
  await take();
  expect(steps).toHaveLength(2);
  expect(steps[1]).toBe(steps[0]); // not freed meanwhile, and so not compiled anew
  await run.end();
  expect(await cachedModel(models[0] as LayersModel, { threads: 1 })).not.toBe(compiled);
});

it("a model whose training was interrupted by force, which says nothing of its end, is freed for others", async () => {
  const host = recordingHost();
  installNotebookHost(host);
  try {
    const { steps } = await trained();
    const release = vi.spyOn(steps[0] as Step, "release");
    host.interrupt.abort();
    await othersCome();
    await vi.waitFor(() => expect(release).toHaveBeenCalledOnce());
  } finally {
    installNotebookHost(undefined as never);
  }
});
