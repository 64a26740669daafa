// Learning-rate schedules: functions of the epoch and the step. They need no new recording of a compiled model, which reads
// the rate at each step. Unless told otherwise they stretch over the whole training.
import { UsageError } from "../core/errors.js";
import { checkOptions, checkRange, positive } from "../core/option-checks.js";

/** What a schedule may know of the training besides the moment. */
export interface TrainingPlan {
  /** Epochs that `fit` was asked for. */
  readonly epochs: number;
  /** Steps of an epoch; of a dataset whose length nobody told, `undefined`. */
  readonly stepsPerEpoch: number | undefined;
}

/**
 * The learning rate of a step. Any function of epoch and step is one: `(epoch) => (epoch < 10 ? 1e-2 : 1e-3)`.
 * @param epoch  from 0
 * @param step   from 0, counted from the first epoch on
 * @returns a number above 0, or 0
 */
export type LearningRateSchedule = (epoch: number, step: number, plan: TrainingPlan) => number;

/** Over which time a rate decays: give one of the two, or none. */
export interface DecayTime {
  /** In steps, as in Keras. */
  decaySteps?: number;
  /** In epochs. */
  decayEpochs?: number;
}

export interface CosineDecayOptions extends DecayTime {
  /** The last rate, as a share of the first. Default 0. */
  alpha?: number;
  /** Whether the rate stays the same within an epoch, as PyTorch's CosineAnnealingLR is mostly used. Default false. */
  staircase?: boolean;
}

/**
 * From the initial rate along half a cosine to `alpha` times it:
 * η(t) = η₀ · (α + (1 − α) · ½ (1 + cos π min(t, T) / T)), T the decay time, by default the whole training.
 * @param initialLearningRate  η₀, above 0
 * @throws UsageError if an option cannot be used
 * @see Loshchilov & Hutter 2017, SGDR, eq. 5, without restarts; Keras's CosineDecay
 * @example await fit(model, x, x, { epochs: 100, learningRate: cosineDecay(1e-2) });
 */
export function cosineDecay(
  initialLearningRate: number,
  options: CosineDecayOptions = {},
): LearningRateSchedule {
  const { alpha = 0, staircase = false } = checked("cosineDecay", initialLearningRate, options, [
    "alpha",
    "staircase",
  ]);
  if (!(alpha >= 0 && alpha <= 1))
    throw new UsageError(
      `cosineDecay: expected 0 ≤ alpha ≤ 1; got ${alpha}. It is a share of the first rate.`,
    );
  return (epoch, step, plan) => {
    const time = timeOf(options, { epoch, step, plan, staircase });
    const share = Math.min(time / lengthOf(options, plan.epochs), 1);
    return initialLearningRate * (alpha + (1 - alpha) * 0.5 * (1 + Math.cos(Math.PI * share)));
  };
}

export interface ExponentialDecayOptions extends DecayTime {
  /** The factor for each decay time. Default 0.96. */
  decayRate?: number;
  /** Whether the rate falls at once after each decay time, not a little with every step. Default false. */
  staircase?: boolean;
}

/**
 * A rate that shrinks by the same factor in each decay time: η(t) = η₀ · r^(t / T), T one epoch by default.
 * @param initialLearningRate  η₀, above 0
 * @throws UsageError if an option cannot be used
 * @see Keras's ExponentialDecay
 */
export function exponentialDecay(
  initialLearningRate: number,
  options: ExponentialDecayOptions = {},
): LearningRateSchedule {
  const { decayRate = 0.96, staircase = false } = checked("exponentialDecay", initialLearningRate, options, [
    "decayRate",
    "staircase",
  ]);
  checkRange("exponentialDecay", "decayRate", decayRate, positive);
  return (epoch, step, plan) => {
    const times = timeOf(options, { epoch, step, plan, staircase: false }) / lengthOf(options, 1);
    return initialLearningRate * decayRate ** (staircase ? Math.floor(times + tiny) : times);
  };
}

export interface StepDecayOptions extends DecayTime {
  /** The factor at each fall. Default 0.5. */
  decayRate?: number;
}

/**
 * A rate that falls by a factor after each decay time, and stays between: η(t) = η₀ · r^⌊t / T⌋, T 10 epochs by default.
 * @param initialLearningRate  η₀, above 0
 * @throws UsageError if an option cannot be used
 * @see PyTorch's StepLR (gamma, step_size)
 */
