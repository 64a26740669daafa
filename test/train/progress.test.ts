import { afterEach, describe, expect, it, vi } from "vitest";
import { installNotebookHost, type NotebookHost } from "../../src/core/notebook.js";
import { type History, fit as train } from "../../src/train/index.js";
import { progress } from "../../src/train/progress.js";
import { recordingHost, tinyData, tinyModel } from "./fixtures.js";

afterEach(() => {
  installNotebookHost(undefined as unknown as NotebookHost);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

interface PlotlyBundle {
  data: { name: string; x: number[]; y: number[] }[];
  layout: { title: { text: string }; yaxis: { type: string } };
}
const plotly = (bundle: Record<string, unknown>) => bundle["application/vnd.plotly.v1+json"] as PlotlyBundle;

describe("in a notebook", () => {
  it("one display grows in place, at most ten times a second, and ends with every epoch and no times", async () => {
    const host = recordingHost();
    installNotebookHost(host);
    const x = tinyData();
    const { history } = await train(tinyModel(), x, x, {
      epochs: 300,
      batchSize: 2,
      validationData: [x, x],
      logScale: true,
    });
    expect(new Set(host.shown.map(({ display }) => display))).toEqual(new Set([0]));
    expect(host.shown.length).toBeGreaterThan(1);
    // Counted over the whole, since the clock of a single gap stops at drawing, which takes a while itself.
    const elapsed = (host.shown.at(-1)?.at ?? 0) - (host.shown[0]?.at ?? 0);
    expect(host.shown.length).toBeLessThanOrEqual(elapsed / 100 + 2);
    const last = plotly(host.shown.at(-1)?.bundle ?? {});
    expect(last.data.map(({ name, y }) => [name, y.length])).toEqual([
      ["training", 300],
      ["validation", 300],
    ]);
    expect(last.layout.title.text).toMatch(/^Epoch 300 of 300, loss [\d.e-]+, validation [\d.e-]+$/);
    expect(last.layout.yaxis.type).toBe("log");
    expect(last.data[0]?.y.at(-1)).toBeCloseTo(history.loss.at(-1) as number, 4);
    x.dispose();
  });

  it("an interrupt ends training, and the curve says so", async () => {
    const host = recordingHost();
    installNotebookHost(host);
    const x = tinyData();
    setTimeout(() => host.interrupt.abort(), 150);
    const result = await train(tinyModel(), x, x, { epochs: 1e9 });
    expect(result.stopped).toBe("interrupted");
    expect(result.history.loss).toHaveLength(result.epochs);
    expect(plotly(host.shown.at(-1)?.bundle ?? {}).layout.title.text).toContain("stopped (interrupted)");
    x.dispose();
  });

  it("a long curve is drawn with 1,000 points a line at most, what was recorded besides losses too; the history is whole", async () => {
    const host = recordingHost();
    installNotebookHost(host);
    const x = tinyData();
    const { history } = await train(tinyModel(), x, x, {
      epochs: 3000,
      batchSize: 7,
      validationData: [x, x],
      record: ["learningRate", "gradientNorm"],
    });
    const { data } = plotly(host.shown.at(-1)?.bundle ?? {});
    expect(data.map(({ name }) => name)).toEqual([
      "training",
      "validation",
      "learning rate",
      "gradient norm",
    ]);
    for (const { x: epochs, y } of data) {
      expect(y.length).toBeLessThanOrEqual(1000);
      expect(epochs).toHaveLength(y.length);
      expect([epochs[0], epochs.at(-1)]).toEqual([1, 3000]);
    }
    for (const name of ["loss", "val_loss", "learningRate", "gradientNorm"])
      expect(history[name]).toHaveLength(3000);
    x.dispose();
  });

  const stateOf = (history: History) => ({
    ...{ epoch: 1, epochs: 1e6, done: 0, seconds: 1, history, notice: undefined },
  });

  /** Tells a new curve of the state at each millisecond of the faked clock. */
  const updateFor = (milliseconds: number, history: History): void => {
    const curve = progress({ quiet: false, logScale: false });
    const started = performance.now();
    while (performance.now() < started + milliseconds) {
      curve.update(stateOf(history));
      vi.advanceTimersByTime(1);
    }
  };

  it("showing takes a tenth of the time at most, however slow the notebook is", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const host = recordingHost();
    const millisecondsToShow = 40;
    const slow: NotebookHost = {
      ...host,
      display(bundle) {
        const { id, update } = host.display(bundle);
        vi.advanceTimersByTime(millisecondsToShow);
        return {
          id,
          update(next) {
            update(next);
            vi.advanceTimersByTime(millisecondsToShow);
          },
        };
      },
    };
    installNotebookHost(slow);
    updateFor(20_000, { loss: [0.5] });
    expect(host.shown.length).toBeGreaterThan(40);
    expect(host.shown.length * millisecondsToShow).toBeLessThanOrEqual(2000 + millisecondsToShow);
  });

  it("the more points, the less often: four long lines two or three times a second", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const shownIn10Seconds = (lines: Record<string, number[]>): number => {
      const host = recordingHost();
      installNotebookHost(host);
      updateFor(10_000, { loss: [], ...lines });
      return host.shown.length;
    };
    const long = Array.from({ length: 1000 }, () => 0.5);
    expect(shownIn10Seconds({ loss: [0.5] })).toBe(100);
    expect(shownIn10Seconds({ loss: long })).toBe(100);
    expect(shownIn10Seconds({ loss: long, val_loss: long, learningRate: long, gradientNorm: long })).toBe(25);
  });

  it("a computer that slept while a curve was shown shows the next one after ten seconds", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const host = recordingHost();
    const display: NotebookHost["display"] = (bundle) => {
      vi.advanceTimersByTime(3_600_000);
      return host.display(bundle);
    };
    installNotebookHost({ ...host, display });
    const curve = progress({ quiet: false, logScale: false });
    const state = stateOf({ loss: [0.5] });
    curve.update(state);
    vi.advanceTimersByTime(10_000);
    curve.update(state);
    expect(host.shown).toHaveLength(2);
  });

  it("quiet shows nothing", async () => {
    const host = recordingHost();
    installNotebookHost(host);
    const x = tinyData();
    await train(tinyModel(), x, x, { quiet: true });
    expect(host.shown).toEqual([]);
    x.dispose();
  });
});

