// One step of a layers model, compiled for one number of rows: one of the model's own functions, traced, in a loop.
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { UsageError } from "../../core/errors.js";
import { InternalError } from "../errors.js";
import { sizeOf, type Value } from "../graph/program.js";
import { type NoiseKey, noiseFor } from "../noise.js";
import { executable } from "../onnx/executable.js";
import { loopNames, trainingLoop } from "../onnx/training-loop.js";
import { runError } from "../run-errors.js";
import type { DeviceName, Engine, Executable, HostTensor, KeptTensor } from "../session/engine.js";
import { threadsFor } from "../session/threads.js";
import { learningRate } from "./optimizer.js";
import { type ChunkSizes, chunkSizes } from "./pacing.js";
import type { Rows } from "./rows.js";
import type { StepTrace } from "./step-trace.js";

/** Steps of a fixed number of rows. */
export interface CompiledStep {
  /** Random numbers that one step needs. */
  readonly noiseSize: number;
  /** Whether the learning rate is read at each run; else it is frozen in the step. */
  readonly readsLearningRate: boolean;
  /** How many steps take as long as a run should. */
  readonly sizes: ChunkSizes;
  /** Takes as many steps as `rows.order` has rows for. */
  run(rows: Rows, from: RunStart): RunningSteps;
  release(): Promise<void>;
}

/** What steps begin with. */
export interface RunStart {
  /** A variable's value before the first of them. */
  before(variable: tf.Variable): KeptTensor;
  /** Of the random numbers. */
  readonly noise: NoiseKey;
  /** Each step's learning rate; default the optimizer's. */
  readonly rates?: Float32Array | undefined;
  /** Whether the variables are 0 after the last of them where they are denormal. */
  readonly flush: boolean;
}

/** Steps that are being taken. */
export interface RunningSteps {
  /** For each result (loss and metrics, or outputs) its value at each step, [steps, …]. */
  readonly results: Promise<readonly HostTensor[]>;
  /** The variables that they assign, with their values after the last of them. */
  readonly after: ReadonlyMap<tf.Variable, KeptTensor>;
}

export interface StepOptions {
  readonly engine: Engine;
  readonly threads: number | undefined;
  readonly device: DeviceName;
}

/** The step in a loop. It takes no engine, and so can be made while one starts. */
export function lowerStep(traced: StepTrace, device: DeviceName): Executable {
  const { program, assigned, draws, numbers, batch } = traced;
  const rate = numbers.map((name) => program.inputs.find((value) => value.name === name) as Value);
  const graph = trainingLoop({
    ...{ program, batches: batch.length, carried: assigned.map((variable) => inputOf(traced, variable)) },
    listed: [...draws.map(({ value }) => value), ...rate],
  });
  return executable(graph, device);
}

/** @param lowered  what `lowerStep` gives */
export async function compileStep(
  model: LayersModel,
  { lowered, ...traced }: StepTrace & { lowered: Executable },
  { engine, threads = threadsFor(traced.program), device }: StepOptions,
): Promise<CompiledStep> {
  const { program, variables, assigned, draws, numbers: named, batch } = traced;
  const session = await engine.open(lowered, { threads, device });
  const names = variables.map((variable) => {
    const { name } = inputOf(traced, variable);
    return assigned.includes(variable) ? loopNames.before(name) : name;
  });
  const resultCount = program.outputs.length - assigned.length;
  const after = assigned.map((variable) => loopNames.after(inputOf(traced, variable).name));
  return {
    noiseSize: draws.reduce((sum, { value }) => sum + sizeOf(value.shape), 0),
    readsLearningRate: named.length > 0,
    sizes: chunkSizes(),
    run({ data, order }, { before, noise: key, rates, flush }) {
      const steps = order.length / (batch[0]?.shape[0] as number);
      const noise = noiseFor(draws, key, steps);
      const inputs = {
        ...Object.fromEntries(data.map((tensor, at) => [loopNames.data(at), tensor])),
        ...loopInputs(order, steps),
        ...Object.fromEntries(variables.map((variable, at) => [names[at] as string, before(variable)])),
        ...Object.fromEntries(Object.entries(noise).map(([name, each]) => [loopNames.each(name), each])),
        ...Object.fromEntries(named.map((name) => [loopNames.each(name), ratesOf(model, steps, rates)])),
      };
      const { outputs, kept } = session.run(inputs, { keep: after, flush });
      const results = async (): Promise<HostTensor[]> => {
        const given = await outputs.catch((error: Error) => {
          throw runError(error, { ...traced, given: batch.length });
        });
        return Array.from({ length: resultCount }, (_, at) => {
          const result = given[loopNames.collected(at)];
          if (!result) throw new InternalError(`the loop collected no result ${at}`);
          return result;
        });
      };
      const values = assigned.map((variable, at) => [variable, kept[after[at] as string]] as const);
      return { results: results(), after: new Map(values) as ReadonlyMap<tf.Variable, KeptTensor> };
    },
    release: () => session.release(),
  };
}

/** The input of the program that a variable is. */
function inputOf({ program, variables, batch }: StepTrace, variable: tf.Variable): Value {
  return program.inputs[batch.length + variables.indexOf(variable)] as Value;
}

function ratesOf(model: LayersModel, steps: number, rates: Float32Array | undefined): HostTensor {
  const data = rates ?? new Float32Array(steps).fill(ownRate(model));
  return { data, shape: [steps], dtype: "float32" };
}

/** @throws UsageError for one that somebody, as a callback, has set to what is no number */
function ownRate({ optimizer }: LayersModel): number {
  const rate = learningRate(optimizer).get();
  if (rate !== undefined && Number.isFinite(rate)) return rate;
  const given = (optimizer as unknown as { learningRate?: unknown }).learningRate;
  throw new UsageError(
    `fit: expected the optimizer's learningRate to be a finite number; got ${String(given)}. Set it to one.`,
  );
}

function loopInputs(order: Int32Array, steps: number): Record<string, HostTensor> {
  return {
    [loopNames.order]: { data: order, shape: [steps, order.length / steps], dtype: "int32" },
    [loopNames.trip]: { data: BigInt64Array.of(BigInt(steps)), shape: [], dtype: "int64" },
    [loopNames.condition]: { data: Uint8Array.of(1), shape: [], dtype: "bool" },
  };
}
