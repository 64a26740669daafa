// Notebook 09, what does the work: mean and sd, both halves over seeds, dead codes, a fair PCA, an experiment of one's own.
import { type Tensor, tensor2d } from "@tensorflow/tfjs-core";
import { LayersModel } from "@tensorflow/tfjs-layers";
import { pca } from "../../analysis/index.js";
import { type Exercise, expectThat } from "./exercise.js";
import { close, knownSplit, meanOf, randomTable } from "./known-data.js";
import { copied, functionOf, givenValue, kindOf, numberIn, tableIn } from "./read-answer.js";

type Table = number[][];

export const notebook09 = {
  "09.1": {
    title: "Mean and standard deviation",
    async check(answer) {
      const meanAndSd = functionOf<[number[]]>(answer, "meanAndSd");
      for (const [seed, length] of [
        [91, 5],
        [92, 10],
        [93, 2],
      ] as const) {
        const errors = randomTable(1, length, seed, 0.1)[0] ?? [];
        const given = (await meanAndSd([...errors])) as { mean?: unknown; sd?: unknown };
        const mean = numberIn(given.mean, "`mean`");
        const sd = numberIn(given.sd, "`sd`");
        const wanted = deviationOf(errors);
        expectThat(
          close([mean], [meanOf(errors)], 1e-7),
          `The mean of ${length} errors is not right: add them up, and divide by how many they are.`,
        );
        expectThat(
          !close([sd], [wanted * Math.sqrt((length - 1) / length)], 1e-8),
          "You divide by n. The formula divides by n − 1, because the mean was estimated from the same errors.",
        );
        expectThat(
          !close([sd], [wanted ** 2], 1e-8),
          "That is the variance. The standard deviation is its square root.",
        );
        expectThat(
          close([sd], [wanted], 1e-8),
          `The standard deviation of ${length} errors is not right. Square the distances to the mean, add them up, divide, take the root.`,
        );
      }
      return "Right for lists of 5, 10 and 2 errors.";
    },
  },
  "09.2": {
    title: "Which half does the work?",
    async check(answer) {
      const { test } = await knownSplit("digits");
      const pictures = tensor2d(test.x);
      try {
        const encoder = errorsOf(givenValue(answer, "encoder"), "encoder", pictures);
        const decoder = errorsOf(givenValue(answer, "decoder"), "decoder", pictures);
        const [deepEncoder, deepDecoder] = [encoder, decoder].map(meanOf) as [number, number];
        expectThat(
          deepDecoder < deepEncoder,
          `Deep encoders have ${spread(encoder)}, deep decoders ${spread(decoder)}: the longer training goes on, the clearer it gets. Give them more epochs.`,
        );
        return `Deep encoders ${spread(encoder)}, deep decoders ${spread(decoder)}; PCA has 0.0436.`;
      } finally {
        pictures.dispose();
      }
    },
  },
  "09.3": {
    title: "Dead codes",
    async check(answer) {
      const deadCodes = functionOf<[Tensor]>(answer, "deadCodes");
      const live = randomTable(40, 5, 94, 2).map((row) => row.map((value) => value - 1));
      const cases: [(row: number[], at: number) => number[], number, string][] = [
        [(row) => row, 0, "Codes that all vary"],
        [(row) => row.map((value, column) => (column === 2 ? 0 : value)), 1, "One column of zeros"],
        [
          (row) => row.map((value, column) => (column > 2 ? 0.7 + column : value)),
          2,
          "Two columns that are constant but not 0",
        ],
        [
          (row, at) => row.map((value, column) => (column === 0 ? (at === 17 ? 1 : 0) : value)),
          0,
          "A column that is 0 but for one row, so it does vary",
        ],
        [(row) => row.map((value) => value * 0.01), 0, "Codes that all vary, with small numbers"],
        [(row) => row.map(() => -3), 5, "Five constant columns"],
      ];
      for (const [change, wanted, what] of cases) {
        const codes = tensor2d(live.map(change));
        try {
          const given = numberIn(await deadCodes(codes), "`deadCodes(codes)`");
          expectThat(
            given === wanted,
            `${what}: \`deadCodes\` gives ${given}. A dead neuron answers the same to *every* row.`,
          );
        } finally {
          codes.dispose();
        }
      }
      return "Right for six sets of codes, zero or not.";
    },
  },
  "09.4": {
    title: "A fair opponent",
    async check(answer) {
      const baseline = functionOf<[number, number]>(answer, "pcaBaseline");
      const { train, test } = await knownSplit("digits");
      for (const [rows, components] of [
        [50, 3],
        [200, 3],
        [1437, 8],
      ] as const) {
        const given = numberIn(await baseline(rows, components), "`pcaBaseline(…)`");
        const few = train.x.slice(0, rows);
        const wanted = pcaError(few, components, test.x);
        expectThat(
          rows === 1437 || Math.abs(given - pcaError(train.x, components, test.x)) > 1e-6,
          `For ${rows} rows you use PCA of all training rows. That opponent has seen more than the network.`,
        );
        expectThat(
          Math.abs(given - pcaError(few, components, few)) > 1e-6,
          `For ${rows} rows that is the error on the rows that PCA was fitted to. We want that of the held-out rows.`,
        );
        expectThat(
          Math.abs(given - wanted) < 2e-6,
          `For ${rows} rows and ${components} components it gives ${given.toFixed(6)}. Which rows is PCA fitted to, how many components has it, and which rows does it rebuild?`,
        );
      }
      return "Right for 50, 200 and 1437 rows.";
    },
  },
  "09.5": {
    title: "An experiment of one's own",
    async check(answer) {
      const conclusion = givenValue(answer, "conclusion");
      const { x } = (await knownSplit("digits")).test;
      const baseline = errorsOfPictures(givenValue(answer, "baseline"), "baseline", x);
      const changed = errorsOfPictures(givenValue(answer, "changed"), "changed", x);
      expectThat(
        baseline.some((error) => !changed.includes(error)),
        "Both sides have the same errors: was anything changed?",
      );
      const gap = meanOf(changed) - meanOf(baseline);
      const error = Math.sqrt(
        deviationOf(changed) ** 2 / changed.length + deviationOf(baseline) ** 2 / baseline.length,
      );
      const t = Math.abs(gap) / error;
      const conclusions = ["better", "worse", "no clear difference"];
      expectThat(
        conclusions.includes(String(conclusion)),
        `\`conclusion\` should be "better", "worse" or "no clear difference"; it is ${kindOf(conclusion)}.`,
      );
      const supported = t <= 3 ? conclusions[2] : gap < 0 ? conclusions[0] : conclusions[1];
      expectThat(
        conclusion === supported,
        `Your arrays do not support "${conclusion}": t is ${t.toFixed(1)}, the baseline has ${spread(baseline)} and the change ${spread(changed)}.`,
      );
      return `Baseline ${spread(baseline)}, change ${spread(changed)}, t = ${t.toFixed(1)}: "${conclusion}".`;
    },
  },
} satisfies Record<string, Exercise>;

