// Notebook 07, PCA and autoencoders compared: cosines, weights that give the same output, components recovered from
// reconstructions, the bound of linear decoders, and a network that beats PCA.
import { memory, tensor2d } from "@tensorflow/tfjs-core";
import { pca } from "../../analysis/index.js";
import { type Exercise, expectThat } from "./exercise.js";
import { close, knownRows, knownSplit, largestGap, randomTable } from "./known-data.js";
import { functionOf, givenValue, kindOf, numberIn, tableIn } from "./read-answer.js";
import { modelIn, outputsOf } from "./read-model.js";
import { dot, errorOf, product, type Rows, type Table } from "./tables.js";

export const notebook07 = {
  "07.1": {
    title: "The cosine of two directions",
    async check(answer) {
      const cosine = functionOf<[number[], number[]]>(answer, "cosine");
      const table = randomTable(8, 5, 91).map((row) => row.map((value) => value - 5));
      for (let at = 0; at < 8; at += 2) {
        const [a = [], b = []] = [table[at], table[at + 1]];
        const given = numberIn(await cosine([...a], [...b]), "`cosine(a, b)`");
        const [size, sum] = [Math.sqrt(dot(a, a) * dot(b, b)), dot(a, b)];
        const wanted = Math.abs(sum) / size;
        expectThat(
          sum >= 0 || !close([given], [sum / size], 1e-5),
          "The size is right, but it has a sign. A direction has none.",
        );
        expectThat(
          !close([given], [Math.abs(sum)], 1e-5),
          "That is the product alone: it grows with the lengths. Divide by both.",
        );
        expectThat(
          !close([given], [wanted * size ** -1], 1e-5),
          "You divide by the squares of the lengths. Take the root.",
        );
        expectThat(
          close([given], [wanted], 1e-5),
          `For two lists of ${a.length} numbers it gives ${given.toPrecision(4)}, which is not the cosine.`,
        );
      }
      return "Right for four pairs.";
    },
  },
  "07.2": {
    title: "Other weights, the same output",
    async check(answer) {
      const mixed = functionOf<[Table, Table]>(answer, "mixed");
      for (const [columns, seed] of [
        [6, 92],
        [64, 93],
      ] as const) {
        const [E, D] = [randomTable(columns, 3, seed, 1), randomTable(3, columns, seed + 10, 1)];
        const given = (await mixed(structuredClone(E), structuredClone(D))) as { E?: unknown; D?: unknown };
        expectThat(
          given.E !== undefined && given.D !== undefined,
          `\`mixed\` should give an object with \`E\` and \`D\`; it gives ${kindOf(given)}.`,
        );
        const encoder = tableIn(given.E, "`E`", { rows: columns, columns: 3 });
        const decoder = tableIn(given.D, "`D`", { rows: 3, columns });
        const gap = largestGap(product(encoder, decoder).flat(), product(E, D).flat());
        expectThat(
          gap < 1e-3,
          `The product of your matrices differs from that of the old ones, by up to ${gap.toPrecision(2)} (N = ${columns}). What one does, the other has to undo.`,
        );
        const kept = decoder.filter((row) => D.some((old) => cosineOf(row, old) > 1 - 1e-6)).length;
        expectThat(
          kept < 3,
          "The decoder has the same three directions as before, at most in another order, length or sign. Mix them.",
        );
      }
      return "The same product, and other directions.";
    },
  },
  "07.3": {
    title: "Components recovered",
    async check(answer) {
      const recovered = tableIn(givenValue(answer, "recovered"), "`recovered`", { rows: 3, columns: 64 });
      const { components } = fitted((await knownSplit("digits")).train.x, 3);
      const cosines = components.map((component, at) => cosineOf(component, recovered[at] ?? []));
      const shown = cosines.map((value) => value.toFixed(3)).join(", ");
      const best = components.map((component) =>
        Math.max(...recovered.map((row) => cosineOf(component, row))),
      );
      expectThat(
        Math.min(...best) < 0.999 || Math.min(...cosines) > 0.999,
        `All three are there, but not strongest first: the cosines in your order are ${shown}.`,
      );
      expectThat(
        Math.min(...cosines) > 0.999,
        `The cosines with the components are ${shown}; above 0.999 is asked for. Do these directions come from the reconstructions of the training rows, or from the weights?`,
      );
      expectThat(
        Math.min(...cosines) < 1 - 1e-11,
        "These are the components of the data itself, to the last digit. Recover them from the network.",
      );
      return `Cosines with PCA's own components: ${cosines.map((value) => value.toFixed(6)).join(", ")}.`;
    },
  },
  "07.4": {
    title: "The bound of linear decoders",
    async check(answer) {
      const bound = functionOf<[unknown, number]>(answer, "bound");
      const iris = (await knownRows("iris")).x;
      const digits = (await knownSplit("digits")).train.x.slice(0, 300);
      for (const [x, k] of [
        [iris, 1],
        [iris, 2],
        [randomTable(40, 6, 94), 3],
        [digits, 5],
      ] as const) {
        const wanted = errorOf(x, reconstructed(x, k));
        const rows = tensor2d(x);
        try {
          const before = memory().numTensors;
          const given = numberIn(await bound(rows, k), "`bound(x, k)`");
          expectThat(!rows.isDisposed, "It disposes of `x`, which belongs to the caller.");
          expectThat(memory().numTensors - before < 20, "It leaves many tensors behind. Use `tf.tidy`.");
          const is = (value: number): boolean => Math.abs(given - value) < 1e-3 * value + 1e-7;
          const columns = x[0]?.length ?? 1;
          const what = `For ${x.length} rows of ${columns} numbers and k = ${k}`;
          expectThat(
            !is(wanted * x.length * columns),
            `${what} this is the sum of the squares, not their mean.`,
          );
          expectThat(
            !is(wanted * columns),
            `${what} you divide by the rows only; each has ${columns} numbers.`,
          );
          const neighbours = [k - 1, k + 1].map((other) => errorOf(x, reconstructed(x, other)));
          expectThat(!neighbours.some(is), `${what} this is the bound of one component more or fewer.`);
          expectThat(
            is(wanted),
            `${what} you give ${given.toPrecision(4)}. ${given < wanted ? "That is below what the best plane reaches." : "A better plane exists."}`,
          );
        } finally {
          rows.dispose();
        }
      }
      return "Right for four tables.";
    },
  },
  "07.5": {
    title: "Better than PCA with two numbers",
    async check(answer) {
      const given = givenValue(answer, "winner") as { encoder?: unknown; decoder?: unknown };
      expectThat(
        given.encoder !== undefined && given.decoder !== undefined,
        `\`winner\` should be an object with the models \`encoder\` and \`decoder\`; it is ${kindOf(given)}.`,
      );
      const { x } = (await knownSplit("digits")).test;
      const codes = outputsOf(modelIn(given.encoder, "`encoder`"), x, "`encoder`");
      expectThat(codes[0]?.length === 2, `The code should have 2 numbers; it has ${codes[0]?.length}.`);
      const output = outputsOf(modelIn(given.decoder, "`decoder`"), codes, "`decoder`");
      expectThat(
        output[0]?.length === 64,
        `\`decoder\` should give 64 pixels; it gives ${output[0]?.length}.`,
      );
      const error = errorOf(x, output);
      expectThat(
        error <= 0.047,
        `The held-out error is ${error.toFixed(4)}; at most 0.047 is asked for. ${error > 0.0515 ? "That is no better than PCA: can the decoder bend, and was it trained long enough?" : "Nearly: train longer, or let the rate fall."}`,
      );
      return `Held-out error ${error.toFixed(4)} with 2 numbers; PCA has 0.0521.`;
    },
  },
} satisfies Record<string, Exercise>;

function cosineOf(a: readonly number[], b: readonly number[]): number {
  return Math.abs(dot(a, b)) / Math.sqrt(dot(a, a) * dot(b, b));
}

function fitted(x: Rows, components: number): { components: readonly (readonly number[])[] } {
  const table = tensor2d(x.map((row) => [...row]));
  try {
    return pca(table, { components, solver: "full" });
  } finally {
    table.dispose();
  }
}

/** PCA's reconstructions with k components; with none, the mean. */
function reconstructed(x: Rows, k: number): Table {
  const table = tensor2d(x.map((row) => [...row]));
  const most = Math.min(x.length, x[0]?.length ?? 0);
  const whole = pca(table, { components: Math.max(1, Math.min(k, most)), solver: "full" });
  table.dispose();
  const kept = whole.components.slice(0, k);
  return x.map((row) => {
    const centred = row.map((value, at) => value - (whole.mean[at] ?? 0));
    const codes = kept.map((component) => dot(component, centred));
    return row.map(
      (_, at) => (whole.mean[at] ?? 0) + codes.reduce((sum, code, i) => sum + code * (kept[i]?.[at] ?? 0), 0),
    );
  });
}
