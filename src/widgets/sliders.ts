// Numbers by dragging: slider, rangeSlider, play, and the progress bar that only the code moves.
import {
  checkNumber,
  checkRange,
  checkWhole,
  checkWidgetOptions,
  checkWithin,
  type OwnOptions,
  refuse,
} from "./checks.js";
import { ValueWidget, type WidgetOptions } from "./widget.js";

export interface SliderOptions extends WidgetOptions {
  /** Lowest value. Default: 0. */
  min?: number;
  /** Highest value. Default: 100. */
  max?: number;
  /** Distance of neighbouring values. Default: 1 if min, max and value are integers, else about a hundredth of the range. */
  step?: number;
  /** Value at first, from min to max. Default: min. */
  value?: number;
  /** Whether it changes while it is dragged, or only when it is let go. Default: true. */
  continuous?: boolean;
  /** Default: `"horizontal"`. */
  orientation?: "horizontal" | "vertical";
}

export interface RangeSliderOptions extends Omit<SliderOptions, "value"> {
  /** Lower and upper value at first. Default: min and max. */
  value?: readonly [lower: number, upper: number];
}

const sliderOptions: OwnOptions<SliderOptions> = {
  min: "checked",
  max: "checked",
  step: "checked",
  value: "checked",
  continuous: "boolean",
  orientation: ["horizontal", "vertical"],
};
const fractions = "Give a step such as 0.1 for fractions.";

/**
 * A slider for one number. Integers only, if min, max, step and value are integers.
 * @throws UsageError for a range without numbers, or a value outside it
 */
export function slider(options: SliderOptions = {}): ValueWidget<number> {
  checkWidgetOptions("slider", options, sliderOptions);
  const { min, max, step, value = min } = { ...range(options, options.value), value: options.value };
  checkRange("slider", min, max, step);
  const kind = [min, max, step, value].every(Number.isInteger) ? "IntSlider" : "FloatSlider";
  return new ValueWidget<number>(
    { name: kind },
    { min, max, ...look(options, step) },
    value,
    {
      encode: (number) => ({ value: number }),
      decode: (state) => (typeof state.value === "number" ? tidy(state.value) : undefined),
      check: (number) => {
        checkWithin("slider", number, min, max);
        if (kind === "IntSlider") checkWhole("slider", number, fractions);
      },
    },
    options,
  );
}

/**
 * A slider with two handles; its value is `[lower, upper]`. Integers only, if min, max, step and value are integers.
 * @throws UsageError for a range without numbers, or values outside it or in the wrong order
 */
export function rangeSlider(options: RangeSliderOptions = {}): ValueWidget<readonly [number, number]> {
  checkWidgetOptions("rangeSlider", options, sliderOptions);
  if (options.value !== undefined) checkPair(options.value);
  const { min, max, step } = range(options, ...(options.value ?? []));
  checkRange("rangeSlider", min, max, step);
  const value = options.value ?? ([min, max] as const);
  const kind = [min, max, step, ...value].every(Number.isInteger) ? "IntRangeSlider" : "FloatRangeSlider";
  const check = (pair: readonly [number, number]): void => {
    checkPair(pair);
    for (const each of pair) {
      checkWithin("rangeSlider", each, min, max);
      if (kind === "IntRangeSlider") checkWhole("rangeSlider", each, fractions);
    }
    if (pair[0] > pair[1]) refuse("rangeSlider", "lower ≤ upper", pair, "Swap them.");
  };
  return new ValueWidget<readonly [number, number]>(
    { name: kind },
    { min, max, ...look(options, step) },
    value,
    { encode: (pair) => ({ value: [...pair] }), decode: ({ value: pair }) => decodePair(pair), check },
    options,
  );
}

export interface PlayOptions extends WidgetOptions {
  /** First value. Default: 0. */
  min?: number;
  /** Last value. Default: 100. */
  max?: number;
  /** Distance of values. Default: 1. */
  step?: number;
  /** Value at first. Default: min. */
  value?: number;
  /** Time from one value to the next, in ms, above 0. Default: 100. */
  interval?: number;
  /** Whether it starts anew at the end. Default: false. */
  repeat?: boolean;
}

