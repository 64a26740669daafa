// Notebook 04, the trivial autoencoder: the identity as a layer, the cost function, pixels that never vary, what a trained
// layer cannot copy, and a layer that copies everything.
import { type Exercise, expectThat } from "./exercise.js";
import { close, knownSplit, meanOf, randomTable } from "./known-data.js";
import { functionOf, givenValue, kindOf, listIn, numberIn, tableIn } from "./read-answer.js";
import { kernelsOf, modelOf, outputsOf } from "./read-model.js";
import { errorOf, product, type Table } from "./tables.js";

export const notebook04 = {
  "04.1": {
    title: "The identity as a layer",
    async check(answer) {
      const copyLayer = functionOf<[number]>(answer, "copyLayer");
      for (const n of [3, 5, 64]) {
        const given = (await copyLayer(n)) as { weights?: unknown; bias?: unknown };
        expectThat(
          given.weights !== undefined && given.bias !== undefined,
          `\`copyLayer(${n})\` should give an object with \`weights\` and \`bias\`; it gives ${kindOf(given)}.`,
        );
        const weights = tableIn(given.weights, "`weights`", { rows: n, columns: n });
        const bias = listIn(given.bias, "`bias`", n);
        const x = n === 64 ? (await knownSplit("digits")).test.x.slice(0, 50) : randomTable(8, n, 50 + n);
        const output = product(x, weights).map((row) => row.map((value, j) => value + (bias[j] ?? 0)));
        expectThat(
          bias.every((value) => value === 0),
          "The bias is not 0: it is added to every output, also where the input is 0.",
        );
        const error = errorOf(x, output);
        expectThat(
          error === 0,
          `For n = ${n} the error is ${error.toPrecision(2)}. It should be exactly 0: input j, and no other, goes to output j.`,
        );
      }
      return "Error exactly 0 for three sizes, digits among them.";
    },
  },
  "04.2": {
    title: "The cost function",
    async check(answer) {
      const cost = functionOf<[Table, Table]>(answer, "cost");
      for (const [rows, columns, seed] of [
        [4, 3, 51],
        [1, 6, 52],
        [7, 7, 53],
        [9, 2, 54],
      ] as const) {
        const [x, rebuilt] = [randomTable(rows, columns, seed), randomTable(rows, columns, seed + 100)];
        const given = numberIn(await cost(structuredClone(x), structuredClone(rebuilt)), "`cost(…)`");
        const wanted = errorOf(x, rebuilt);
        const is = (value: number): boolean => close([given], [value], 1e-5);
        const shape = `${rows} rows and ${columns} columns`;
        expectThat(
          !is(wanted * rows * columns),
          "That is the sum of the squares. A mean is divided by how many they are.",
        );
        expectThat(
          !is(wanted * columns),
          "You divide by the number of rows only. Each row has several numbers.",
        );
        expectThat(
          rows === 1 || rows === columns || !is(wanted * rows),
          "You divide by the number of columns only. There are several rows.",
        );
        expectThat(!is(Math.sqrt(wanted)), "That is the square root of it. Leave the root out.");
        const absolute = meanOf(x.flat().map((value, at) => Math.abs(value - (rebuilt.flat()[at] ?? 0))));
        expectThat(!is(absolute), "That is the mean of the differences without their sign. Square them.");
        expectThat(
          is(wanted),
          `For ${shape} it gives ${given.toPrecision(4)}, which is not the mean square.`,
        );
      }
      return "Right for four pairs of tables.";
    },
  },
  "04.3": {
    title: "Pixels that never vary",
    async check(answer) {
      const constantPixels = functionOf<[Table]>(answer, "constantPixels");
      const small = randomTable(6, 5, 55).map((row) =>
        row.map((value, at) => (at === 1 || at === 4 ? 2.5 : value)),
      );
      const last = [...Array.from({ length: 5 }, () => [0, 7, 1]), [0, 7, 2]]; // varies only in the last row
      for (const x of [small, last, randomTable(4, 3, 56), (await knownSplit("digits")).train.x]) {
        const given = listIn(await constantPixels(structuredClone(x)), "`constantPixels(x)`").sort(
          (a, b) => a - b,
        );
        const wanted = columnsOf(x).filter((at) => x.every((row) => row[at] === x[0]?.[at]));
        const [missing, extra] = [
          wanted.filter((at) => !given.includes(at)),
          given.filter((at) => !wanted.includes(at)),
        ];
        const size = `In a table of ${x.length} rows and ${x[0]?.length} columns`;
        expectThat(
          extra.length === 0,
          `${size}, ${extra.length} of the columns that you name do vary (or are none).`,
        );
        expectThat(
          missing.length === 0,
          `${size}, ${missing.length} constant column${missing.length > 1 ? "s are" : " is"} missing. A constant need not be 0.`,
        );
        expectThat(given.length === wanted.length, `${size}, some column is named twice.`);
      }
      return "Right for four tables, the digits among them.";
    },
  },
  "04.4": {
    title: "Pictures that it cannot copy",
    check(answer) {
      const layer = modelOf(answer, "layer");
      const strange = tableIn(givenValue(answer, "strange"), "`strange`");
      expectThat(
        strange[0]?.length === 64,
        `Each picture should have 64 numbers; yours have ${strange[0]?.length}.`,
      );
      expectThat(strange.length >= 5, `Five pictures or more are asked for; there are ${strange.length}.`);
      const outside = strange.flat().filter((value) => value < 0 || value > 1).length;
      expectThat(outside === 0, `${outside} of the pixels lie outside 0 to 1. No ink is below 0 or above 1.`);
      const error = errorOf(strange, outputsOf(layer, strange, "`layer`"));
      expectThat(
        error > 0.02,
        `The layer copies them with an error of ${error.toPrecision(2)}; above 0.02 is asked for. Where has it never seen ink?`,
      );
      return `The layer's error on your ${strange.length} pictures is ${error.toFixed(3)}.`;
    },
  },
  "04.5": {
    title: "A layer that copies everything",
    async check(answer) {
      const universal = modelOf(answer, "universal");
      const digits = (await knownSplit("digits")).test.x;
      const noise = randomTable(300, 64, 57, 1);
      const [onDigits, onNoise] = [digits, noise].map((x) => {
        const output = outputsOf(universal, x, "`universal`");
        expectThat(
          output[0]?.length === 64,
          `\`universal\` should give 64 numbers a row; it gives ${output[0]?.length}.`,
        );
        return errorOf(x, output);
      }) as [number, number];
      const kernels = kernelsOf(universal);
      expectThat(kernels.length > 0, "This model has no weights: it copies, but it was not trained.");
      expectThat(
        onDigits < 1e-4,
        `The error on held-out digits is ${onDigits.toPrecision(2)}; below 0.0001 is asked for.${onDigits > 0.01 ? "" : " Train longer, or let the rate fall to 0."}`,
      );
      expectThat(
        onNoise < 1e-4,
        `Digits are copied, with an error of ${onDigits.toPrecision(2)}, but noise is not: ${onNoise.toPrecision(2)}. Which pixels vary in the rows that you train it on?`,
      );
      expectThat(
        kernels.some((kernel) => kernel.flat().some((value) => value !== 0 && value !== 1)),
        "These weights are exactly 0 and 1: they were set by hand. Training never ends so even.",
      );
      return `Errors: ${onDigits.toPrecision(2)} on digits, ${onNoise.toPrecision(2)} on noise.`;
    },
  },
} satisfies Record<string, Exercise>;

function columnsOf(x: Table): number[] {
  return (x[0] ?? []).map((_, at) => at);
}
