// Every figure: plain data, a description, readable sizes, larger for a projector; and what each one draws.
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { displaySymbol } from "../../src/core/notebook.js";
import { random } from "../../src/core/random.js";
import * as plot from "../../src/plot/index.js";

const stream = random(2);
const rows = (count: number, columns: number) =>
  Array.from({ length: count }, () => Array.from({ length: columns }, () => stream.next()));
const labels = Array.from({ length: 30 }, (_, at) => at % 3);
const steps = [2, 1].map((inertia) => ({
  centers: [
    [0, 0],
    [1, 1],
    [1, 0],
  ],
  labels,
  inertia,
}));
const curve = { falsePositiveRate: [0, 0.5, 1], truePositiveRate: [0, 1, 1], auc: 0.75 };
const trace = (figure: plot.Figure, at = 0) => figure.data[at] as unknown as Record<string, unknown>;

type Make = (options: plot.FigureOptions) => plot.Figure;
const gallery: [string, Make][] = [
  ["lossCurve", (o) => plot.lossCurve({ loss: [2, 1] }, { ...o, title: "Loss" })],
  ["bars", (o) => plot.bars({ PCA: { test: 1 } }, { ...o, title: "Errors" })],
  ["imageGrid", (o) => plot.imageGrid(rows(3, 16), { ...o, title: "Digits" })],
  ["reconstructions", (o) => plot.reconstructions(rows(3, 16), rows(3, 16), o)],
  ["componentImages", (o) => plot.componentImages(rows(3, 16), o)],
  ["latentManifold", (o) => plot.latentManifold(rows(9, 16), o)],
  ["scatter", (o) => plot.scatter(rows(30, 2), { ...o, labels, images: rows(30, 16), title: "Codes" })],
  ["scatter3d", (o) => plot.scatter3d(rows(30, 3), { ...o, labels, images: rows(30, 16), title: "Codes" })],
  ["scatterMatrix", (o) => plot.scatterMatrix(rows(30, 3), ["a", "b", "c"], { ...o, labels, title: "Iris" })],
  ["correlation", (o) => plot.correlation(rows(30, 3), ["a", "b", "c"], o)],
  ["histogram", (o) => plot.histogram({ a: [1, 2, 2], b: [3] }, o)],
  ["scree", (o) => plot.scree([0.5, 0.25, 0.125], o)],
  ["kMeansSteps", (o) => plot.kMeansSteps(rows(30, 2), steps, o)],
  ["elbow", (o) => plot.elbow({ clusters: [2, 3], inertia: [9, 4], silhouette: [0.3, 0.5] }, o)],
  [
    "decisionBoundary",
    (o) => plot.decisionBoundary(rows(30, 2), (x) => x.map(() => 1), { ...o, labels, resolution: 10 }),
  ],
  [
    "subspacePlanes",
    (o) =>
      plot.subspacePlanes(
        {
          PCA: [
            [1, 0, 0],
            [0, 1, 0],
          ],
        },
        { ...o, points: rows(9, 3), title: "Planes" },
      ),
  ],
  ["weightHeatMap", (o) => plot.weightHeatMap(rows(4, 3), o)],
  [
    "lines",
    (o) => plot.lines({ a: [2, 1], b: [3, 2] }, { ...o, spread: { a: [0.5, 0.5] }, title: "Losses" }),
  ],
  ["errorCurve", (o) => plot.errorCurve({ PCA: { 1: 0.06, 3: 0.04 } }, o)],
  [
    "seedStrips",
    (o) => plot.seedStrips({ a: [1, 2, 3], b: [2] }, { ...o, reference: { name: "PCA", value: 2 } }),
  ],
  [
    "confusion",
    (o) =>
      plot.confusion(
        [
          [5, 1],
          [0, 4],
        ],
        o,
      ),
  ],
  ["roc", (o) => plot.roc({ model: curve }, o)],
];

it("has every figure", () => {
  const functions = Object.entries(plot).filter(
    ([name, value]) => typeof value === "function" && name !== "forProjector", // takes a figure
  );
  expect(gallery.map(([name]) => name).sort()).toEqual(functions.map(([name]) => name).sort());
});

describe.each(gallery)("%s", (_, make) => {
  it("is plain data that its bundle copies, with a sentence in its place", () => {
    const figure = make({});
    const bundle = figure[displaySymbol]();
    expect(bundle["application/vnd.plotly.v1+json"]).toEqual(JSON.parse(JSON.stringify(figure)));
    expect(figure.alternative).toMatch(/^[^\n]{20,}\.$/);
    expect(figure.alternative).not.toMatch(/undefined|NaN/);
    expect(JSON.stringify(figure)).not.toMatch(/NaN|Infinity/);
  });

  it("has a title, text of 12 px or more, and larger text on a projector", () => {
    const [small, large] = [make({}), make({ presentation: true })];
    const sizes = [...JSON.stringify(small.layout).matchAll(/"size":(\d+)/g)].map(([, size]) => Number(size));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(12);
    expect(small.layout.title).toBeDefined();
    expect(large.layout.font?.size).toBe(21);
    expect(large.layout.font?.color).toBe(small.layout.font?.color);
    expect(large.layout.height).toBeGreaterThan(small.layout.height as number);
    expect(Object.keys(large.data)).toEqual(Object.keys(small.data));
  });
});