const playOptions: OwnOptions<PlayOptions> = {
  min: "checked",
  max: "checked",
  step: "checked",
  value: "checked",
  interval: "checked",
  repeat: "boolean",
};

/** Counts from min to max by itself when its play button is pressed; integers only. */
export function play(options: PlayOptions = {}): ValueWidget<number> {
  checkWidgetOptions("play", options, playOptions);
  const { min = 0, max = 100, step = 1, value = min, interval = 100, repeat = false } = options;
  checkRange("play", min, max, step);
  const scale = "Scale the value where it is used.";
  for (const each of [min, max, step]) checkWhole("play", each, scale);
  checkNumber("play", "interval", interval);
  if (interval <= 0) refuse("play", "an interval above 0 ms", interval, "Give one such as 100.");
  return new ValueWidget<number>(
    { name: "Play" },
    { min, max, step, interval, repeat, playing: false, show_repeat: true },
    value,
    {
      encode: (number) => ({ value: number }),
      decode: (state) => (typeof state.value === "number" ? state.value : undefined),
      check: (number) => {
        checkWithin("play", number, min, max);
        checkWhole("play", number, scale);
      },
    },
    options,
  );
}

export interface ProgressOptions extends WidgetOptions {
  /** Value of an empty bar. Default: 0. */
  min?: number;
  /** Value of a full bar. Default: 100. */
  max?: number;
  /** Value at first. Default: min. */
  value?: number;
  /** Colour by meaning. Default: the theme's own. */
  style?: "info" | "success" | "warning" | "danger";
}

const progressOptions: OwnOptions<ProgressOptions> = {
  min: "checked",
  max: "checked",
  value: "checked",
  style: ["info", "success", "warning", "danger"],
};

/** A bar that shows how far something is; assign its `value`. */
export function progress(options: ProgressOptions = {}): ValueWidget<number> {
  checkWidgetOptions("progress", options, progressOptions);
  const { min = 0, max = 100, value = min, style = "" } = options;
  checkRange("progress", min, max, max - min);
  return new ValueWidget<number>(
    { name: "FloatProgress", view: "ProgressView" },
    { min, max, bar_style: style, orientation: "horizontal" },
    value,
    {
      encode: (number) => ({ value: number }),
      decode: () => undefined, // only the code moves it
      check: (number) => checkWithin("progress", number, min, max),
      text: (number) => `${Math.round((100 * (number - min)) / (max - min))} %`,
    },
    options,
  );
}

function range(
  { min = 0, max = 100, step }: SliderOptions | RangeSliderOptions,
  ...values: (number | undefined)[]
) {
  const integers = [min, max, ...values].every((each) => each === undefined || Number.isInteger(each));
  return { min, max, step: step ?? (integers ? 1 : 10 ** Math.floor(Math.log10((max - min) / 50))) };
}

function look(
  { continuous = true, orientation = "horizontal" }: SliderOptions | RangeSliderOptions,
  step: number,
) {
  const decimals = Math.min(8, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const readout_format = Number.isInteger(step) ? "d" : `.${decimals}f`;
  return { step, continuous_update: continuous, orientation, readout: true, readout_format };
}

/** A list of two. @throws UsageError */
function checkPair(pair: unknown): void {
  if (!Array.isArray(pair) || pair.length !== 2)
    refuse("rangeSlider", "two numbers as value", pair, "Give [lower, upper].");
}

/** 0.30000000000000004 → 0.3: steps are added up in the front end. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function decodePair(value: unknown): readonly [number, number] | undefined {
  if (!Array.isArray(value)) return undefined;
  const [lower, upper]: unknown[] = value;
  return typeof lower === "number" && typeof upper === "number" ? [tidy(lower), tidy(upper)] : undefined;
}