export function stepDecay(initialLearningRate: number, options: StepDecayOptions = {}): LearningRateSchedule {
  const { decayRate = 0.5 } = checked("stepDecay", initialLearningRate, options, ["decayRate"]);
  const time = options.decaySteps === undefined ? { decayEpochs: options.decayEpochs ?? 10 } : options;
  return exponentialDecay(initialLearningRate, { ...time, decayRate, staircase: true });
}

export interface WarmUpOptions {
  /** Length in epochs; or `steps`. Default 1. */
  epochs?: number;
  /** Length in steps. */
  steps?: number;
}

/**
 * Rises in a straight line to the first rate of what follows, `warmUp(cosineDecay(1e-2), { epochs: 5 })`: step s of the S
 * steps of the warm-up has the rate η₀ · (s + 1) / S.
 * @param next  what follows: a schedule, whose clock starts after the warm-up, or a rate
 * @throws UsageError if the length cannot be used
 * @see Goyal et al. 2017, Accurate, large minibatch SGD, section 2.2
 */
export function warmUp(
  next: LearningRateSchedule | number,
  options: WarmUpOptions = {},
): LearningRateSchedule {
  checkOptions("warmUp", options, ["epochs", "steps"]);
  const { epochs, steps } = options;
  if (epochs !== undefined && steps !== undefined)
    throw new UsageError("warmUp: expected epochs or steps; got both. Remove one.");
  checkRange("warmUp", steps === undefined ? "epochs" : "steps", steps ?? epochs ?? 1, positive);
  const following = typeof next === "number" ? constant("warmUp", next) : next;
  return (epoch, step, plan) => {
    const { stepsPerEpoch: perEpoch } = plan;
    const length = steps ?? (epochs ?? 1) * (perEpoch ?? 1); // without steps, in epochs
    const at = steps === undefined && perEpoch === undefined ? epoch : step;
    const warmEpochs = steps === undefined ? (epochs ?? 1) : perEpoch === undefined ? 0 : steps / perEpoch;
    const rest = { ...plan, epochs: Math.max(plan.epochs - warmEpochs, tiny) };
    if (at < length) return (following(0, 0, rest) * (at + 1)) / Math.ceil(length);
    const later = perEpoch === undefined && steps === undefined ? step : step - length;
    return following(Math.max(Math.floor(epoch - warmEpochs + tiny), 0), later, rest);
  };
}

/** A schedule that always gives this rate. @throws UsageError if it is none */
export function constant(caller: string, rate: number): LearningRateSchedule {
  checkRange(caller, "learningRate", rate, positive);
  return () => rate;
}

/** Against rounding, where a quotient should be whole. */
const tiny = 1e-9;

interface Moment {
  readonly epoch: number;
  readonly step: number;
  readonly plan: TrainingPlan;
  readonly staircase: boolean;
}

/** The time in steps if the decay is measured in them, else in epochs, with the part of the epoch that is done. */
function timeOf({ decaySteps }: DecayTime, { epoch, step, plan, staircase }: Moment): number {
  const { stepsPerEpoch } = plan;
  if (decaySteps !== undefined) return staircase && stepsPerEpoch ? epoch * stepsPerEpoch : step;
  return staircase || stepsPerEpoch === undefined ? epoch : step / stepsPerEpoch;
}

function lengthOf({ decaySteps, decayEpochs }: DecayTime, epochs: number): number {
  return decaySteps ?? decayEpochs ?? epochs;
}

function checked<O extends DecayTime>(
  caller: string,
  initialLearningRate: number,
  options: O,
  more: readonly (keyof O & string)[],
): O {
  checkOptions(caller, options, ["decaySteps", "decayEpochs", ...more]);
  checkRange(caller, "initialLearningRate", initialLearningRate, positive);
  const { decaySteps, decayEpochs } = options;
  if (decaySteps !== undefined && decayEpochs !== undefined)
    throw new UsageError(`${caller}: expected decaySteps or decayEpochs; got both. Remove one.`);
  if (decaySteps !== undefined) checkRange(caller, "decaySteps", decaySteps, positive);
  if (decayEpochs !== undefined) checkRange(caller, "decayEpochs", decayEpochs, positive);
  return options;
}
