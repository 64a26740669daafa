// Compiled training in a notebook of ours: an interrupt arrives while a run computes, and must leave weights,
// compiled functions and the training itself usable.
import { afterAll, beforeAll, expect, it } from "vitest";
import { repository } from "../architecture/source-files.js";
import { NotebookClient } from "../kernel/notebook-client.js";

let notebook: NotebookClient;
beforeAll(async () => {
  notebook = await NotebookClient.start(repository);
});
afterAll(() => notebook.stop());

it("an interrupted cell leaves training and compiled functions usable, each time", async () => {
  const setup = await notebook.run(`
    import * as tf from "@tensorflow/tfjs-node";
    import { compileTraining, jit } from "latent-lab/jit";
    import { stacked } from "latent-lab/models";
    const { autoencoder } = stacked({ seed: 1 });
    const x = tf.randomUniform([500, 64]);
    const training = await compileTraining(autoencoder);
    const double = jit((value: tf.Tensor) => tf.mul(value, 2));`);
  expect(setup.error).toBeUndefined();
  for (let time = 0; time < 3; time++) {
    const stopped = await notebook.interruptAfterReady(`
      await training.train(x, x, { epochs: 1e9, onEpochEnd: (epoch) => { if (epoch === 5) console.log("ready"); } });`);
    expect(stopped.error?.ename).toBe("Interrupted");
    const after = await notebook.run(`
      const finite = autoencoder.getWeights().every((weight) => weight.dataSync().every(Number.isFinite));
      const { stopped, engine } = await training.train(x, x, { epochs: 2 });
      console.log(engine, finite, stopped, (await double(tf.scalar(2))).dataSync()[0]);`);
    expect(after.stdout).toBe("onnxruntime-web true completed 4\n");
  }
});
