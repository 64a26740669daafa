// Notebook 03, PCA: the covariance matrix, its first direction, codes and back, an honest error, the number of components.
import { tensor2d } from "@tensorflow/tfjs-core";
import { pca } from "../../analysis/index.js";
import { type Exercise, expectThat } from "./exercise.js";
import { close, columnMeans, knownRows, knownSplit, meanOf, randomTable } from "./known-data.js";
import { functionOf, givenValue, listIn, numberIn, tableIn } from "./read-answer.js";

type Table = number[][];

export const notebook03 = {
  "03.1": {
    title: "The covariance matrix",
    async check(answer) {
      const covariance = functionOf<[Table]>(answer, "covariance");
      const iris = (await knownRows("iris")).x;
      for (const x of [randomTable(12, 3, 41), iris, randomTable(7, 2, 42, 100)]) {
        const columns = x[0]?.length ?? 0;
        const given = tableIn(await covariance(structuredClone(x)), "`covariance(x)`", {
          rows: columns,
          columns,
        }).flat();
        const wanted = covarianceOf(x).flat();
        const factor = (x.length - 1) / x.length;
        expectThat(
          !close(
            given,
            wanted.map((value) => value * factor),
            1e-6,
          ),
          "You divide by m. We divide by m − 1, because the mean was estimated from the same rows.",
        );
        expectThat(
          !close(
            given,
            wanted.map((value) => value * (x.length - 1)),
            1e-6,
          ),
          "These are the sums of products. Divide them by m − 1.",
        );
        const raw = transposed(x).map((a) => transposed(x).map((b) => dot(a, b) / (x.length - 1)));
        expectThat(
          !close(given, raw.flat(), 1e-4),
          "The columns were not centred: subtract from each column its own mean first.",
        );
        expectThat(
          close(given, wanted),
          `For ${x.length} rows and ${columns} columns some entries differ. Entry (i, j) belongs to the columns i and j.`,
        );
      }
      return "Right for three tables, with m − 1 and centred columns.";
    },
  },
  "03.2": {
    title: "The first principal component",
    async check(answer) {
      const first = functionOf<[Table]>(answer, "firstComponent");
      const digits = await knownSplit("digits");
      for (const x of [(await knownRows("iris")).x, digits.train.x.slice(0, 400), randomTable(30, 4, 43)]) {
        const matrix = covarianceOf(x);
        const given = listIn(await first(structuredClone(matrix)), "`firstComponent(C)`", matrix.length);
        const size = Math.sqrt(dot(given, given));
        expectThat(size > 1e-6, "The direction is zero in every place.");
        expectThat(
          Math.abs(size - 1) < 1e-3,
          `The direction has the length ${size.toFixed(4)}. A direction should have the length 1.`,
        );
        const along = dot(given, times(matrix, given));
        const wanted = directions(x, 1)[0] ?? [];
        const most = dot(wanted, times(matrix, wanted));
        expectThat(
          along > most * (1 - 1e-4) && Math.abs(dot(given, wanted)) > 0.999,
          `The variance along your direction is ${((100 * along) / most).toFixed(1)} % of the largest one, in a table of ${matrix.length} columns. Repeat more often, or until the direction no longer turns.`,
        );
      }
      return "The direction of the largest variance for three tables; its sign is free.";
    },
  },
  "03.3": {
    title: "To the codes and back",
    async check(answer) {
      const rebuild = functionOf<[Table, number[], Table]>(answer, "rebuild");
      const { x } = await knownRows("iris");
      for (const k of [1, 2, 3]) {
        const [mean, components] = [columnMeans(x), directions(x, k)];
        const some = x.slice(10, 25).map((row) => row.map((value, at) => value + 0.1 * at)); // other rows than the fitted
        const given = tableIn(
          await rebuild(structuredClone(some), [...mean], structuredClone(components)),
          "`rebuild(…)`",
          { rows: some.length, columns: 4 },
        );
        const wanted = projected(some, mean, components);
        expectThat(
          !close(given.flat(), some.flat(), 1e-6),
          "That is the input itself: nothing has passed through the codes.",
        );
        const withoutMean = wanted.map((row) => row.map((value, at) => value - (mean[at] ?? 0)));
        expectThat(
          !close(given.flat(), withoutMean.flat()),
          "The way back ends at 0, not at the mean: what you subtract at the start has to be added again.",
        );
        const uncentred = projected(some, [0, 0, 0, 0], components);
        expectThat(
          !close(given.flat(), uncentred.flat()),
          "The codes are those of rows that were not centred. Subtract the mean first, and add it at the end.",
        );
        expectThat(
          close(given.flat(), wanted.flat()),
          `With ${k} component${k > 1 ? "s" : ""} the rows differ from $\\mu + V^T V (x - \\mu)$.`.replaceAll(
            "$",
            "",
          ),
        );
      }
      return "Right with one, two and three components, for rows that the components were not fitted to.";
    },
  },
  "03.5": {
    title: "An honest error",
    async check(answer) {
      const { train, test } = await knownSplit("digits");
      const given = tableIn(givenValue(answer, "rebuilt"), "`rebuilt`");
      expectThat(
        given.length !== train.x.length,
        "These are reconstructions of the training rows. We want those of the held-out rows.",
      );
      expectThat(
        given.length === test.x.length && given[0]?.length === 64,
        `\`rebuilt\` should have the shape [360, 64]; it has [${given.length}, ${given[0]?.length}].`,
      );
      const [wanted, whole, own] = [train.x, [...train.x, ...test.x], test.x].map((rows) =>
        errorOf(test.x, projected(test.x, columnMeans(rows), directions(rows, 3))),
      );
      const error = errorOf(test.x, given);
      expectThat(error > 1e-9, "The error is 0: that is the input itself.");
      expectThat(
        Math.abs(error - (whole ?? 0)) > 1e-7,
        "This PCA was fitted to all rows, the held-out ones among them. Its error looks better than it is.",
      );
      expectThat(
        Math.abs(error - (own ?? 0)) > 1e-7,
        "This PCA was fitted to the held-out rows themselves. Fit it to the training rows.",
      );
      expectThat(
        Math.abs(error - (wanted ?? 0)) < 1e-6,
        `The mean squared error of \`rebuilt\` is ${error.toFixed(6)}. Three components that were fitted to the training rows give another one. How many components, which rows, which mean?`,
      );
      const fitted = projected(test.x, columnMeans(train.x), directions(train.x, 3));
      expectThat(
        close(given.flat(), fitted.flat(), 2e-3),
        "The error is right, but the rows are not the reconstructions of the held-out rows in their order.",
      );
      return `Held-out mean squared error ${error.toFixed(6)}, from the training rows' components.`;
    },
  },
  "03.4": {
    title: "How many components?",
    async check(answer) {
      const componentsFor = functionOf<[number[], number]>(answer, "componentsFor");
      const cases: [ratios: number[], share: number][] = [
        [[0.5, 0.3, 0.15, 0.05], 0.9],
        [[0.5, 0.3, 0.15, 0.05], 0.45],
        [[0.4, 0.3, 0.2, 0.1], 0.65],
        [[0.25, 0.25, 0.25, 0.25], 0.99],
        [[0.9246, 0.0531, 0.0171, 0.0052], 0.95],
      ];
      for (const [ratios, share] of cases) {
        const given = numberIn(await componentsFor([...ratios], share), "`componentsFor(…)`");
        let [kept, wanted] = [0, 0];
        while (kept < share) kept += ratios[wanted++] ?? 1;
        expectThat(
          given !== wanted - 1,
          `With ${given} component${given === 1 ? "" : "s"} of [${ratios.join(", ")}], the share ${share} is not reached yet. Does an index start at 0 and a count at 1?`,
        );
        expectThat(
          given === wanted,
          `For [${ratios.join(", ")}] and ${share} it gives ${given}. Add the ratios up from the first one, and stop as soon as the share is reached.`,
        );
      }
      return "Right for five lists.";
    },
  },
} satisfies Record<string, Exercise>;

