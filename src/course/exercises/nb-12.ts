// Notebook 12, custom layers and models: a numeric gradient, a layer, a cost function, a round trip, PCA with 260 numbers.
import { mul, sum, type Tensor, tensor2d, tidy, type Variable, variableGrads } from "@tensorflow/tfjs-core";
import { LayersModel, type layers } from "@tensorflow/tfjs-layers";
import { type Exercise, expectThat } from "./exercise.js";
import { close, knownSplit, largestGap, meanOf, randomTable } from "./known-data.js";
import { functionOf, givenValue, kindOf, listIn, tableIn } from "./read-answer.js";

type Table = number[][];

export const notebook12 = {
  "12.1": {
    title: "A numeric gradient",
    async check(answer) {
      const gradient = functionOf<[(w: number[]) => number, number[]]>(answer, "numericGradient");
      const h = 0.001;
      const functions: [J: (w: number[]) => number, size: number, seed: number][] = [
        [(w) => w.reduce((total, value) => total + value ** 3, 0), 4, 121],
        [(w) => Math.exp((w[0] ?? 0) / 4) * (w[1] ?? 0) + (w[2] ?? 0) ** 3, 3, 122],
      ];
      for (const [J, size, seed] of functions) {
        const w = (randomTable(1, size, seed, 2)[0] ?? []).map((value) => value + 1);
        const kept = [...w];
        const given = listIn(await gradient(J, kept), "`numericGradient(J, w)`", size);
        expectThat(kept.join() === w.join(), "The list `w` was changed. Work on copies of it.");
        const moved = (i: number, by: number): number =>
          J(w.map((value, at) => (at === i ? value + by : value)));
        const central = w.map((_, i) => (moved(i, h) - moved(i, -h)) / (2 * h));
        const same = (other: number[]): boolean => close(given, other, 1e-8);
        expectThat(
          !same(central.map((value) => 2 * value)),
          "All entries are twice too large: the two points are 2h apart.",
        );
        expectThat(!same(central.map((value) => -value)), "All signs are the wrong way round.");
        expectThat(
          !same(w.map((_, i) => (moved(i, h) - J(w)) / h)) &&
            !same(w.map((_, i) => (J(w) - moved(i, -h)) / h)),
          "That is the one-sided difference. We want the central one: h more, and h less.",
        );
        expectThat(
          same(central),
          `For a function of ${size} numbers some entries are not the central differences with h = 0.001. Is only one number changed at a time?`,
        );
      }
      return "Right for two functions, and `w` is as it was.";
    },
  },
  "12.2": {
    title: "A layer of one's own",
    async check(answer) {
      const Gain = givenValue(answer, "Gain") as new (config: object) => layers.Layer;
      expectThat(typeof Gain === "function", `\`Gain\` should be a class; it is ${kindOf(Gain)}.`);
      for (const width of [5, 8]) checkGain(Gain, width);
      return "Starts as the identity, has 2 weights a column, and the gradient of both is right.";
    },
  },
  "12.3": {
    title: "A cost function of one's own",
    async check(answer) {
      const inkError = functionOf<[Tensor, Tensor]>(answer, "inkError");
      const [x, other] = [randomTable(6, 64, 123, 1), randomTable(6, 64, 124, 1)] as const;
      const tensors = [tensor2d(x), tensor2d(other)] as const;
      try {
        const result = await inkError(...tensors);
        const given = listIn(
          (result as Tensor).shape?.length === 0 ? [onlyValue(result)] : result,
          "`inkError(x, rebuilt)`",
        );
        expectThat(
          given.length === 6,
          `For six pictures \`inkError\` gives ${given.length} number${given.length === 1 ? "" : "s"}. One for each picture: take the mean over the last axis only.`,
        );
        const by = (weight: (pixel: number, rebuilt: number) => number): number[] =>
          x.map((row, at) =>
            meanOf(
              row.map(
                (pixel, column) =>
                  weight(pixel, other[at]?.[column] ?? 0) * (pixel - (other[at]?.[column] ?? 0)) ** 2,
              ),
            ),
          );
        expectThat(
          !close(
            given,
            by(() => 1),
            1e-5,
          ),
          "That is the plain squared error: the weights are missing.",
        );
        expectThat(
          !close(
            given,
            by((pixel) => 4 * pixel),
            1e-5,
          ),
          "The weight of paper should be 1, not 0: it is 1 + 4x.",
        );
        expectThat(
          !close(
            given,
            by((_, rebuilt) => 1 + 4 * rebuilt),
            1e-5,
          ),
          "The weights come from the reconstruction. They should come from the picture.",
        );
        const wanted = by((pixel) => 1 + 4 * pixel);
        expectThat(
          !close(
            given,
            wanted.map((value) => 64 * value),
            1e-5,
          ),
          "That is the sum over the pixels. We want the mean.",
        );
        expectThat(
          close(given, wanted, 1e-5),
          "The numbers differ from the formula. The weight 1 + 4x multiplies the squared difference of each pixel.",
        );
        return "Right for six pictures.";
      } finally {
        for (const each of tensors) each.dispose();
      }
    },
  },
  "12.4": {
    title: "Save and load",
    async check(answer) {
      const [original, loaded] = [
        modelOf(givenValue(answer, "original"), "original"),
        modelOf(givenValue(answer, "loaded"), "loaded"),
      ];
      expectThat(original !== loaded, "`loaded` is `original` itself. Save it, and load it from the file.");
      expectThat(
        original.layers.every((layer, at) => layer !== loaded.layers[at]),
        "The two models share a layer, so nothing was loaded from a file.",
      );
      const builtIn =
        /^(InputLayer|Dense|Activation|Conv.*|Dropout|Flatten|Reshape|GaussianNoise|Sequential|Functional|Model)$/;
      expectThat(
        original.layers.some((layer) => !builtIn.test(layer.getClassName())),
        "`original` has layers of TensorFlow.js only. Put a custom layer in.",
      );
      const names = (model: LayersModel): string => model.layers.map((layer) => layer.getClassName()).join();
      expectThat(
        names(original) === names(loaded),
        `The layers differ: ${names(original)} and ${names(loaded)}.`,
      );
      expectThat(
        original.countParams() === loaded.countParams(),
        `\`original\` has ${original.countParams()} parameters, \`loaded\` ${loaded.countParams()}. Does \`getConfig\` keep all that the constructor needs?`,
      );
      const width = original.inputs[0]?.shape.at(-1) ?? 0;
      const x = randomTable(7, width, 125, 1);
      const gap = largestGap(predicted(original, x).flat(), predicted(loaded, x).flat());
      expectThat(
        gap < 1e-6,
        `On the same rows the outputs differ by up to ${gap.toExponential(1)}. Were the weights saved after the last change?`,
      );
      return `${original.countParams()} parameters, and the same outputs.`;
    },
  },
  "12.5": {
    title: "As good as PCA with 260 numbers",
    async check(answer) {
      const compact = modelOf(givenValue(answer, "compact"), "compact");
      const { x } = (await knownSplit("digits")).test;
      const parameters = compact.weights.reduce(
        (total, { shape }) => total + shape.reduce((a: number, b) => a * (b ?? 1), 1),
        0,
      );
      expectThat(parameters <= 260, `\`compact\` has ${parameters} parameters. We want 260 at most.`);
      expectThat(parameters > 60, "`compact` has hardly any parameters: does it only pass its input on?");
      const rebuilt = predicted(compact, x);
      expectThat(
        rebuilt[0]?.length === 64,
        `\`compact\` gives ${rebuilt[0]?.length} numbers for a picture of 64 pixels.`,
      );
      const error = meanOf(
        x.map((row, at) => meanOf(row.map((value, column) => (value - (rebuilt[at]?.[column] ?? 0)) ** 2))),
      );
      expectThat(
        error > 0.03,
        `The held-out error is ${error.toFixed(5)}: the input is copied, not passed through few numbers.`,
      );
      expectThat(
        error <= 0.0445,
        `The held-out error is ${error.toFixed(4)}. Was it trained, and long enough?`,
      );
      return `${parameters} parameters, held-out error ${error.toFixed(4)}; PCA has 0.0436.`;
    },
  },
} satisfies Record<string, Exercise>;

