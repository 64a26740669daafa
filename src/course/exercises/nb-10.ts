// Notebook 10, using the codes: the area under the curve, a detector, a probe, the drop in ARI, retrieval.
import { tensor1d, tensor2d } from "@tensorflow/tfjs-core";
import { adjustedRandIndex, pca, probe, rocCurve } from "../../analysis/index.js";
import { load } from "../../data/index.js";
import { type Exercise, expectThat, NotYet } from "./exercise.js";
import { close, knownSplit, randomTable } from "./known-data.js";
import { functionOf, givenValue, labelsIn, listIn, numberIn, tableIn } from "./read-answer.js";

type Table = number[][];

export const notebook10 = {
  "10.1": {
    title: "The area under the curve",
    async check(answer) {
      const areaUnder = functionOf<[number[], number[]]>(answer, "areaUnder");
      for (const [seed, ties] of [
        [101, false],
        [102, false],
        [103, true],
      ] as const) {
        const noise = randomTable(1, 30, seed, 1)[0] ?? [];
        const labels = noise.map((_, at) => (at % 3 === 0 ? 1 : 0));
        const raw = noise.map((value, at) => value + 0.4 * (labels[at] ?? 0));
        const scores = ties ? raw.map((value) => Math.round(3 * value)) : raw;
        const given = numberIn(await areaUnder([...labels], [...scores]), "`areaUnder(…)`");
        const wanted = rocCurve(labels, scores).auc;
        expectThat(
          Math.abs(given - (1 - wanted)) > 1e-9,
          "It is the wrong way round: count the pairs in which the row with label 1 has the *higher* score.",
        );
        expectThat(
          !ties || Math.abs(given - wanted) < 1e-6,
          "With equal scores it is not right. Each tie counts one half.",
        );
        expectThat(
          Math.abs(given - wanted) < 1e-6,
          `For 10 rows with label 1 and 20 with label 0 it gives ${given.toFixed(4)}. Count over all 200 pairs, and divide by 200.`,
        );
      }
      return "Right for three sets, ties included.";
    },
  },
  "10.2": {
    title: "A detector",
    async check(answer) {
      const { labels } = await tissue();
      const scores = listIn(givenValue(answer, "suspicion"), "`suspicion`", labels.length);
      expectThat(
        new Set(scores).size > 2,
        "`suspicion` has hardly two different values. A score has to order the rows.",
      );
      const { auc } = rocCurve(labels, scores);
      expectThat(
        auc > 0.25,
        `The AUC is ${auc.toFixed(3)}: the order is the wrong way round. Higher has to mean more suspicious.`,
      );
      expectThat(
        auc < 0.9995,
        "Every malignant row has a higher score than every benign one. That is too good to be true: did the held-out labels get in?",
      );
      expectThat(
        auc >= 0.93,
        `The AUC is ${auc.toFixed(3)}. Which rows was the model fitted to, and were the held-out rows scaled in the same way?`,
      );
      return `AUC ${auc.toFixed(3)} on ${labels.length} held-out samples.`;
    },
  },
  "10.3": {
    title: "Codes that know more than PCA's",
    async check(answer) {
      const { train, test } = await knownSplit("digits");
      const codes = givenValue(answer, "codes") as { train?: unknown; test?: unknown };
      if (codes.train === undefined || codes.test === undefined)
        throw new NotYet("`mine` should have `train` and `test`, the codes of the two parts.");
      const own = tableIn(codes.train, "`mine.train`", { rows: train.x.length });
      const held = tableIn(codes.test, "`mine.test`", { rows: test.x.length });
      for (const [name, table] of [
        ["mine.train", own],
        ["mine.test", held],
      ] as const)
        expectThat(
          table[0]?.length === 3,
          `\`${name}\` has ${table[0]?.length} columns. A code has three numbers here.`,
        );
      const single = own[0]?.findIndex((_, column) =>
        close(
          [
            adjustedRandIndex(
              train.labels,
              own.map((row) => Math.round(1e4 * (row[column] ?? 0))),
            ),
          ],
          [1],
        ),
      );
      expectThat(
        single === undefined || single < 0,
        "A column of your codes is the label itself. Codes are found from pixels alone.",
      );
      const found = measured(own, train.labels, held, test.labels);
      const [linear, linearHeld] = components(train.x, test.x);
      const limit = Math.max(0.6667, measured(linear, train.labels, linearHeld, test.labels));
      expectThat(
        found > limit,
        `The probe names ${(100 * found).toFixed(1)} % of the held-out digits; PCA's codes reach ${(100 * limit).toFixed(1)} %. Are both parts encoded by the same trained encoder, in their order?`,
      );
      return `The probe names ${(100 * found).toFixed(1)} % of the held-out digits; with PCA's codes ${(100 * limit).toFixed(1)} %.`;
    },
  },
  "10.4": {
    title: "The drop in ARI",
    async check(answer) {
      const { labels } = (await knownSplit("digits")).train;
      const of = (name: string): number => {
        const clusters = labelsIn(givenValue(answer, name), `\`${name}\``, { length: labels.length });
        const count = new Set(clusters).size;
        expectThat(count === 10, `\`${name}\` has ${count} clusters. We want ten.`);
        return adjustedRandIndex(labels, clusters);
      };
      const [pixels, coded] = [of("pixels"), of("coded")];
      const drop = numberIn(givenValue(answer, "drop"), "`drop`");
      expectThat(
        pixels < 0.95 && coded < 0.95,
        "One of the lists agrees almost entirely with the true digits. These are not clusters that K-means finds.",
      );
      expectThat(
        pixels > 0.55,
        `The ARI of \`pixels\` is ${pixels.toFixed(3)}. K-means on the raw pixels does better; start it more often.`,
      );
      expectThat(
        coded > 0.25,
        `The ARI of \`coded\` is ${coded.toFixed(3)}. Are these clusters of the training rows' codes, in their order?`,
      );
      expectThat(
        coded < pixels,
        `The ARI is ${pixels.toFixed(3)} on \`pixels\` and ${coded.toFixed(3)} on \`coded\`. Are the two lists exchanged?`,
      );
      expectThat(Math.abs(drop + (pixels - coded)) > 1e-6, "`drop` has the wrong sign: pixels minus codes.");
      expectThat(
        Math.abs(drop - (pixels - coded)) < 2e-3,
        `\`drop\` is ${drop.toFixed(3)}, but your lists have the ARI ${pixels.toFixed(3)} and ${coded.toFixed(3)}.`,
      );
      return `ARI ${pixels.toFixed(3)} on pixels, ${coded.toFixed(3)} on codes: a drop of ${drop.toFixed(3)}.`;
    },
  },
  "10.5": {
    title: "Retrieve",
    async check(answer) {
      const retrieve = functionOf<[number[], Table, number]>(answer, "retrieve");
      for (const [rows, columns, count, seed] of [
        [40, 3, 5, 104],
        [25, 2, 1, 105],
        [30, 6, 12, 106],
      ] as const) {
        const codes = randomTable(rows, columns, seed);
        const query = randomTable(1, columns, seed + 10)[0] ?? [];
        const given = listIn(await retrieve([...query], structuredClone(codes), count), "`retrieve(…)`");
        const distances = codes.map((code) =>
          code.reduce((sum, value, at) => sum + (value - (query[at] ?? 0)) ** 2, 0),
        );
        const order = codes.map((_, at) => at).sort((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0));
        const wanted = order.slice(0, count);
        expectThat(given.length === count, `Asked for ${count}, \`retrieve\` gives ${given.length} places.`);
        expectThat(
          given.join() !== order.slice(-count).reverse().join(),
          "These are the places of the codes that are *farthest* away.",
        );
        expectThat(
          count === 1 ||
            given.join() === wanted.join() ||
            [...given].sort().join() !== [...wanted].sort().join(),
          "The right places, in another order. The nearest comes first.",
        );
        expectThat(
          given.join() === wanted.join(),
          `For ${rows} codes of ${columns} numbers some places are not right. Places start at 0; the distance goes over all columns.`,
        );
      }
      return "Right for three libraries of codes.";
    },
  },
} satisfies Record<string, Exercise>;

