// A layers model's own functions as programs: what it does to train on a batch, to evaluate one, to predict one.
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { TraceError } from "../errors.js";
import { type ArgumentSpec, type Trace, trace, tracePlace, traceText } from "../trace/trace.js";
import { type GradientSettings, withGradients } from "./gradients.js";
import { withCheckedLosses } from "./losses.js";
import { innerModel, learningRate, optimizerCounter } from "./optimizer.js";
import { changedCounter, countersOf, ownFields, watchIterations } from "./own-fields.js";
import { partsOf } from "./parts.js";
import type { RecurrentStates } from "./recurrent-states.js";

export type StepKind = "train" | "evaluate" | "predict";

export interface StepTrace extends Trace {
  readonly batch: readonly ArgumentSpec[];
  /** See `tracePlace`. */
  placeOf(output: string): string;
}

export interface StepSource {
  readonly kind: StepKind;
  /** Shapes of a batch of each data tensor. */
  readonly batch: readonly ArgumentSpec[];
  /** For the model's inputs, targets, and sample weights if there are any: which data tensor it is. */
  readonly feeds: readonly number[];
  readonly recurrent: RecurrentStates;
  /** Of a training step. */
  readonly gradients: GradientSettings;
}

type ModelFunction = (data: readonly tf.Tensor[]) => tf.Tensor[];

/** The parts of tfjs-layers' model that its types do not show (4.22). */
interface Inner {
  testFunction: ModelFunction;
  makeTrainFunction(): ModelFunction;
  makeTestFunction(): void;
}

/**
 * The step as a program; the optimizer's counter and learning rate stay as they were, and if it cannot be recorded, so do
 * the fields of layers and optimizers.
 */
export function traceStep(model: LayersModel, source: StepSource): StepTrace {
  const { batch } = source;
  return withRate(model, source, (step, numbers) => {
    const parts = partsOf(model);
    const own = ownFields(parts);
    const readIterations = watchIterations(innerModel(model).optimizer);
    let changed: string | undefined;
    const watched = (data: tf.Tensor[]): tf.Tensor[] => {
      const before = countersOf(parts);
      const results = step(data);
      changed = changedCounter(before, countersOf(parts)); // at the last of the recordings it is as in any step
      return results;
    };
    try {
      const traced = trace(watched, batch, numbers);
      if (changed !== undefined) throw counts(changed);
      if (readIterations()) throw counts("the optimizer's iterations");
      const text = withVariables(traced.text, traced.variables);
      return {
        ...traced,
        text,
        batch,
        placeOf: (output) => again(model, source, tracePlace.bind(null, output)),
      };
    } catch (error) {
      own.restore();
      throw error;
    } finally {
      readIterations();
      own.release();
    }
  });
}

function counts(field: string): TraceError {
  return new TraceError(
    `jit: expected layers and an optimizer that do the same at each step; got ${field}, which changes. ` +
      "Keep it in a tf.variable, and compute with that.",
  );
}

/** A text that is the same as long as the step does the same; takes one recording, which leaves no trace. */
export function stepText(model: LayersModel, source: StepSource): string {
  return again(model, source, (...given) => {
    const { text, variables } = traceText(...given);
    return withVariables(text, variables);
  });
}

/** A program numbers its variables: it does something else with others, too. */
function withVariables(text: string, variables: readonly tf.Variable[]): string {
  return `${text}\nvariables ${variables.map(({ id }) => id)}`;
}

/** Records a step once more. */
function again(
  model: LayersModel,
  source: StepSource,
  record: (...given: Parameters<typeof traceText>) => string,
): string {
  return withRate(model, source, (step, numbers) => {
    const own = ownFields(partsOf(model));
    try {
      return record(step, source.batch, numbers);
    } finally {
      own.restore();
    }
  });
}

function withRate<T>(
  model: LayersModel,
  source: StepSource,
  use: (step: (data: tf.Tensor[]) => tf.Tensor[], numbers: Parameters<typeof trace>[2]) => T,
): T {
  const inner = innerModel(model);
  const step = stepOf(inner, source);
  if (source.kind !== "train") return use(step, []);
  const counter = optimizerCounter(inner.optimizer);
  const counted = counter.get();
  const rate = learningRate(inner.optimizer);
  const before = rate.get();
  try {
    if (before === undefined) return use(step, []);
    try {
      return use(step, [{ name: "learningRate", set: rate.set }]);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      rate.set(before); // an optimizer that computes with the rate in JavaScript: it is frozen
      return use(step, []);
    }
  } finally {
    counter.set(counted);
    if (before !== undefined) rate.set(before);
  }
}

function stepOf(inner: LayersModel, { kind, feeds, recurrent, gradients }: StepSource): ModelFunction {
  const run = modelFunction(inner, kind, gradients);
  return (data) => recurrent.during(() => run(feeds.map((at) => data[at] as tf.Tensor)));
}

/** What the model computes from the roles' tensors; a training step that takes the gradients' norm gives it last. */
export function modelFunction(
  model: LayersModel,
  kind: StepKind,
  gradients: GradientSettings = {},
): ModelFunction {
  const inner = innerModel(model);
  const functions = inner as unknown as Inner;
  switch (kind) {
    case "train":
      return trainFunction(inner, gradients);
    case "evaluate":
      functions.makeTestFunction();
      return (data) =>
        totals(
          inner,
          withCheckedLosses(inner, () => functions.testFunction(data)),
        );
    case "predict":
      return (data) => [inner.apply([...data], { training: false })].flat() as tf.Tensor[];
    default:
      return kind satisfies never;
  }
}

function trainFunction(inner: LayersModel, gradients: GradientSettings): ModelFunction {
  const train = (inner as unknown as Inner).makeTrainFunction();
  return (data) => {
    const checked = () => withCheckedLosses(inner, () => train(data));
    const { result, norm } = withGradients(inner.optimizer, gradients, checked);
    return norm ? [...result, norm] : result;
  };
}

/** tfjs-layers gives a running total after each output's loss; the last one is the loss, then follow the metrics. */
function totals({ outputs }: LayersModel, values: tf.Tensor[]): tf.Tensor[] {
  return values.slice(outputs.length - 1);
}
