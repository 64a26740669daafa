// Loss curves of more epochs than a screen is wide: few points, and the look of all.
import { describe, expect, it } from "vitest";
import { displaySymbol } from "../../src/core/notebook.js";
import { random } from "../../src/core/random.js";
import { lines, lossCurve } from "../../src/plot/index.js";

const stream = random(1);
/** A loss that falls and is noisy, with a spike and a dip of one epoch each. */
const noisy = (epochs: number): number[] => {
  const values = Array.from({ length: epochs }, (_, epoch) => 1 / (1 + epoch / 50) + 0.01 * stream.next());
  values[Math.floor(epochs / 3)] = 5;
  values[Math.floor(epochs / 2)] = 0.0001;
  return values;
};

interface Line {
  x: number[];
  y: number[];
}
const linesOf = (...given: Parameters<typeof lossCurve>): Line[] =>
  lossCurve(...given).data as unknown as Line[];

describe("a loss curve of 60,000 epochs", () => {
  const history = { loss: noisy(60_000), val_loss: noisy(60_000) };

  it("has 500 to 1,000 points a line, each of them an epoch with its own loss", () => {
    for (const [at, { x, y }] of linesOf(history).entries()) {
      expect(x.length).toBeGreaterThanOrEqual(500);
      expect(x.length).toBeLessThanOrEqual(1000);
      expect(x).toEqual([...new Set(x)].sort((a, b) => a - b));
      const values = at === 0 ? history.loss : history.val_loss;
      expect(y).toEqual(x.map((epoch) => Number((values[epoch - 1] as number).toPrecision(4))));
    }
  });

  it("keeps the first and the last epoch, and a spike and a dip of a single one", () => {
    for (const { x } of linesOf(history)) {
      expect([x[0], x.at(-1)]).toEqual([1, 60_000]);
      expect(x).toContain(20_001);
      expect(x).toContain(30_001);
    }
  });

  it("is 50 kB in a notebook, and says the same as one with every epoch", () => {
    const figure = lossCurve(history, { logScale: true });
    expect(JSON.stringify(figure[displaySymbol]()).length).toBeLessThan(50_000);
    const whole = lossCurve(history, { logScale: true, everyEpoch: true });
    expect(figure.alternative).toBe(whole.alternative);
    expect(figure.layout).toEqual(whole.layout);
  });

  it("has every epoch where that is asked for, as has `lines`", () => {
    expect(linesOf(history, { everyEpoch: true }).map(({ y }) => y.length)).toEqual([60_000, 60_000]);
    expect((lines({ loss: history.loss }).data[0] as unknown as Line).y).toHaveLength(60_000);
  });
});

it("has every epoch up to 1,000", () => {
  const loss = noisy(1000);
  const [line] = linesOf({ loss });
  expect(line?.x).toEqual(loss.map((_, epoch) => epoch + 1));
});

it("keeps its points while it grows, but for the last, so that nothing flickers", () => {
  const loss = noisy(40_000);
  const x = (epochs: number) => linesOf({ loss: loss.slice(0, epochs) })[0]?.x as number[];
  for (const [epochs, later] of [
    [33_000, 33_001],
    [35_007, 39_999],
  ] as const) {
    const settled = x(epochs).filter((epoch) => epoch <= epochs - 128);
    expect(settled.length).toBeGreaterThan(400);
    expect(x(later).slice(0, settled.length)).toEqual(settled);
  }
});

it("has a gap where there is no number for long, and none for a single epoch", () => {
  const val_loss = noisy(8000).map((value, at) =>
    at === 500 || (at >= 4000 && at < 4100) ? Number.NaN : value,
  );
  const line = linesOf({ loss: noisy(8000), val_loss })[1] as Line;
  const missing = line.x.filter((_, at) => Number.isNaN(line.y[at]));
  expect(missing.length).toBeGreaterThan(0);
  expect(missing.every((epoch) => epoch > 4000 && epoch <= 4100)).toBe(true);
  const largest = Math.max(...val_loss.filter((value) => !Number.isNaN(value)));
  expect(line.y).toContain(largest);
});

it("on a logarithmic axis keeps the lowest loss that the axis can show", () => {
  const loss = noisy(8000).map((value, at) => (at % 2 === 0 ? value : -value));
  const [line] = linesOf({ loss }, { logScale: true });
  expect(line?.y.slice(0, -1).every((value) => value > 0)).toBe(true);
});

it.each([
  ["lossCurve", (loss: number[]) => lossCurve({ loss }, { logScale: true, everyEpoch: true })],
  ["lines", (loss: number[]) => lines({ loss }, { logScale: true })],
])("%s has a logarithmic axis for 200,000 epochs too", (_, draw) => {
  const { layout } = draw(Array.from({ length: 200_000 }, (_, epoch) => 1 / (1 + epoch)));
  expect(layout.yaxis?.ticktext?.[0]).toBe("0.000001");
  expect(layout.yaxis?.ticktext?.at(-1)).toBe("1");
});