/** The held-out errors of five models or more, each with the deep half that it should have. */
function errorsOf(given: unknown, side: "encoder" | "decoder", pictures: Tensor): number[] {
  expectThat(Array.isArray(given), `\`${side}\` should be a list of models; it is ${kindOf(given)}.`);
  const models = copied(given, `\`${side}\``) as unknown[];
  expectThat(models.length >= 5, `\`${side}\` has ${models.length} models. We want five seeds or more.`);
  const errors = models.map((model, at) => {
    expectThat(
      model instanceof LayersModel,
      `\`${side}[${at}]\` should be a model of TensorFlow.js; it is ${kindOf(model)}.`,
    );
    deepHalfOf(model, side);
    const output = model.predict(pictures) as Tensor;
    try {
      expectThat(
        output.shape.join() === pictures.shape.join(),
        `\`${side}[${at}]\` gives the shape [${output.shape.join(", ")}] for pictures of shape [${pictures.shape.join(", ")}].`,
      );
      return squaredError(copied(output.arraySync(), "The output") as Table, pictures.arraySync() as Table);
    } finally {
      output.dispose();
    }
  });
  expectThat(
    new Set(errors).size === errors.length,
    `Two models in \`${side}\` are the same. Each should have a seed of its own.`,
  );
  const poor = errors.findIndex((error) => !(error < 0.066));
  expectThat(
    poor < 0,
    `\`${side}[${poor}]\` has a held-out error of ${errors[poor]?.toFixed(4)}, hardly better than the mean picture (0.0737). Was it trained long enough?`,
  );
  return errors;
}

