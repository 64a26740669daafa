// Notebook 08, the stacked autoencoder: its number of parameters, one of the learner's own, one that beats PCA, a walk.
import { type Tensor, tensor2d } from "@tensorflow/tfjs-core";
import { LayersModel } from "@tensorflow/tfjs-layers";
import { type Answer, type Exercise, expectThat } from "./exercise.js";
import { close, knownSplit, largestGap, meanOf, randomTable } from "./known-data.js";
import { functionOf, givenValue, kindOf, numberIn, tableIn } from "./read-answer.js";

type Table = number[][];

/** What the 20 seeds of the reference reach, all of them: 15 % below PCA's held-out error. */
const limit = 0.0371;

export const notebook08 = {
  "08.1": {
    title: "The number of parameters",
    async check(answer) {
      const parameters = functionOf<[number[]]>(answer, "parameters");
      for (const widths of [
        [64, 32, 16, 3, 16, 32, 64],
        [10, 4, 10],
        [784, 2],
        [5, 7, 1, 9],
      ]) {
        const given = numberIn(await parameters([...widths]), "`parameters(…)`");
        const pairs = widths.slice(1).map((to, at) => [widths[at] ?? 0, to] as const);
        const weights = pairs.reduce((sum, [from, to]) => sum + from * to, 0);
        const chain = widths.join("-");
        expectThat(
          given !== weights,
          `For ${chain} you count the weights only. Each neuron has a bias, too.`,
        );
        const biased = weights + widths.reduce((sum, width) => sum + width, 0);
        expectThat(
          given !== biased,
          `For ${chain} you count biases for the input, too. It has none: it only passes the numbers on.`,
        );
        const wanted = pairs.reduce((sum, [from, to]) => sum + (from + 1) * to, 0);
        expectThat(
          given === wanted,
          `For ${chain} it gives ${given}. Each layer goes from one width to the next; add up the weights and biases of all layers.`,
        );
      }
      return "Right for four chains.";
    },
  },
  "08.2": {
    title: "A stacked autoencoder of one's own",
    async check(answer) {
      const [encoder, decoder, autoencoder] = ["encoder", "decoder", "autoencoder"].map((name) =>
        modelOf(answer, name),
      ) as [LayersModel, LayersModel, LayersModel];
      const x = randomTable(12, 64, 81, 1);
      const { rebuilt } = throughThreeNumbers(encoder, decoder, x);
      expectThat(
        close(predicted(autoencoder, x, "autoencoder").flat(), rebuilt.flat(), 1e-4),
        "`autoencoder(x)` is not `decoder(encoder(x))`. The three models have to share their layers.",
      );
      for (const [name, model] of [
        ["encoder", encoder],
        ["decoder", decoder],
      ] as const) {
        const hidden = hiddenOf(model);
        expectThat(
          hidden.length >= 2,
          `The ${name} has ${hidden.length} hidden layer${hidden.length === 1 ? "" : "s"} with a bent activation. We want two or more.`,
        );
      }
      expectThat(
        hiddenOf(encoder).join() !== "32,16",
        "These are the hidden layers of the notebook, 32 and 16. Choose other ones.",
      );
      return `64-${hiddenOf(encoder).join("-")}-3-${hiddenOf(decoder).join("-")}-64, three models over the same layers.`;
    },
  },
  "08.3": {
    title: "Below PCA",
    async check(answer) {
      const [encoder, decoder] = [modelOf(answer, "encoder"), modelOf(answer, "decoder")];
      const { x } = (await knownSplit("digits")).test;
      const { codes, rebuilt } = throughThreeNumbers(encoder, decoder, x);
      const error = meanOf(
        x.map((row, at) => meanOf(row.map((value, column) => (value - (rebuilt[at]?.[column] ?? 0)) ** 2))),
      );
      const dead = [0, 1, 2].filter(
        (column) =>
          largestGap(
            codes.map((row) => row[column] ?? 0),
            codes.map(() => codes[0]?.[column] ?? 0),
          ) < 1e-6,
      );
      expectThat(
        dead.length === 0,
        `${dead.length} of the three codes answer the same to every picture: dead. Which activation has the coding layer?`,
      );
      expectThat(
        error < 0.073,
        `The held-out error is ${error.toFixed(4)}; the mean picture alone has 0.0737. Was this model trained, and do encoder and decoder belong together?`,
      );
      expectThat(
        error <= limit,
        `The held-out error is ${error.toFixed(4)}; PCA has 0.0436, and we want ${limit} at most.`,
      );
      return `Held-out error ${error.toFixed(4)}, ${(100 * (1 - error / 0.043601)).toFixed(0)} % below PCA's, with three codes alive.`;
    },
  },
  "08.4": {
    title: "A walk in the coding layer",
    async check(answer) {
      const walk = functionOf<[number[], number[], number]>(answer, "walk");
      for (const [points, size, seed] of [
        [10, 3, 82],
        [2, 3, 83],
        [7, 5, 84],
      ] as const) {
        const [from, to] = randomTable(2, size, seed).map((row) => row.map((value) => value - 5)) as [
          number[],
          number[],
        ];
        const given = tableIn(await walk([...from], [...to], points), "`walk(…)`");
        expectThat(given.length === points, `Asked for ${points} points, \`walk\` gives ${given.length}.`);
        expectThat(
          given[0]?.length === size,
          `The points should be codes of ${size} numbers; they have ${given[0]?.length}.`,
        );
        const at = (t: number): number[] => from.map((value, axis) => value + t * ((to[axis] ?? 0) - value));
        expectThat(!close(given[0] ?? [], to, 1e-6), "The walk goes the wrong way: it starts at `to`.");
        expectThat(close(given[0] ?? [], from, 1e-5), "The first point is not `from`.");
        expectThat(
          close(given.at(-1) ?? [], to, 1e-5),
          "The last point is not `to`. How many steps lie between the points?",
        );
        const wanted = Array.from({ length: points }, (_, place) => at(place / (points - 1)));
        expectThat(
          close(given.flat(), wanted.flat(), 1e-5),
          "The ends are right, the points between are not at equal distances on the straight line.",
        );
      }
      return "Right for three walks.";
    },
  },
} satisfies Record<string, Exercise>;