function directions(x: Table, components: number): Table {
  const table = tensor2d(x);
  try {
    return pca(table, { components, solver: "full" }).components.map((row) => [...row]);
  } finally {
    table.dispose();
  }
}

function projected(x: Table, mean: readonly number[], components: Table): Table {
  return x.map((row) => {
    const centred = row.map((value, at) => value - (mean[at] ?? 0));
    const codes = components.map((component) => dot(component, centred));
    return row.map(
      (_, at) => (mean[at] ?? 0) + codes.reduce((sum, code, i) => sum + code * (components[i]?.[at] ?? 0), 0),
    );
  });
}

function covarianceOf(x: Table): Table {
  const mean = columnMeans(x);
  const columns = transposed(x.map((row) => row.map((value, at) => value - (mean[at] ?? 0))));
  return columns.map((a) => columns.map((b) => dot(a, b) / (x.length - 1)));
}

function transposed(x: Table): Table {
  return (x[0] ?? []).map((_, at) => x.map((row) => row[at] ?? 0));
}

function times(matrix: Table, vector: readonly number[]): number[] {
  return matrix.map((row) => dot(row, vector));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}

function errorOf(x: Table, other: Table): number {
  return meanOf(
    x.map((row, at) => meanOf(row.map((value, column) => (value - (other[at]?.[column] ?? 0)) ** 2))),
  );
}
