// Notebook 01, supervised and unsupervised: accuracy, a label that leaks, a classifier, clusters.
import { tensor2d } from "@tensorflow/tfjs-core";
import { adjustedRandIndex } from "../../analysis/index.js";
import { random } from "../../core/random.js";
import { type Exercise, expectThat } from "./exercise.js";
import { columnMeans, correlationOf, knownRows, knownSplit } from "./known-data.js";
import { functionOf, givenValue, labelsIn, numberIn, tableIn } from "./read-answer.js";

export const notebook01 = {
  "01.1": {
    title: "Accuracy",
    async check(answer) {
      const accuracyOf = functionOf<[number[], number[]]>(answer, "accuracyOf");
      for (const [classes, length] of [
        [3, 7],
        [2, 40],
        [10, 33],
      ] as const) {
        const stream = random(length);
        const labels = Array.from({ length }, () => stream.integer(classes));
        const predicted = labels.map((label) => (stream.next() < 0.7 ? label : stream.integer(classes)));
        const right = labels.filter((label, at) => predicted[at] === label).length;
        const given = numberIn(await accuracyOf([...predicted], [...labels]), "`accuracyOf(…)`");
        expectThat(given !== right, "That is the number of right answers. Accuracy is their share of all.");
        expectThat(
          Math.abs(given - (1 - right / length)) > 1e-9,
          "That is the share of wrong answers. We want the right ones.",
        );
        expectThat(
          Math.abs(given - (100 * right) / length) > 1e-6,
          "That is in per cent. Accuracy lies between 0 and 1.",
        );
        expectThat(
          Math.abs(given - right / length) < 1e-6,
          `For ${length} rows with ${classes} classes your function gives ${given}. Count the places at which both lists hold the same class.`,
        );
      }
      return "Right for three lists that it had not seen.";
    },
  },
  "01.2": {
    title: "Find the column that leaks the label",
    async check(answer) {
      const { x, labels } = await knownRows("wine");
      const given = tableIn(givenValue(answer, "clean"), "`clean`");
      expectThat(
        given.length === x.length,
        `\`clean\` should keep all ${x.length} rows; it has ${given.length}.`,
      );
      const columns = transposed(given);
      const leak = columns.findIndex((column) => isCode(column, labels));
      expectThat(
        leak < 0,
        `Column ${leak} of \`clean\` still tells the class of every row. Compare its values with the labels.`,
      );
      const lost = transposed(x).findIndex(
        (wanted) => !columns.some((column) => Math.abs(correlationOf(column, wanted)) > 0.9999),
      );
      expectThat(
        lost < 0,
        "One of the wine's own 13 columns is missing, or its rows are in another order. Only the column that leaks has to go.",
      );
      expectThat(
        columns.length === 13,
        `\`clean\` should have the 13 measured columns; it has ${columns.length}.`,
      );
      return "The 13 measured columns are there, and none of them tells the class by itself.";
    },
  },
  "01.3": {
    title: "A classifier, judged on rows that it never saw",
    async check(answer) {
      const classify = functionOf<[ReturnType<typeof tensor2d>]>(answer, "classify");
      const { test } = await knownSplit("wine");
      const order = Array.from(random(7).permutation(test.x.length));
      const spread = columnMeans(test.x).map((value) => Math.abs(value) * 1e-4);
      const stream = random(11); // small changes: rows that are looked up in a list would not be found
      const rows = order.map((at) =>
        (test.x[at] ?? []).map((value, column) => value + (stream.next() - 0.5) * (spread[column] ?? 0)),
      );
      const x = tensor2d(rows);
      const answers = await classify(x).finally(() => x.dispose());
      const predicted = labelsIn(answers, "`classify(x)`", { length: rows.length });
      const accuracy =
        predicted.filter((label, place) => label === test.labels[order[place] ?? 0]).length / rows.length;
      expectThat(
        new Set(predicted).size > 1,
        "`classify` answers the same class for every row. If it has learnt anything: are x and the rows that it was fitted to scaled alike?",
      );
      expectThat(
        accuracy >= 0.88,
        `\`classify\` is right for ${(100 * accuracy).toFixed(0)} % of the held-out rows, given raw and in another order; 88 % or more can be reached. Is x scaled inside it, with the training rows' mean and deviation?`,
      );
      return `Right for ${(100 * accuracy).toFixed(0)} % of 45 held-out rows, which came in another order.`;
    },
  },
  "01.4": {
    title: "Groups without labels",
    async check(answer) {
      const { labels } = await knownRows("wine");
      const clusters = labelsIn(givenValue(answer, "clusters"), "`clusters`", { length: labels.length });
      const count = new Set(clusters).size;
      expectThat(count === 3, `There should be 3 clusters; there ${count === 1 ? "is 1" : `are ${count}`}.`);
      const agreement = adjustedRandIndex(labels, clusters);
      expectThat(agreement < 0.999, "These are the labels themselves. A clustering gets only the features.");
      expectThat(
        agreement > 0.75,
        `The clusters agree little with the cultivars (adjusted Rand index ${agreement.toFixed(2)}). Which column decides the distances when one of them is a thousand times as large as the others?`,
      );
      return `Found from x alone; the adjusted Rand index with the labels is ${agreement.toFixed(2)}.`;
    },
  },
} satisfies Record<string, Exercise>;

function transposed(x: readonly (readonly number[])[]): number[][] {
  return (x[0] ?? []).map((_, at) => x.map((row) => row[at] ?? 0));
}

/** Whether each class has values of its own in this column: one value or a narrow band, apart from the others'. */
function isCode(column: readonly number[], labels: readonly number[]): boolean {
  const ranges = [...new Set(labels)].map((label) => {
    const values = column.filter((_, at) => labels[at] === label);
    return [Math.min(...values), Math.max(...values)] as const;
  });
  const ordered = ranges.toSorted(([a], [b]) => a - b);
  return ordered.every(([low], at) => at === 0 || low > (ordered[at - 1]?.[1] ?? 0));
}
