// What one sees while a model trains: in a notebook one loss curve that grows in place, in a terminal one line.
// Neither is drawn more than ten times a second, and the curve less often where that takes long; the last state
// always is.
import { type DisplayHandle, displaySymbol, type NotebookHost, notebookHost } from "../core/notebook.js";
import { thinned } from "../core/thinned.js";
import { type Figure, lossCurve } from "../plot/index.js";
import type { History } from "./history.js";

/** Where training is. */
export interface TrainingState {
  /** Whole epochs done, and those asked for. */
  epoch: number;
  epochs: number;
  /** Share of all steps done, from 0 to 1, and seconds since the start. */
  done: number;
  seconds: number;
  history: History;
  notice: string | undefined;
}

export interface Progress {
  update(state: TrainingState): void;
  /** The last state, after which others are ignored; `stopped` says why training ended before its last epoch. */
  end(state: TrainingState, stopped?: string): void;
}

const millisecondsBetween = 100;

/** Shows a state. @returns the milliseconds from its start to the next one, if more than the usual */
interface Target extends Progress {
  update(state: TrainingState): number;
}

/** The progress display for wherever this runs; `quiet` for none. */
export function progress(options: { quiet: boolean; logScale: boolean; interval?: number }): Progress {
  if (options.quiet) return { update() {}, end() {} };
  const host = notebookHost();
  const target: Target = host ? notebookProgress(host, options.logScale) : terminalProgress(process.stderr);
  const { interval = millisecondsBetween } = options;
  let due = Number.NEGATIVE_INFINITY;
  return {
    update(state) {
      const now = performance.now();
      if (now < due) return;
      due = now + Math.max(interval, target.update(state));
    },
    end(state, stopped) {
      if (due === Number.POSITIVE_INFINITY) return;
      target.end(state, stopped);
      due = Number.POSITIVE_INFINITY; // last: a notebook's interrupt may end this, and it is called again
    },
  };
}

/** One display, updated in place; the last one carries no times, so that a saved notebook changes no further. */
function notebookProgress(host: NotebookHost, logScale: boolean): Target {
  let handle: DisplayHandle | undefined;
  const show = (state: TrainingState, title: string, epochs: number | undefined): Figure => {
    const figure = lossCurve(state.history, { logScale, title, ...(epochs === undefined ? {} : { epochs }) });
    addRecorded(figure, state.history);
    const bundle = figure[displaySymbol]();
    if (handle) handle.update(bundle);
    else handle = host.display(bundle);
    return figure;
  };
  return {
    update(state) {
      const started = performance.now();
      const figure = show(state, `${summary(state)}, ${remaining(state)}`, Math.max(state.epochs, 2));
      return rest(performance.now() - started, figure);
    },
    end: (state, stopped) =>
      void show(state, stopped ? `${summary(state)}, ${stopped}` : summary(state), undefined),
  };
}

/** Of the time, what showing takes at most; more only where it takes a second and longer. */
const share = 0.1;
const longestRest = 10_000; // ms; a computer that sleeps meanwhile seems to have spent hours
/** For the page, which tells nobody when it has drawn: it leaves pictures out when late, but takes each message. */
const millisecondsAPoint = 0.1;

/**
 * How many milliseconds to wait, by what was sent and by the time that it took here, which includes the kernel's
 * waiting where messages pile up (kernel/threads/backlog.ts).
 */
function rest(spent: number, { data }: Figure): number {
  const points = data.reduce((sum, line) => sum + (line as { x: number[] }).x.length, 0);
  return Math.max(Math.min(spent / share, longestRest), points * millisecondsAPoint);
}

const recorded = { learningRate: "learning rate", gradientNorm: "gradient norm" } as const;

/** What was recorded besides losses, in a strip of its own above the losses, or two. */
function addRecorded({ data, layout }: Figure, history: History): void {
  const names = (["learningRate", "gradientNorm"] as const).filter((name) => history[name]?.length);
  if (names.length === 0) return;
  const height = 0.22;
  layout.height = 380 + 110 * names.length;
  layout.yaxis = { ...layout.yaxis, domain: [0, 1 - (height + 0.06) * names.length] };
  layout.legend = { ...layout.legend, y: 1 - (height + 0.06) * names.length };
  for (const [at, name] of names.entries()) {
    const top = 1 - (height + 0.06) * at;
    const values = history[name] ?? [];
    const places = thinned(values);
    data.push({
      ...{ type: "scatter", mode: values.length === 1 ? "markers" : "lines", name: recorded[name] },
      x: places.map((place) => place + 1),
      y: places.map((place) => Number(values[place]?.toPrecision(4))),
      ...{ yaxis: at === 0 ? "y2" : "y3", showlegend: false, hovertemplate: "epoch %{x}: %{y}" },
      line: { color: neutral, width: 2 },
    });
    layout[at === 0 ? "yaxis2" : "yaxis3"] = {
      ...{
        title: { text: recorded[name] },
        domain: [top - height, top],
        zeroline: false,
        exponentformat: "e",
      },
      ...{ nticks: 4, gridcolor: layout.yaxis?.gridcolor ?? neutral, rangemode: "tozero" },
    };
  }
}

/** Readable in light and dark themes. */
const neutral = "#808080";

/** One line, rewritten in place on a terminal; elsewhere, such as in a log file, only the last one. */
function terminalProgress(stream: NodeJS.WriteStream): Target {
  return {
    update(state) {
      if (stream.isTTY) stream.write(`\r\x1b[K${summary(state)}, ${remaining(state)}`);
      return 0;
    },
    end(state, stopped) {
      const tail = [
        `${state.seconds.toFixed(1)} s`,
        ...(stopped ? [stopped] : []),
        ...(state.notice ? [state.notice] : []),
      ];
      stream.write(`${stream.isTTY ? "\r\x1b[K" : ""}${summary(state)}, ${tail.join(", ")}\n`);
    },
  };
}

function summary({ epoch, epochs, history }: TrainingState): string {
  const last = (values: readonly number[] | undefined): string | undefined => values?.at(-1)?.toPrecision(4);
  const parts = [`Epoch ${epoch} of ${epochs}`];
  if (last(history.loss)) parts.push(`loss ${last(history.loss)}`);
  if (last(history.val_loss)) parts.push(`validation ${last(history.val_loss)}`);
  return parts.join(", ");
}

/** Before, most of the time went into the start, and an estimate would be many times too long. */
const secondsToEstimate = 2;

function remaining({ done, seconds }: TrainingState): string {
  if (done === 0 || seconds < secondsToEstimate) return "starting";
  const left = (seconds * (1 - done)) / done;
  return left < 90 ? `${Math.ceil(left)} s left` : `${Math.ceil(left / 60)} min left`;
}