function modelOf(answer: Answer, name: string): LayersModel {
  const model = givenValue(answer, name);
  expectThat(
    model instanceof LayersModel,
    `\`${name}\` should be a model of TensorFlow.js; it is ${kindOf(model)}.`,
  );
  return model;
}

/** The model's outputs for rows of numbers, as numbers. */
function predicted(model: LayersModel, rows: Table, name: string): Table {
  const width = model.inputs[0]?.shape.at(-1);
  expectThat(
    width === rows[0]?.length,
    `The ${name} takes rows of ${width} numbers; here it gets ${rows[0]?.length}.`,
  );
  const x = tensor2d(rows);
  const output = model.predict(x) as Tensor;
  try {
    return tableIn(output, `What the ${name} gives`, { rows: rows.length });
  } finally {
    x.dispose();
    output.dispose();
  }
}

/** What encoder and decoder make of pictures, [rows, 64], by way of a code of three numbers. */
function throughThreeNumbers(
  encoder: LayersModel,
  decoder: LayersModel,
  pictures: Table,
): { codes: Table; rebuilt: Table } {
  const codes = predicted(encoder, pictures, "encoder");
  expectThat(codes[0]?.length === 3, `The code has ${codes[0]?.length} numbers. We want three.`);
  const rebuilt = predicted(decoder, codes, "decoder");
  expectThat(
    rebuilt[0]?.length === 64,
    `The decoder gives ${rebuilt[0]?.length} numbers for a picture of 64 pixels.`,
  );
  return { codes, rebuilt };
}

/** Widths of the dense layers with a bent activation, but the last one; nested models are looked into. */
function hiddenOf(model: LayersModel): number[] {
  const dense = denseIn(model);
  return dense.slice(0, -1).flatMap(({ units, activation }) => (activation === "linear" ? [] : [units]));
}

function denseIn(model: LayersModel): { units: number; activation: string }[] {
  return model.layers.flatMap((layer) => {
    if (layer instanceof LayersModel) return denseIn(layer);
    return layer.getClassName() === "Dense"
      ? [layer.getConfig() as { units: number; activation: string }]
      : [];
  });
}
