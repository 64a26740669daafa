// The learning rate of each step of one `fit`: the schedule's, or the optimizer's own.
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
  /** Gives the optimizer back the rate that it had. */
  end(): void;
}

/** @throws UsageError if the optimizer has no learning rate, or the one given is none */
export function rates(
  model: LayersModel,
  given: LearningRateSchedule | number | undefined,
  plan: TrainingPlan,
): Rates {
  const own = learningRate(model.optimizer);
  const before = own.get();
  if (given === undefined) return { from: () => undefined, at: () => own.get(), end: () => undefined };
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
  return { from: (epoch, step) => (n) => at(epoch, step + n), at, end: () => own.set(before) };
}