/** The held-out samples of breast tissue: 1 for malignant. */
async function tissue(): Promise<{ labels: number[] }> {
  const set = await load("breast_cancer");
  const { train, test } = set.split();
  const malignant = set.classNames.indexOf("malignant");
  const labels = Array.from(test.labels.dataSync(), (label) => (label === malignant ? 1 : 0));
  for (const each of [train, test, set]) each.dispose();
  return { labels };
}

/** The logistic probe's accuracy on held-out codes. */
function measured(codes: Table, labels: number[], held: Table, heldLabels: number[]): number {
  const tensors = [tensor2d(codes), tensor1d(labels), tensor2d(held), tensor1d(heldLabels)] as const;
  try {
    return probe({ codes: tensors[0], labels: tensors[1] }, { codes: tensors[2], labels: tensors[3] })
      .logistic;
  } finally {
    for (const each of tensors) each.dispose();
  }
}

function components(x: Table, held: Table): [Table, Table] {
  const [a, b] = [tensor2d(x), tensor2d(held)];
  const fitted = pca(a, { components: 3 });
  const [own, other] = [fitted.transform(a), fitted.transform(b)];
  try {
    return [own.arraySync(), other.arraySync()];
  } finally {
    for (const each of [a, b, own, other]) each.dispose();
  }
}
