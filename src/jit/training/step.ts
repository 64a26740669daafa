// One step of a layers model, compiled for one number of rows: the model's own train function, traced, in a loop.
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { InternalError, TraceError } from "../errors.js";
import { sizeOf, type Value } from "../graph/program.js";
import { noiseFor } from "../noise.js";
import { loopNames, lowerTrainingLoop } from "../onnx/training-loop.js";
import type { Engine, HostTensor, Session } from "../session/engine.js";
import { threadsFor } from "../session/threads.js";
import { type Trace, trace } from "../trace/trace.js";
import { learningRate, optimizerCounter } from "./optimizer.js";
import type { RecurrentStates } from "./recurrent-states.js";
import type { State } from "./state.js";

/** Rows for some steps: data, and for each step the positions of its rows in them. */
export interface Rows {
  /** Inputs, targets and sample weights, each tensor once. */
  readonly data: readonly HostTensor[];
  /** [steps · rows of a step] */
  readonly order: Int32Array;
}

/** Steps of a fixed number of rows. */
export interface CompiledStep {
  /** Random numbers that one step needs. */
  readonly noiseSize: number;
  /** Whether the learning rate is read at each run; else it is frozen in the step. */
  readonly readsLearningRate: boolean;
  /**
   * Takes as many steps as `order` has rows for, from the state and on.
   * @param seed  of the random numbers, which follow the optimizer's count of steps
   * @returns for each number (loss, metrics) its value at each step; the state changes when `accept` is called
   */
  run(rows: Rows, state: State, seed: number): Promise<{ numbers: Float32Array[]; accept(): void }>;
  release(): Promise<void>;
}

export interface StepOptions {
  /** Shapes of a batch of each data tensor. */
  readonly batch: readonly { shape: readonly number[]; dtype: tf.DataType }[];
  /** For the model's inputs, targets, and sample weights if there are any: which data tensor it is. */
  readonly feeds: readonly number[];
  readonly engine: Engine;
  readonly threads: number | undefined;
  readonly recurrent: RecurrentStates;
}

type TrainFunction = (data: readonly tf.Tensor[]) => tf.Tensor[];

export async function compileStep(model: LayersModel, options: StepOptions): Promise<CompiledStep> {
  const { batch, engine } = options;
  const { program, variables, assigned, draws, numbers: named } = traceStep(model, options);
  const carried = assigned.map((variable) => batch.length + variables.indexOf(variable));
  const file = lowerTrainingLoop({ program, batches: batch.length, carried, draws });
  const session = await engine.open(file, options.threads ?? threadsFor(program));
  const inputs = program.inputs.slice(batch.length);
  const names = variables.map((_, at) => {
    const { name } = inputs[at] as Value;
    return carried.includes(batch.length + at) ? loopNames.before(name) : name;
  });
  const collectedNumbers = program.outputs.length - assigned.length;
  const outputName = (variable: tf.Variable): string =>
    loopNames.after((inputs[variables.indexOf(variable)] as Value).name);
  const counter = optimizerCounter(model.optimizer);
  return {
    noiseSize: draws.reduce((sum, { value }) => sum + sizeOf(value.shape), 0),
    readsLearningRate: named.length > 0,
    async run({ data, order }, state, seed) {
      const steps = order.length / (batch[0]?.shape[0] as number);
      const noise = noiseFor(draws, { seed, step: counter.get() }, steps);
      const outputs = await session.run({
        ...Object.fromEntries(data.map((tensor, at) => [loopNames.data(at), tensor])),
        ...loopInputs(order, steps),
        ...Object.fromEntries(variables.map((variable, at) => [names[at] as string, state.get(variable)])),
        ...Object.fromEntries(Object.entries(noise).map(([name, each]) => [loopNames.each(name), each])),
        ...Object.fromEntries(named.map((name) => [name, scalar(learningRate(model.optimizer).get() ?? 0)])),
      });
      return {
        numbers: Array.from({ length: collectedNumbers }, (_, at) => collected(outputs, at)),
        accept(): void {
          for (const variable of assigned) state.set(variable, outputs[outputName(variable)] as HostTensor);
        },
      };
    },
    release: () => session.release(),
  };
}

/** The model's own train function as a program; the optimizer's counter and learning rate stay as they were. */
function traceStep(model: LayersModel, { batch, feeds, recurrent }: StepOptions): Trace {
  // A Sequential model hands training on to the model inside it.
  const inner = (model as { model?: LayersModel }).model ?? model;
  const counter = optimizerCounter(inner.optimizer);
  const counted = counter.get();
  const rate = learningRate(inner.optimizer);
  const before = rate.get();
  const train = (inner as unknown as { makeTrainFunction(): TrainFunction }).makeTrainFunction();
  const step = (data: tf.Tensor[]): tf.Tensor[] =>
    recurrent.during(() => train(feeds.map((at) => data[at] as tf.Tensor)));
  try {
    if (before === undefined) return trace(step, batch);
    try {
      return trace(step, batch, [{ name: "learningRate", set: rate.set }]);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      rate.set(before); // an optimizer that computes with the rate in JavaScript: it is frozen
      return trace(step, batch);
    }
  } finally {
    counter.set(counted);
    if (before !== undefined) rate.set(before);
  }
}

function scalar(value: number): HostTensor {
  return { data: Float32Array.of(value), shape: [], dtype: "float32" };
}

function loopInputs(order: Int32Array, steps: number): Record<string, HostTensor> {
  return {
    [loopNames.order]: { data: order, shape: [steps, order.length / steps], dtype: "int32" },
    [loopNames.trip]: { data: BigInt64Array.of(BigInt(steps)), shape: [], dtype: "int64" },
    [loopNames.condition]: { data: Uint8Array.of(1), shape: [], dtype: "bool" },
  };
}

function collected(outputs: Awaited<ReturnType<Session["run"]>>, at: number): Float32Array {
  const data = outputs[loopNames.collected(at)]?.data;
  if (!(data instanceof Float32Array)) throw new InternalError(`the loop collected no number ${at}`);
  return data;
}
