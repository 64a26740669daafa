// Notebook 00, start here: a function, a tensor, a figure.
import { type Exercise, expectThat, NotYet } from "./exercise.js";
import { close, knownRows, meanOf } from "./known-data.js";
import { copied, functionOf, givenValue, listIn, numberIn } from "./read-answer.js";

export const notebook00 = {
  "00.1": {
    title: "The first green check: a share in per cent",
    async check(answer) {
      const percent = functionOf<[number, number]>(answer, "percent");
      for (const [part, whole] of [
        [1, 4],
        [360, 1797],
        [7, 5],
        [0, 9],
      ] as const) {
        const given = numberIn(await percent(part, whole), `\`percent(${part}, ${whole})\``);
        const share = part / whole;
        expectThat(
          Math.abs(given - share) > 1e-9 || share === 0,
          "That is the share itself. Per cent means: of a hundred.",
        );
        expectThat(
          Math.abs(given - 100 * share) < 1e-6,
          `\`percent(${part}, ${whole})\` gives ${given}. Which of the two is the whole, and what share of it is the part?`,
        );
      }
      return "Right for four pairs of numbers that the cell did not show.";
    },
  },
  "00.2": {
    title: "How much ink has each picture?",
    async check(answer) {
      const { x } = await knownRows("digits");
      const given = listIn(givenValue(answer, "ink"), "`ink`");
      expectThat(
        given.length !== 64,
        "`ink` has 64 values, one for each pixel. We want one for each picture: take the mean along the other axis.",
      );
      expectThat(
        given.length === x.length,
        `\`ink\` should have one value for each of the ${x.length} pictures; it has ${given.length}.`,
      );
      const sums = x.map((row) => row.reduce((sum, value) => sum + value, 0));
      expectThat(!close(given, sums), "These are sums. The mean of a picture lies between 0 and 1.");
      expectThat(
        close(given, x.map(meanOf)),
        "The number of values is right, but not the values: are they the means of the rows of `digits.features`?",
      );
      return "One mean for each of the 1797 pictures.";
    },
  },
  "00.3": {
    title: "Draw a figure",
    async check(answer) {
      const { x } = await knownRows("iris");
      const traces = tracesOf(givenValue(answer, "figure"));
      const drawn = traces.flatMap(({ x: right, y: up }) =>
        right.map((value, at) => [value, up[at] ?? Number.NaN]),
      );
      expectThat(
        drawn.length === x.length,
        `The figure should have a point for each of the ${x.length} flowers; it has ${drawn.length} points with an x and a y.`,
      );
      const wanted = sorted(x.map((row) => [row[2] ?? 0, row[3] ?? 0]));
      const fits = [drawn, drawn.map(([a = 0, b = 0]) => [b, a])].some((points) =>
        close(sorted(points), wanted, 1e-3),
      );
      const sepals = sorted(x.map((row) => [row[0] ?? 0, row[1] ?? 0]));
      expectThat(
        !close(sorted(drawn), sepals, 1e-3),
        "These are the lengths and widths of the sepals. The petals' columns stand after them.",
      );
      expectThat(
        fits,
        "There are 150 points, but they are not the petals' lengths and widths. `iris.names` tells the order of the columns.",
      );
      return "150 points, petal length and petal width.";
    },
  },
} satisfies Record<string, Exercise>;

/** The points' coordinates in a Plotly figure. @throws NotYet */
function tracesOf(figure: unknown): { x: number[]; y: number[] }[] {
  const data = copied(((figure ?? {}) as { data?: unknown }).data, "`data` of the figure");
  if (!Array.isArray(data))
    throw new NotYet(
      "`figure` should be a Plotly figure, `{ data: [...], layout: {...} }`, or what `scatter(...)` gives.",
    );
  return (data as { x?: unknown; y?: unknown }[]).flatMap(({ x, y }) =>
    x === undefined || y === undefined
      ? []
      : [{ x: listIn(x, "x of the figure"), y: listIn(y, "y of the figure") }],
  );
}

/** Points in an order that does not depend on the order they came in, as one list. */
function sorted(points: readonly (readonly number[])[]): number[] {
  const key = ([a = 0, b = 0]: readonly number[]): number => Math.round(a * 1e4) * 1e7 + Math.round(b * 1e4);
  return points.toSorted((a, b) => key(a) - key(b)).flat();
}
