// Compiled training in a notebook of ours: an interrupt arrives while a run computes, and must leave weights,
// compiled functions and the training itself usable, on both engines.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engineNames } from "../../src/jit/session/engine.js";
import type { Message } from "../../src/kernel/protocol/wire.js";
import { repository } from "../architecture/source-files.js";
import { NotebookClient } from "../kernel/notebook-client.js";

/** Interrupts of each kernel. More with INTERRUPTS=n, for a longer look. */
const interrupts = Number(process.env.INTERRUPTS ?? 3);

describe.each(engineNames)("%s", (engine) => {
  let notebook: NotebookClient;
  beforeAll(async () => {
    notebook = await NotebookClient.start(repository, [], { LATENT_LAB_ENGINE: engine });
  });
  afterAll(() => notebook.stop());

  it("an interrupted cell leaves training and compiled functions usable, each time", async () => {
    const setup = await notebook.run(`
      import * as tf from "@tensorflow/tfjs-node";
      import { compileTraining, jit } from "latent-lab/jit";
      import { stacked } from "latent-lab/models";
      import { fit } from "latent-lab/train";
      const { autoencoder } = stacked({ seed: 1 });
      const x = tf.randomUniform([500, 64]);
      const training = await compileTraining(autoencoder);
      const double = jit((value: tf.Tensor) => tf.mul(value, 2));
      const busy = (): void => { for (const end = performance.now() + 30; performance.now() < end; ); };`);
    expect(setup.error).toBeUndefined();
    const moments = [
      `await training.train(x, x, { epochs: 1e9, onEpochEnd: (epoch) => { if (epoch === 5) console.log("ready"); } });`,
      `await fit(autoencoder, x, x, { epochs: 1e9, quiet: true, callbacks: { onEpochEnd: (epoch) => { if (epoch === 5) console.log("ready"); } } });`,
      // While a callback computes, which V8 ends by force, so that no `finally` runs.
      `await training.train(x, x, { epochs: 1e9, onEpochEnd: (epoch) => { if (epoch === 2) console.log("ready"); busy(); } });`,
      // While a function is recorded and its session made, again and again.
      `console.log("ready"); for (;;) await jit((value: tf.Tensor) => tf.mul(value, 3))(tf.scalar(1));`,
      // While JavaScript computes and the engine too: V8 ends the former by force.
      `console.log("ready"); for (;;) { const running = fit(autoencoder, x, x, { epochs: 5, quiet: true }); busy(); await running; }`,
    ];
    for (let time = 0; time < Math.max(interrupts, moments.length); time++) {
      const later = (13 * time) % 60;
      const stopped = await notebook.interruptAfterReady(moments[time % moments.length] as string, later);
      expect(stopped.error, moments[time % moments.length]).toMatchObject({ ename: "Interrupted" });
      const after = await notebook.run(`
        const finite = autoencoder.getWeights().every((weight) => weight.dataSync().every(Number.isFinite));
        const { stopped, engine } = await fit(autoencoder, x, x, { epochs: 2, quiet: true });
        const { engine: trained } = await training.train(x, x, { epochs: 2 });
        console.log(engine, trained, finite, stopped, (await double(tf.scalar(2))).dataSync()[0]);`);
      expect(after.error).toBeUndefined();
      expect(after.stdout).toBe(`${engine} ${engine} true completed 4\n`);
    }
  });
});

it("the native engine is the default in notebooks too", async () => {
  const notebook = await NotebookClient.start(repository);
  const { stdout } = await notebook.run(`
    import * as tf from "@tensorflow/tfjs-node";
    import { fit } from "latent-lab/train";
    import { stacked } from "latent-lab/models";
    const { autoencoder } = stacked({ seed: 1 });
    console.log((await fit(autoencoder, tf.ones([9, 64]), tf.ones([9, 64]), { epochs: 1, quiet: true })).engine);`);
  expect(stdout).toBe("onnxruntime-node\n");
  await notebook.stop();
});

describe("a training that its cell does not wait for", () => {
  let notebook: NotebookClient;
  beforeAll(async () => {
    notebook = await NotebookClient.start(repository);
    await notebook.run(`
      import * as tf from "@tensorflow/tfjs-node";
      import { stacked } from "latent-lab/models";
      import { fit } from "latent-lab/train";
      const { autoencoder } = stacked({ seed: 1 });
      const x = tf.randomUniform([500, 64]);`);
  });
  afterAll(() => notebook.stop());

  const begin = `const going = fit(autoencoder, x, x, { epochs: 1e9, quiet: true }); 0`;
  const end = `const { stopped } = await going; const again = await fit(autoencoder, x, x, { epochs: 2, quiet: true });
    console.log(stopped, again.stopped);`;

  it("is ended by an interrupt when nothing else runs", async () => {
    await notebook.run(begin);
    await notebook.kernel.interrupt();
    expect(await notebook.run(end)).toMatchObject({ stdout: "interrupted completed\n", error: undefined });
  });

  it("is ended by an interrupt of another cell", async () => {
    await notebook.run(begin);
    const other = `console.log("ready"); await new Promise(() => {});`;
    expect((await notebook.interruptAfterReady(other)).error).toMatchObject({ ename: "Interrupted" });
    expect(await notebook.run(end)).toMatchObject({ stdout: "interrupted completed\n", error: undefined });
  });

  it("shows what its callbacks print, and its error, in its own cell", async () => {
    const all: Message[] = [];
    notebook.kernel.on("message", (_, message) => void all.push(message));
    const cell = notebook.start(`
      const callbacks = {
        onEpochEnd: (epoch: number) => {
          if (epoch === 300) console.log("epoch", epoch);
          if (epoch === 400) throw new Error("late");
        },
      };
      fit(autoencoder, x, x, { epochs: 1e9, quiet: true, callbacks }); 0`);
    await cell.finished;
    const during = await notebook.run(
      `await new Promise((resolve) => process.once("unhandledRejection", resolve)); console.log("over");`,
    );
    expect([during.stdout, during.error]).toEqual(["over\n", undefined]);
    const own = cell.messages[0]?.parent_header.msg_id;
    const shown = all
      .filter(({ parent_header }) => parent_header.msg_id === own)
      .flatMap(({ content: { text, evalue } }) => text ?? evalue ?? []);
    expect(shown).toEqual(["epoch 300\n", "late"]);
  });
});