function checkGain(Gain: new (config: object) => layers.Layer, width: number): void {
  const x = tensor2d(randomTable(9, width, 126, 2));
  const factor = tensor2d(randomTable(9, width, 127, 2));
  const layer = new Gain({});
  const run = (): Table =>
    tidy(() => tableIn(layer.apply(x), "What `Gain` gives", { rows: 9, columns: width }));
  try {
    const first = run();
    expectThat(
      layer.weights.length === 2,
      `\`Gain\` has ${layer.weights.length} weights. It should have two, the gains and the offsets.`,
    );
    const shapes = layer.weights.map(({ shape }) => shape.join("×"));
    expectThat(
      shapes.every((shape) => shape === String(width)),
      `For ${width} columns the weights have the shapes ${shapes.join(" and ")}. We want one number for each column.`,
    );
    const rows = x.arraySync();
    expectThat(
      close(first.flat(), rows.flat(), 1e-5),
      "At the start `Gain` should pass everything on: the gains 1, the offsets 0.",
    );
    // Which weight is the gain: the one that starts at 1.
    const starts = layer.getWeights().map((weight) => Array.from(weight.dataSync()));
    const at = starts[0]?.every((value) => value === 1) ? 0 : 1;
    const values = [randomTable(1, width, 128, 3)[0] ?? [], randomTable(1, width, 129, 3)[0] ?? []];
    const [gains, offsets] = [values[at] ?? [], values[1 - at] ?? []];
    for (const [place, weight] of layer.weights.entries())
      weight.write(tidy(() => tensor2d([values[place] ?? []]).reshape<Tensor>([width])));
    const wanted = rows.map((row) =>
      row.map((value, column) => value * (gains[column] ?? 0) + (offsets[column] ?? 0)),
    );
    expectThat(
      close(run().flat(), wanted.flat(), 1e-5),
      "With other weights the output is not gain times input plus offset, column by column.",
    );
    const read = layer.weights.map((weight) => weight.read() as Variable);
    const { value, grads } = variableGrads(
      () => tidy(() => sum(mul(layer.apply(x) as Tensor, factor)).asScalar()),
      read,
    );
    const [gainGradient, offsetGradient] = [at, 1 - at].map((place) =>
      Array.from(grads[read[place]?.name ?? ""]?.dataSync() ?? []),
    );
    for (const each of [value, ...Object.values(grads)]) each.dispose();
    const f = factor.arraySync();
    const sums = (of: (row: number, column: number) => number): number[] =>
      gains.map((_, column) => rows.reduce((total, _row, row) => total + of(row, column), 0));
    expectThat(
      close(
        gainGradient ?? [],
        sums((row, column) => (f[row]?.[column] ?? 0) * (rows[row]?.[column] ?? 0)),
        1e-4,
      ) &&
        close(
          offsetGradient ?? [],
          sums((row, column) => f[row]?.[column] ?? 0),
          1e-4,
        ),
      "The output is right, but its gradient is not. Compute with operations of `tf` on the weights themselves.",
    );
  } finally {
    layer.dispose();
    for (const each of [x, factor]) each.dispose();
  }
}

function onlyValue(value: unknown): number {
  return (value as Tensor).dataSync()[0] ?? 0;
}

function modelOf(value: unknown, name: string): LayersModel {
  expectThat(
    value instanceof LayersModel,
    `\`${name}\` should be a model of TensorFlow.js; it is ${kindOf(value)}.`,
  );
  return value;
}

function predicted(model: LayersModel, rows: Table): Table {
  const x = tensor2d(rows);
  const output = model.predict(x) as Tensor;
  try {
    return tableIn(output, "What the model gives", { rows: rows.length });
  } finally {
    x.dispose();
    output.dispose();
  }
}
