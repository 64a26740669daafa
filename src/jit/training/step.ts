// One step of a layers model, compiled for one number of rows: the model's own train function, traced, in a loop.
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { InternalError } from "../errors.js";
import type { Value } from "../graph/program.js";
import { loopNames, lowerTrainingLoop } from "../onnx/training-loop.js";
import type { Engine, HostTensor, Session } from "../session/engine.js";
import { threadsFor } from "../session/threads.js";
import { type Trace, trace } from "../trace/trace.js";
import { optimizerCounter } from "./optimizer.js";
import type { State } from "./state.js";

/** Rows for some steps: data, and for each step the positions of its rows in them. */
export interface Rows {
  /** Inputs and targets; one tensor if these are the same. */
  readonly data: readonly HostTensor[];
  /** [steps · rows of a step] */
  readonly order: Int32Array;
}

/** Steps of a fixed number of rows. */
export interface CompiledStep {
  /**
   * Takes as many steps as `order` has rows for, from the state and on.
   * @returns for each number (loss, metrics) its value at each step; the state changes when `accept` is called
   */
  run(rows: Rows, state: State): Promise<{ numbers: Float32Array[]; accept(): void }>;
  release(): Promise<void>;
}

export interface StepOptions {
  /** Shapes of a batch: inputs, and targets unless they are the inputs. */
  readonly batch: readonly { shape: readonly number[]; dtype: tf.DataType }[];
  readonly engine: Engine;
  readonly threads: number | undefined;
}

type TrainFunction = (data: readonly tf.Tensor[]) => tf.Tensor[];

export async function compileStep(model: LayersModel, options: StepOptions): Promise<CompiledStep> {
  const { batch, engine } = options;
  const { program, variables, assigned } = traceStep(model, batch);
  const carried = assigned.map((variable) => batch.length + variables.indexOf(variable));
  const file = lowerTrainingLoop({ program, batches: batch.length, carried });
  const session = await engine.open(file, options.threads ?? threadsFor(program));
  const inputs = program.inputs.slice(batch.length);
  const names = inputs.map(({ name }, at) =>
    carried.includes(batch.length + at) ? loopNames.before(name) : name,
  );
  const numbers = program.outputs.length - assigned.length;
  const outputName = (variable: tf.Variable): string =>
    loopNames.after((inputs[variables.indexOf(variable)] as Value).name);
  return {
    async run({ data, order }, state) {
      const outputs = await session.run({
        ...Object.fromEntries(data.map((tensor, at) => [loopNames.data(at), tensor])),
        ...loopInputs(order, batch[0]?.shape[0] as number),
        ...Object.fromEntries(variables.map((variable, at) => [names[at] as string, state.get(variable)])),
      });
      return {
        numbers: Array.from({ length: numbers }, (_, at) => collected(outputs, at)),
        accept(): void {
          for (const variable of assigned) state.set(variable, outputs[outputName(variable)] as HostTensor);
        },
      };
    },
    release: () => session.release(),
  };
}

/** The model's own train function as a program; the optimizer's counter stays as it was. */
function traceStep(model: LayersModel, batch: StepOptions["batch"]): Trace {
  // A Sequential model hands training on to the model inside it.
  const inner = (model as { model?: LayersModel }).model ?? model;
  const counter = optimizerCounter(inner.optimizer);
  const counted = counter.get();
  const train = (inner as unknown as { makeTrainFunction(): TrainFunction }).makeTrainFunction();
  try {
    return trace((data) => train([data[0], data[1] ?? data[0]] as tf.Tensor[]), batch);
  } finally {
    counter.set(counted);
  }
}

function loopInputs(order: Int32Array, rows: number): Record<string, HostTensor> {
  const steps = order.length / rows;
  return {
    [loopNames.order]: { data: order, shape: [steps, rows], dtype: "int32" },
    [loopNames.trip]: { data: BigInt64Array.of(BigInt(steps)), shape: [], dtype: "int64" },
    [loopNames.condition]: { data: Uint8Array.of(1), shape: [], dtype: "bool" },
  };
}

function collected(outputs: Awaited<ReturnType<Session["run"]>>, at: number): Float32Array {
  const data = outputs[loopNames.collected(at)]?.data;
  if (!(data instanceof Float32Array)) throw new InternalError(`the loop collected no number ${at}`);
  return data;
}
