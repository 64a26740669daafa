// What happens when a loss is not finite: the steps before the bad one are taken, so that the weights are those with which it
// happened, and the bad batch goes through the layers one by one.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { TrainingError } from "../core/errors.js";
import type { Part } from "./batches.js";
import { culprit } from "./culprit.js";
import { type Losses, lossIsNoNumber } from "./not-a-number.js";
import type { Trainer } from "./trainer.js";

export interface LostStep {
  readonly model: LayersModel;
  readonly trainer: Trainer;
  /** The rows from the first step of the chunk on. */
  readonly part: Part;
  /** The bad step, counted from there. */
  readonly bad: number;
  readonly loss: number;
  readonly epoch: number;
  /** Of the steps before the chunk. */
  readonly before: Losses;
  /** Steps of the epoch before the chunk. */
  readonly batches: number;
  readonly rate: ((step: number) => number) | undefined;
}

/** The error to throw; the weights are afterwards those before the bad step. */
export async function stopAtNumber(step: LostStep): Promise<TrainingError> {
  const { model, trainer, part, bad, loss, epoch, batches, rate } = step;
  const losses = { ...step.before };
  const { data, order, batch } = part;
  for (let done = 0; done < bad; ) {
    const from = done;
    const shifted = rate && ((n: number) => rate(from + n));
    const chunk = await trainer.take(data, order.subarray(done * batch), batch, {
      ...{ most: bad - done, rate: shifted },
    });
    const taken = chunk?.numbers[0];
    if (!chunk || !taken?.every(Number.isFinite)) break;
    noteLosses(losses, taken);
    done += chunk.steps;
  }
  await trainer.publish();
  const rows = tf.tensor1d(order.slice(bad * batch, (bad + 1) * batch), "int32");
  const x = data.x.map((tensor) => tf.gather(tensor, rows));
  const which = culprit(model, x);
  tf.dispose([rows, ...x]);
  const batchOfEpoch = batches + bad;
  return lossIsNoNumber({ epoch, batch: batchOfEpoch, losses, loss, culprit: which, ...data });
}

/** Of some more steps. */
export function noteLosses(losses: Losses, taken: Float32Array): void {
  losses.first ??= taken[0];
  losses.last = taken.at(-1);
}
