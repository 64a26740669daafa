// The learning rate of each step of one `fit`: the schedule's, or the optimizer's own.
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { UsageError } from "../core/errors.js";
import { shown } from "../core/option-checks.js";
import { learningRate } from "../jit/index.js";
import { constant, type LearningRateSchedule, type TrainingPlan } from "./schedules.js";

export interface Rates {
  /** The rate of the n-th step from here; `undefined` if it is the optimizer's own. */
  from(epoch: number, step: number): ((n: number) => number) | undefined;
  /** The rate of a step, whoever sets it; `undefined` for an optimizer that has none. */
  at(epoch: number, step: number): number | undefined;
  /** For a checkpoint; `undefined` where a schedule sets the rate, which follows from the call. */
  state(): OwnRate | undefined;
  /** What a callback had made of the rate, where a training is resumed with the optimizer that it began with. */
  resume(saved: OwnRate | undefined): void;
  /** Gives the optimizer back the rate that it had; what callbacks assigned stays, as with TensorFlow.js. */
  end(): void;
}

/** The optimizer's own rate: as it was given, by `compile` or an assignment, and what callbacks made of it since. */
export interface OwnRate {
  readonly given: number;
  readonly now: number;
}

/** The rates that trainings left, so that a training resumed in the same process knows which one was given. */
const left = new WeakMap<tf.Optimizer, OwnRate>();

/** @throws UsageError if the optimizer has no learning rate, or the one given is none */
export function rates(
  model: LayersModel,
  given: LearningRateSchedule | number | undefined,
  plan: TrainingPlan,
): Rates {
  const own = learningRate(model.optimizer);
  const before = own.get();
  if (given === undefined) return ownRates(model.optimizer);
  if (before === undefined)
    throw new UsageError(
      `fit: expected an optimizer with a learning rate; got ${model.optimizer.getClassName()}. Leave learningRate out.`,
    );
  const schedule = typeof given === "number" ? constant("fit", given) : given;
  const at = (epoch: number, step: number): number => {
    const rate = schedule(epoch, step, plan);
    if (typeof rate === "number" && rate >= 0 && rate < Number.POSITIVE_INFINITY) return rate;
    throw new UsageError(
      `fit: expected a learning rate of 0 or more; the schedule gave ${shown(rate)} in epoch ${epoch + 1}, step ${step + 1}. Mend it.`,
    );
  };
  return {
    ...{ from: (epoch, step) => (n) => at(epoch, step + n), at, end: () => own.set(before) },
    ...{ state: () => undefined, resume: () => undefined },
  };
}

/** Those of the optimizer itself, which callbacks may change. */
function ownRates(optimizer: tf.Optimizer): Rates {
  const own = learningRate(optimizer);
  const before = left.get(optimizer);
  const given = before !== undefined && before.now === own.get() ? before.given : own.get();
  const state = (): OwnRate | undefined => {
    const now = own.get();
    return given === undefined || now === undefined ? undefined : { given, now };
  };
  return {
    ...{ from: () => undefined, at: () => own.get(), state },
    resume(saved) {
      if (saved && saved.given === given) own.set(saved.now);
    },
    end() {
      const now = state();
      if (now) left.set(optimizer, now);
    },
  };
}
