// The loss of each epoch as lines: how training goes, and whether the model still learns what carries over.
import type { Data } from "plotly.js";
import { UsageError } from "../core/errors.js";
import { thinned } from "../core/thinned.js";
import { logarithmic } from "./axes.js";
import { type Figure, type FigureOptions, figure, heading, round } from "./figure.js";
import { faint, palette } from "./palette.js";

/** A training history, as `fit` and TensorFlow.js's `LayersModel.fit` give it. */
export interface LossHistory {
  /** Mean loss over the training rows, one number for each epoch. */
  readonly loss: readonly number[];
  /** Loss on held-out rows at the end of each epoch; NaN, a gap of the line, for an epoch that has none. */
  readonly val_loss?: readonly number[] | undefined;
}

export interface LossCurveOptions extends FigureOptions {
  /** Logarithmic loss axis: equal distances are equal ratios. Default false. */
  logScale?: boolean;
  /** Length of the epoch axis, for a curve that still grows. Default: the number of epochs in the history. */
  epochs?: number;
  /**
   * Draws every epoch, however many there are. Default false: of a line of more than 1,000 epochs at most 1,000 are
   * drawn, the first, the last, and those with the lowest and the highest loss of every few in a row.
   */
  everyEpoch?: boolean;
}

/**
 * Loss against epoch, counted from 1; a second line for the validation loss where there is one. `everyEpoch` says what
 * becomes of more epochs than a screen can show.
 * @throws UsageError if there is no `loss`
 */
export function lossCurve(history: LossHistory, options: LossCurveOptions = {}): Figure {
  if (!Array.isArray(history?.loss))
    throw new UsageError(
      "lossCurve: expected a history with an array `loss`; got none. Pass `result.history`, what `fit` returned.",
    );
  const { loss, val_loss: validation } = history;
  const { logScale = false, title = "Loss", epochs = Math.max(loss.length, 2) } = options;
  const shown = [loss, ...(validation?.length ? [validation] : [])].map((values) => {
    const places = options.everyEpoch ? [...values.keys()] : thinned(values, logScale ? 0 : undefined);
    return { places, values: places.map((place) => values[place] as number) };
  });
  return figure({
    presentation: options.presentation,
    data: shown.map(line),
    layout: {
      title: heading(title),
      xaxis: {
        title: { text: "epoch" },
        range: [1, epochs],
        ...(epochs <= 10 ? { dtick: 1 } : {}),
        gridcolor: faint,
        zeroline: false,
      },
      yaxis: {
        title: { text: "loss" },
        ...(logScale ? logarithmic(shown.flatMap(({ values }) => values)) : {}),
        gridcolor: faint,
        zeroline: false,
      },
      legend: { x: 1, xanchor: "right", y: 1 },
    },
    alternative: describe(loss, validation),
  });
}

interface Shown {
  /** Epochs, from 0, and the loss of each. */
  readonly places: readonly number[];
  readonly values: readonly number[];
}

/** The first line is the training's, a second one the validation's. */
function line({ places, values }: Shown, at: number): Data {
  return {
    ...{ type: "scatter", mode: values.length === 1 ? "markers" : "lines" },
    name: at === 0 ? "training" : "validation",
    x: places.map((place) => place + 1),
    y: values.map(round),
    line: { color: palette[at] as string, width: 2.5, dash: at === 0 ? "solid" : "dash" },
    hovertemplate: "epoch %{x}: %{y}",
  };
}

function describe(loss: readonly number[], validation: readonly number[] | undefined): string {
  if (loss.length === 0) return "Loss curve: no epoch has ended yet.";
  const span = (values: readonly number[]): string => {
    const numbers = values.filter((value) => !Number.isNaN(value)); // an epoch that was not validated has NaN
    return `from ${round(numbers[0] ?? Number.NaN)} to ${round(numbers.at(-1) ?? Number.NaN)}`;
  };
  const second = validation?.length ? `, the validation loss ${span(validation)}` : "";
  return `Loss curve over ${loss.length} epochs: the training loss goes ${span(loss)}${second}.`;
}
