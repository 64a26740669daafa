// What an interrupt leaves of a training in a notebook, whatever runs when it comes: the engine, a callback that computes, which
// V8 ends by force, or one that sleeps, which the kernel never lets go on. `fit` promises the same each time.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../architecture/source-files.js";
import { type CellResult, NotebookClient } from "../kernel/notebook-client.js";

let notebook: NotebookClient;
beforeAll(async () => {
  notebook = await NotebookClient.start(repository);
  const { error } = await notebook.run(`
    import * as tf from "@tensorflow/tfjs-node";
    import { earlyStopping, evaluate, fit } from "latent-lab/train";
    const x = tf.randomUniform([500, 64], 0, 1, "float32", 1);
    const busy = (): void => { for (const end = performance.now() + 120; performance.now() < end; ); };
    const sleep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1e5));
    async function* batches() { for (;;) yield { xs: tf.clone(x), ys: tf.clone(x) }; }
    const build = (units: number): tf.Sequential => {
      const model = tf.sequential({ layers: [
        tf.layers.dense({ units, activation: "relu", inputShape: [64] }), tf.layers.dense({ units: 64 }) ] });
      model.compile({ optimizer: tf.train.adam(1e-3), loss: "meanSquaredError" });
      return model;
    };
    const ready = (epoch: number): void => { if (epoch === 5) console.log("ready"); };
    const rate = (epoch: number): number => (epoch < 1 ? 1e-3 : 3);
    const moments = (model: tf.Sequential): number =>
      (model.optimizer as any).accumulatedFirstMoment.reduce((sum: number, { variable }: any) =>
        sum + variable.dataSync().reduce((total: number, each: number) => total + Math.abs(each), 0), 0);
    const report = (model: tf.Sequential): void =>
      console.log(JSON.stringify({
        rate: model.optimizer.learningRate, iterations: model.optimizer.iterations,
        moments: moments(model) > 0, finite: model.getWeights().every((w) => w.dataSync().every(Number.isFinite)),
      }));`);
  expect(error).toBeUndefined();
});
afterAll(() => notebook.stop());

const whiles: [string, string, string][] = [
  ["the engine computes", "callbacks: { onEpochEnd: ready }", "x, x,"],
  ["a callback computes", "callbacks: { onEpochEnd: (e) => { ready(e); if (e > 5) busy(); } }", "x, x,"],
  [
    "a callback sleeps",
    "callbacks: { onEpochEnd: async (e) => { ready(e); if (e > 5) await sleep(); } }",
    "x, x,",
  ],
  [
    "a generator of batches is awaited",
    "batchesPerEpoch: 4, callbacks: { onEpochEnd: ready }",
    "tf.data.generator(batches as never) as never,",
  ],
];

describe.each([32, 1600])("a model with a layer of %i units", (units) => {
  it.each(whiles)("while %s", async (_, options, data) => {
    const { error } = await notebook.run(`var model = build(${units});`);
    expect(error).toBeUndefined();
    const tensors: number[] = [];
    const held = data.startsWith("x") ? "validationSplit: 0.1," : "";
    for (let time = 0; time < 3; time++) {
      const cell = await interrupted(
        `await fit(model, ${data} { epochs: 1e9, ${held} ${options}, learningRate: rate });`,
        30 + 37 * time,
      );
      expect(cell.error).toMatchObject({ ename: "Interrupted" });
      expect(title(cell)).toMatch(/stopped \(interrupted\)$/);
      const after = await notebook.run("report(model); console.log(tf.memory().numTensors);");
      const [state, count] = after.stdout.split("\n");
      expect(JSON.parse(state ?? "")).toMatchObject({ rate: 1e-3, moments: true, finite: true });
      tensors.push(Number(count));
    }
    expect(tensors[2]).toBe(tensors[0]); // the first training made Adam's
  });
});

it("early stopping gives the best weights back", async () => {
  await notebook.run("var model = build(1600);");
  for (let time = 0; time < 3; time++) {
    await interrupted(
      `var es = earlyStopping({ patience: 1e6, restoreBestWeights: true });
       await fit(model, x, x, { epochs: 1e9, quiet: true, validationSplit: 0.1, shuffle: false,
         callbacks: [es, { onEpochEnd: ready }], learningRate: rate });`,
      40 * time,
    );
    const { stdout } = await notebook.run(`
      const held = tf.slice(x, [450, 0], [50, 64]);
      const { loss } = await evaluate(model, held, held);
      console.log(es.best! / loss);`);
    expect(Number(stdout)).toBeCloseTo(1, 3);
  }
});

it("a model whose step was being recorded trains as ever", async () => {
  for (let time = 0; time < 8; time++) {
    await notebook.run(`var model = build(${40 + time}); var inTime = build(${40 + time});
      inTime.setWeights(model.getWeights());
      for (const each of [model, inTime]) each.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError" });`);
    const code = `console.log("ready"); for (;;) await fit(model, x, x, { epochs: 1, quiet: true, learningRate: 0 });`;
    await interrupted(code, 12 * time);
    const { stdout, error } = await notebook.run(`
      const rate = model.optimizer.learningRate;
      const first = await fit(model, x, x, { epochs: 3, quiet: true });
      const second = await fit(inTime, x, x, { epochs: 3, quiet: true });
      console.log(rate, first.stopped, first.engine, first.history.loss[2] / second.history.loss[2]);`);
    expect(error).toBeUndefined();
    expect(stdout).toBe("0.1 completed onnxruntime-node 1\n");
  }
});

function interrupted(code: string, later: number): Promise<CellResult> {
  return notebook.interruptAfterReady(code, later);
}

/** Of the last figure that the cell showed. */
function title({ data }: CellResult): string {
  const figure = data.at(-1)?.["application/vnd.plotly.v1+json"] as { layout: { title: { text: string } } };
  return figure.layout.title.text;
}