describe("what is drawn", () => {
  it("kMeansSteps has a frame and a place on the slider for each step", () => {
    const { frames, layout } = plot.kMeansSteps(rows(30, 2), steps);
    expect(frames?.map(({ name }) => name)).toEqual(["0", "1"]);
    expect(layout.sliders?.[0]?.steps?.map(({ args }) => (args as unknown[])[0])).toEqual([["0"], ["1"]]);
    expect(() => plot.kMeansSteps(rows(30, 2), [])).toThrow(/trace: true/);
  });

  it("scatter shows a picture in block characters under the pointer", () => {
    const figure = plot.scatter([[0, 0]], {
      images: [
        [
          [0, 1],
          [0.5, 0],
        ],
      ],
    });
    expect(trace(figure).text).toEqual(["\u00a0\u00a0██<br>▒▒\u00a0\u00a0"]);
  });

  it("latentManifold puts the first picture at the upper left", () => {
    const figure = plot.latentManifold(
      [1, 0, 0, 0].map((value) => [value]),
      { x: [0, 1], y: [0, 1] },
    );
    expect(trace(figure)).toMatchObject({
      z: [
        [1, 0],
        [0, 0],
      ],
      x: [0, 1],
      y: [1, 0],
    });
  });

  it("histogram counts every number once", () => {
    const counts = trace(plot.histogram([1, 1, 2, 3], { bins: 2 })).y as number[];
    expect(counts).toEqual([2, 2]);
  });

  it("seedStrips has the mean and the sample standard deviation", () => {
    const figure = plot.seedStrips({ a: [1, 2, 3] });
    expect(figure.alternative).toContain("a 2 ± 1 (3 seeds)");
  });

  it("correlation is 1 with itself and −1 with its negative", () => {
    const z = trace(
      plot.correlation(
        [
          [1, -1],
          [2, -2],
          [4, -4],
        ],
        ["a", "b"],
      ),
    ).z;
    expect(z).toEqual([
      [1, -1],
      [-1, 1],
    ]);
  });

  it("decisionBoundary asks for every place and refuses too few answers", () => {
    expect(() => plot.decisionBoundary([[0, 0]], () => [1])).toThrow(/answer 14400 places; got 1/);
  });

  it("empty input is refused with what to pass", () => {
    expect(() => plot.scree([])).toThrow(UsageError);
    expect(() => plot.roc({})).toThrow(/rocCurve/);
    expect(() => plot.errorCurve({})).toThrow(UsageError);
    expect(() => plot.seedStrips({})).toThrow(UsageError);
    expect(() =>
      plot.subspacePlanes({
        a: [
          [1, 0, 0],
          [2, 0, 0],
        ],
      }),
    ).toThrow(/not parallel/);
  });
});

it("weightHeatMap draws a layer of 784 × 256 weights", () => {
  expect(plot.weightHeatMap(rows(784, 256)).alternative).toContain("784 × 256 weights");
});

describe("lines", () => {
  it("draws each series over its x, with its band below it and hidden with it", () => {
    const { data, alternative } = plot.lines(
      { a: [2, 1], b: [3, 2] },
      { x: [10, 20], spread: { a: [0.5, 0.25] } },
    );
    expect(data).toHaveLength(3);
    expect(data[0]).toMatchObject({
      x: [10, 20, 20, 10],
      y: [2.5, 1.25, 0.75, 1.5],
      fill: "toself",
      legendgroup: "a",
    });
    expect(data[1]).toMatchObject({ name: "a", x: [10, 20], y: [2, 1], legendgroup: "a" });
    expect(alternative).toContain("a from 2 to 1; b from 3 to 2");
  });
  it("counts from 1 without an x, as epochs are counted", () => {
    expect(plot.lines({ a: [5, 4, 3] }).data[0]).toMatchObject({ x: [1, 2, 3] });
  });
  it("names what is missing or of another length", () => {
    expect(() => plot.lines({})).toThrow(UsageError);
    expect(() => plot.lines({ a: [1, 2] }, { x: [1] })).toThrow(/`x`.*"a"; got 1/u);
    expect(() => plot.lines({ a: [1, 2] }, { spread: { a: [1] } })).toThrow(/`spread`.*"a"; got 1/u);
  });
});

it("a logarithmic axis has its numbers written out, not digits of an unseen decade", () => {
  const ticksOf = (errors: Record<number, number>): unknown =>
    plot.errorCurve({ PCA: errors }, { logScale: true }).layout.yaxis?.ticktext;
  expect(ticksOf({ 1: 0.06, 32: 0.003 })).toEqual("0.001 0.002 0.005 0.01 0.02 0.05 0.1 0.2 0.5".split(" "));
  expect(ticksOf({ 1: 1, 2: 1e-5 })).toEqual("0.00001 0.0001 0.001 0.01 0.1 1".split(" "));
});

it("errorCurve draws against any number of the models, also 0, which has no logarithm", () => {
  const figure = plot.errorCurve({ denoising: { 0: 0.03, 0.1: 0.02 } }, { xTitle: "noise" });
  expect(figure.layout.xaxis).toMatchObject({ type: "linear", title: { text: "noise" } });
  expect(figure.alternative).toContain("Error against noise");
});
