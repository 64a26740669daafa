import * as tf from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import "../../src/core/tensorflow.js";
import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { ShapeError, UsageError } from "../../src/core/errors.js";
import { displaySymbol, installNotebookHost, type NotebookHost } from "../../src/core/notebook.js";
import { random } from "../../src/core/random.js";
import * as plot from "../../src/plot/index.js";
import { bars, type Figure, imageGrid, lossCurve, palette, scatter3d } from "../../src/plot/index.js";
import { writePage } from "../../src/plot/show.js";

const stream = random(1);
const numbers = (length: number) => Array.from({ length }, () => stream.next());
const pictures = (count: number) =>
  Array.from({ length: count }, () => Array.from({ length: 8 }, () => numbers(8)));
const trace = (figure: Figure, at = 0) => figure.data[at] as unknown as Record<string, unknown>;

const figures: [string, () => Figure][] = [
  ["lossCurve", () => lossCurve({ loss: numbers(300), val_loss: numbers(300) })],
  [
    "imageGrid",
    () => imageGrid(pictures(20), { below: pictures(20), titles: Array.from("abcdefghijklmnopqrst") }),
  ],
  [
    "scatter3d",
    () =>
      scatter3d(
        Array.from({ length: 1797 }, () => numbers(3)),
        { labels: Array.from({ length: 1797 }, (_, at) => at % 10) },
      ),
  ],
  ["bars", () => bars({ PCA: { train: 0.0439, test: 0.0436 }, stacked: { train: 0.0289, test: 0.0337 } })],
];

afterEach(() => {
  installNotebookHost(undefined as unknown as NotebookHost);
  vi.restoreAllMocks();
});

