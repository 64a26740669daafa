// What a model's losses and metrics return. People forget `return`, or give a number; TensorFlow.js then complains of an
// operation of its own, and of no line of theirs. For the time of one step each is asked here what it gave.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { UsageError } from "../../core/errors.js";

type LossOrMetric = (truth: tf.Tensor, given: tf.Tensor) => tf.Tensor;

/** The fields of tfjs-layers' model that its types do not show (4.22); the number is the output that a metric is of. */
interface Inner {
  lossFunctions: LossOrMetric[];
  metricsTensors: [LossOrMetric, number][];
}

/** @throws UsageError naming the loss or the metric that returns something else than it must */
export function withCheckedLosses<T>(model: LayersModel, step: () => T): T {
  const inner = model as unknown as Inner;
  const { lossFunctions, metricsTensors } = inner;
  const missing = model.outputNames[lossFunctions.findIndex((loss) => typeof loss !== "function")];
  if (missing !== undefined)
    throw new UsageError(
      `jit: expected a loss for each output; got none for ${missing}. Name it in model.compile({ loss: { ${missing}: … } }).`,
    );
  inner.lossFunctions = lossFunctions.map((loss) => checked(loss, "loss", isTensor));
  inner.metricsTensors = metricsTensors.map(([metric, output]) => [
    checked(metric, "metric", (value) => isTensor(value) || typeof value === "number"),
    output,
  ]);
  try {
    return step();
  } catch (error) {
    throw isWithoutGradient(error) ? withoutGradient(error) : error;
  } finally {
    Object.assign(inner, { lossFunctions, metricsTensors });
  }
}

function checked(
  compute: LossOrMetric,
  kind: "loss" | "metric",
  fits: (value: unknown) => boolean,
): LossOrMetric {
  return (truth, given) => {
    const value = compute(truth, given);
    if (fits(value)) return value;
    const who = compute.name ? ` from ${compute.name}` : "";
    throw new UsageError(
      `jit: expected a ${kind} that returns a tensor; got ${shown(value)}${who}. Return one, as in: return tf.mean(…)`,
    );
  };
}

function isTensor(value: unknown): boolean {
  return value instanceof tf.Tensor;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value instanceof Promise) return "a promise";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

function isWithoutGradient(error: unknown): error is Error {
  return error instanceof Error && error.message.startsWith("Cannot find a connection between any variable");
}

function withoutGradient(cause: Error): UsageError {
  return new UsageError(
    "jit: expected a loss that depends on the weights; got one that no trainable weight has a part in. " +
      "Compute it from its second argument, what the model gives, with operations that have a gradient.",
    { cause },
  );
}