function deepHalfOf(model: LayersModel, side: "encoder" | "decoder"): void {
  const dense = model.layers
    .filter((layer) => layer.getClassName() === "Dense")
    .map((layer) => layer.getConfig() as { units: number; activation: string });
  const code = dense.findIndex(({ units }) => units === 3);
  expectThat(code >= 0, `A model in \`${side}\` has no coding layer of three neurons.`);
  const bent = ({ activation }: { activation: string }): boolean => activation !== "linear";
  const before = dense.slice(0, code).filter(bent).length;
  const after = dense.slice(code + 1);
  const hidden = after.slice(0, -1).filter(bent).length;
  if (side === "encoder") {
    expectThat(
      before > 0,
      "A model in `encoder` has no hidden layer with a bent activation before the coding layer.",
    );
    expectThat(
      hidden === 0,
      "A model in `encoder` has bent hidden layers after the coding layer, too. Its decoder should be linear.",
    );
    expectThat(
      after.at(-1)?.activation === "linear",
      "A model in `encoder` has a bent output layer. For a linear decoder the output is linear, too.",
    );
  } else {
    expectThat(
      hidden > 0,
      "A model in `decoder` has no hidden layer with a bent activation after the coding layer.",
    );
    expectThat(
      before === 0 && !bent(dense[code] as { activation: string }),
      "A model in `decoder` has a bent encoder, too. Its encoder should be linear.",
    );
  }
}

function errorsOfPictures(given: unknown, name: string, x: Table): number[] {
  expectThat(
    Array.isArray(given),
    `\`${name}\` should be a list, one tensor for each seed; it is ${kindOf(given)}.`,
  );
  const list = copied(given, `\`${name}\``) as unknown[];
  expectThat(list.length >= 5, `\`${name}\` has ${list.length} entries. We want five seeds or more.`);
  const byRow = list.map((each, at) => {
    const rebuilt = tableIn(each, `\`${name}[${at}]\``, { rows: x.length, columns: 64 });
    return rebuilt.map((row, picture) => squaredError([row], x.slice(picture, picture + 1)));
  });
  const errors = byRow.map(meanOf);
  expectThat(
    new Set(errors).size === errors.length,
    `Two entries of \`${name}\` have the same error to the last digit. Has each a seed of its own?`,
  );
  const wrong = errors.findIndex((error) => error < 1e-9 || error > 0.24);
  expectThat(
    wrong < 0,
    `\`${name}[${wrong}]\` has the error ${errors[wrong]?.toFixed(4)}. Are these reconstructions of the held-out rows?`,
  );
  // A picture that is hard for one network is hard for the next: over .5 in all recipes tried, and 0 for noise.
  const alike = meanOf(byRow.slice(1).map((rows) => correlation(rows, byRow[0] as number[])));
  expectThat(
    alike > 0.2,
    `In \`${name}\` other pictures are hard for each seed, as if by chance. Are these what trained networks made of the held-out rows, in their order?`,
  );
  return errors;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  const together = meanOf(a.map((value, at) => (value - meanA) * ((b[at] ?? 0) - meanB)));
  return together / (deviationOf(a) * deviationOf(b));
}

function pcaError(rows: Table, components: number, x: Table): number {
  const [fitted, target] = [tensor2d(rows), tensor2d(x)];
  const rebuilt = pca(fitted, { components }).reconstruct(target);
  try {
    return squaredError(rebuilt.arraySync(), x);
  } finally {
    for (const each of [fitted, target, rebuilt]) each.dispose();
  }
}

function squaredError(a: Table, b: Table): number {
  return meanOf(
    a.map((row, at) => meanOf(row.map((value, column) => (value - (b[at]?.[column] ?? 0)) ** 2))),
  );
}

function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function spread(values: readonly number[]): string {
  return `${meanOf(values).toFixed(4)} ± ${deviationOf(values).toFixed(4)}`;
}