describe("in plain Node", () => {
  const state = {
    epoch: 2,
    epochs: 4,
    done: 0.5,
    seconds: 10,
    history: { loss: [0.5, 0.25] },
    notice: "A notice.",
  };

  it("a log file gets one line, at the end", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const tty = process.stderr.isTTY;
    process.stderr.isTTY = false;
    const line = progress({ quiet: false, logScale: false });
    line.update(state);
    line.end({ ...state, epoch: 4, done: 1 });
    process.stderr.isTTY = tty;
    expect(write.mock.calls.map(([text]) => text)).toEqual([
      "Epoch 4 of 4, loss 0.2500, 10.0 s, A notice.\n",
    ]);
  });

  it("a terminal gets one line rewritten in place, with the time left", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const tty = process.stderr.isTTY;
    process.stderr.isTTY = true;
    const line = progress({ quiet: false, logScale: false, interval: 0 });
    line.update({ ...state, seconds: 1 }); // mostly the start
    line.update(state);
    line.update({ ...state, seconds: 1000 });
    process.stderr.isTTY = tty;
    expect(write.mock.calls.map(([text]) => text)).toEqual([
      "\r\x1b[KEpoch 2 of 4, loss 0.2500, starting",
      "\r\x1b[KEpoch 2 of 4, loss 0.2500, 10 s left",
      "\r\x1b[KEpoch 2 of 4, loss 0.2500, 17 min left",
    ]);
  });
});