describe.each(figures)("%s", (_, make) => {
  it("is plain Plotly data under 150 kB, of which its bundle holds a copy in three forms", () => {
    const figure = make();
    expect(Object.keys(figure)).toEqual(["data", "layout", "config"]);
    expect(JSON.stringify(figure).length).toBeLessThan(150_000);
    const bundle = figure[displaySymbol]();
    expect(bundle["application/vnd.plotly.v1+json"]).toEqual(JSON.parse(JSON.stringify(figure)));
    expect(bundle["text/plain"]).toBe(figure.alternative);
    expect(bundle["text/plain"]).toMatch(/^[^\n]{20,}\.$/);
    expect(bundle["text/html"]).toContain("JupyterLab");
    expect(bundle["text/html"]).not.toMatch(/https?:|<script/);
  });

  it("is transparent, with text of 12 px or more that reads on light and dark pages", () => {
    const { layout } = make();
    expect([layout.paper_bgcolor, layout.plot_bgcolor]).toEqual(["rgba(0,0,0,0)", "rgba(0,0,0,0)"]);
    const sizes = [...JSON.stringify(layout).matchAll(/"size":(\d+)/g)].map(([, size]) => Number(size));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(12);
    const color = String(layout.font?.color);
    expect(contrast(color, "#ffffff")).toBeGreaterThan(4.2);
    expect(contrast(color, "#111111")).toBeGreaterThan(4.2);
  });

  it("writes a page that loads Plotly from the disk, where there is no notebook", () => {
    const file = writePage(make()[displaySymbol]());
    const page = readFileSync(file, "utf8");
    expect(page).toMatch(/<script src="file:\/\/\/.*plotly\.js-dist\/plotly\.js">/);
    expect(page).not.toMatch(/https?:\/\//);
    rmSync(dirname(file), { recursive: true });
  });
});

/** WCAG 2.2's contrast ratio, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio. */
function contrast(a: string, b: string): number {
  const luminance = (color: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe("show", () => {
  it("shows the bundle in the notebook that runs", () => {
    const display = vi.fn();
    installNotebookHost({ display } as unknown as NotebookHost);
    const figure = bars({ a: { b: 1 } });
    figure.show();
    expect(display).toHaveBeenCalledWith(figure[displaySymbol]());
  });

  it("replaces what it showed, and shows nothing itself where a cell ends with it", () => {
    const update = vi.fn();
    installNotebookHost({ display: () => ({ id: "1", update }) } as unknown as NotebookHost);
    const live = bars({ a: { b: 1 } }).show();
    const next = bars({ a: { b: 2 } });
    live.update(next);
    expect(update).toHaveBeenCalledWith(next[displaySymbol]());
    expect(live[displaySymbol]()).toEqual({});
  });

  it("names the file in the console in plain Node", () => {
    const log = vi.spyOn(console, "log").mockReturnValue();
    bars({ a: { b: 1 } }).show();
    const file = /Figure: (.+figure\.html)$/.exec(String(log.mock.calls[0]?.[0]))?.[1] ?? "";
    expect(readFileSync(file, "utf8")).toContain("Plotly.newPlot");
    rmSync(dirname(file), { recursive: true });
  });
});

describe("texts from outside", () => {
  it("cannot end the attribute, the element or the script that they stand in", () => {
    const figure = bars({ '"></p></script><script>alert(1)</script>': { b: 1 } });
    const file = writePage(figure[displaySymbol]());
    const page = readFileSync(file, "utf8");
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).not.toContain('""></p>');
    rmSync(dirname(file), { recursive: true });
  });
});

describe("lossCurve", () => {
  it("has epochs from 1, the given losses, and a validation line only where there is one", () => {
    const figure = lossCurve({ loss: [3, 2, 1], val_loss: [4, 3, 2] }, { logScale: true });
    expect([trace(figure).x, trace(figure).y, trace(figure, 1).y]).toEqual([
      [1, 2, 3],
      [3, 2, 1],
      [4, 3, 2],
    ]);
    expect(figure.layout.yaxis?.type).toBe("log");
    expect(figure.layout.xaxis?.title).toEqual({ text: "epoch" });
    expect(lossCurve({ loss: [1] }).data).toHaveLength(1);
    expect(figure.alternative).toBe(
      "Loss curve over 3 epochs: the training loss goes from 3 to 1, the validation loss from 4 to 2.",
    );
  });

  it("says what to pass where it got no history", () => {
    expect(() => lossCurve(undefined as never)).toThrow(UsageError);
    expect(() => lossCurve({ history: {} } as never)).toThrow("Pass `result.history`");
  });
});

describe("imageGrid", () => {
  it("places originals above reconstructions, a gap between pictures", () => {
    const figure = imageGrid([[[0, 1]], [[0.5, 0.25]]], { below: [[[1, 1]], [[0, 0]]] });
    const rows = (trace(figure).z as (number | null)[][]).filter((row) =>
      row.some((value) => value !== null),
    );
    expect(rows).toEqual([
      [0, 1, null, 0.5, 0.25],
      [1, 1, null, 0, 0],
    ]);
    expect(figure.layout.annotations?.map(({ text }) => text)).toEqual(["original", "reconstruction"]);
    expect(figure.layout.yaxis?.autorange).toBe("reversed");
  });

  it("reads tensors [n, pixels] and [n, height, width] alike, and disposes of none", () => {
    const flat = tf.tensor2d([numbers(64), numbers(64)]);
    const deep = tf.reshape(flat, [2, 8, 8]) as tf.Tensor3D;
    const before = tf.memory().numTensors;
    expect(imageGrid(flat).data).toEqual(imageGrid(deep).data);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([flat, deep]);
  });

  it("refuses pictures of unequal shape, too few below, and rows that are no square", () => {
    expect(() => imageGrid([[[1]], [[1, 2]]])).toThrow(ShapeError);
    expect(() => imageGrid([[[1]]], { below: [] })).toThrow(/as many pictures below as above, 1; got 0/);
    const odd = tf.zeros([1, 7]) as tf.Tensor2D;
    expect(() => imageGrid(odd)).toThrow(/square number of pixels; got \[1,7\]/);
    expect(() => imageGrid([])).toThrow(/at least one picture/);
    odd.dispose();
  });
});

describe("scatter3d", () => {
  it("has a trace for each class, named, each with its own pair of colour and shape", () => {
    const points = Array.from({ length: 20 }, () => [1.23456789, 2, 3]);
    const labels = Int32Array.from({ length: 20 }, (_, at) => at % 10);
    const figure = scatter3d(points, { labels, classNames: Array.from("zyxwvutsrq") });
    expect(figure.data.map((_, at) => trace(figure, at).name)).toEqual(Array.from("zyxwvutsrq"));
    const looks = figure.data.map((_, at) => trace(figure, at).marker as { color: string; symbol: string });
    expect(new Set(looks.map(({ color, symbol }) => color + symbol)).size).toBe(10);
    expect(trace(figure).x).toEqual([1.235, 1.235]);
  });

  it("refuses points of two coordinates, and labels that are too few", () => {
    expect(() => scatter3d([[1, 2]])).toThrow(/expected points \[n, 3\]; got \[n, 2\]/);
    expect(() => scatter3d([[1, 2, 3]], { labels: [] })).toThrow(/expected 1 labels, one a point; got 0/);
  });
});

describe("bars", () => {
  it("groups by the outer name and colours by the inner one", () => {
    const figure = bars({ a: { train: 1, test: 2 }, b: { test: 3 } }, { yTitle: "error" });
    expect(
      figure.data.map((_, at) => [trace(figure, at).name, trace(figure, at).x, trace(figure, at).y]),
    ).toEqual([
      ["train", ["a", "b"], [1, null]],
      ["test", ["a", "b"], [2, 3]],
    ]);
    expect(figure.layout.yaxis?.title).toEqual({ text: "error" });
    expect(() => bars({})).toThrow(UsageError);
  });
});

it("the palette's colours differ", () => {
  expect(new Set(palette).size).toBe(palette.length);
});

describe("what cannot be drawn is named, with what to do", () => {
  const points = [
    [1, 2],
    [3, 4],
  ];
  const none = (places: number[][]) => places.map(() => 0);
  it.each<[string, () => unknown, RegExp]>([
    [
      "numbers for points",
      () => plot.scatter([1, 2] as never),
      /^scatter: expected points \[n, 2\].*no rows/,
    ],
    ["nothing for points", () => plot.scatter(undefined as never), /^scatter: expected points.*no rows/],
    [
      "words for labels",
      () => plot.scatter(points, { labels: ["a", "b"] as never }),
      /got a\. Number the classes/,
    ],
    [
      "no square pictures to hover",
      () => plot.scatter(points, { images: [[1], [2, 3]] }),
      /^scatter: expected images/,
    ],
    ["no square components", () => plot.componentImages([[1, 2, 3]]), /^componentImages: expected images/],
    ["a histogram of gaps", () => plot.histogram([1, Number.NaN]), /got NaN\. Leave it out/],
    [
      "a histogram of half a bin",
      () => plot.histogram([1, 2], { bins: 0.5 }),
      /bins.*of 1 or more; got 0\.5/,
    ],
    ["regions of nothing", () => plot.decisionBoundary([], none), /got none\. Pass the rows/],
    [
      "regions of one place",
      () => plot.decisionBoundary(points, none, { resolution: 1 }),
      /resolution.*got 1/,
    ],
    ["a matrix that is not square", () => plot.confusion([[1, 2]]), /square matrix.*got \[1,2\]/],
    [
      "a silhouette of another length",
      () => plot.elbow({ clusters: [2, 3], inertia: [5, 4], silhouette: [1] }),
      /expected 2 numbers in silhouette.*got 1/,
    ],
    ["an elbow of nothing", () => plot.elbow({ clusters: [], inertia: [] }), /got none/],
    ["a band of no line", () => plot.lines({ a: [1] }, { spread: { b: [1] } }), /names of lines, a; got b/],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(message);
  });
});
