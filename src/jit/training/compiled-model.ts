// The compiled steps of one model: one for each thing it does (train, evaluate, predict) and each shape of a batch, as
// long as nothing changes that is frozen in them.
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { notebookHost } from "../../core/notebook.js";
import {
  type DeviceName,
  deviceOf,
  type Engine,
  type EngineName,
  type Executable,
  loadEngine,
} from "../session/engine.js";
import { checkThreads } from "../session/threads.js";
import { endUnfinishedTrace } from "../trace/trace.js";
import { fieldsOf } from "./fields.js";
import type { GradientSettings } from "./gradients.js";
import { type Frozen, frozenParts, learningRate, sameParts } from "./optimizer.js";
import { type RecurrentStates, recurrentStates } from "./recurrent-states.js";
import { type FedKinds, fedKinds, type TrainData } from "./rows.js";
import { type CompiledStep, compileStep, lowerStep } from "./step.js";
import { type StepKind, type StepSource, type StepTrace, stepText, traceStep } from "./step-trace.js";

export interface EngineOptions {
  /** Default: the native one where it is installed. */
  engine?: EngineName | undefined;
  /** Default `"cpu"`. */
  device?: DeviceName | undefined;
  /** For one operator. Default by the size of the step. */
  threads?: number | undefined;
  /** Models of different lanes train at the same time; a model belongs to one. Default 0, where calls wait for each other. */
  lane?: number | undefined;
}

export interface CompiledModel {
  readonly engine: Engine;
  readonly recurrent: RecurrentStates;
  readonly lane: number;
  /** The step for batches of so many of these rows. @throws TraceError, UnsupportedOpError */
  stepFor(kind: StepKind, fed: FedKinds, rows: number, gradients?: GradientSettings): Promise<CompiledStep>;
  /** Code of the user's may have run: the next steps are compared with what the model does now. */
  doubt(): void;
  /** Somebody computes with it until the function that comes back is called. */
  hold(): () => Promise<void>;
  /** Frees its programs; while somebody computes with it, at the end of that. */
  release(): Promise<void>;
}

/** The training steps that will be asked for first. */
export interface FirstSteps {
  readonly data: TrainData;
  /** Of a batch. */
  readonly rows: number;
  readonly gradients: GradientSettings;
}

interface Recorded {
  /** Of a training step: the optimizer, the loss and the metrics that are frozen in it. */
  readonly parts: Frozen;
  readonly rate: number | undefined;
  readonly readsLearningRate: boolean;
  readonly text: string;
  readonly variables: readonly tf.Variable[];
  fields: string | undefined;
  /** How often there was doubt when the step was last known to be right. */
  checked: number;
}

interface Known extends Recorded {
  readonly step: CompiledStep;
}

/** A step that is not compiled yet. */
interface Ahead extends Recorded {
  readonly key: string;
  readonly traced: StepTrace & { lowered: Executable };
}

interface Refused {
  /** None if the data themselves are refused, as they will be again. */
  readonly key: string | undefined;
  readonly error: unknown;
}

/**
 * @param first  is recorded while the engine starts, which takes as long
 * @throws UsageError, EngineError
 */
export async function compiledModel(
  model: LayersModel,
  { engine: name, threads, device: deviceName, lane = 0 }: EngineOptions,
  first?: FirstSteps,
): Promise<CompiledModel> {
  checkThreads(threads);
  const device = deviceOf(deviceName);
  const loading = loadEngine(name, lane);
  endUnfinishedTrace();
  const recurrent = recurrentStates(model);
  const steps = new Map<string, Known>();
  let doubts = 0;
  const users = new Set<{ readonly interrupted: AbortSignal | undefined }>();
  let unwanted = false;
  /** Who was interrupted by force never says that it is over. */
  const inUse = (): boolean => [...users].some(({ interrupted }) => !interrupted?.aborted);
  const free = async (): Promise<void> => {
    const all = [...steps.values()];
    steps.clear();
    recurrent.dispose();
    await Promise.all(all.map(({ step }) => step.release()));
  };
  const rate = (): number | undefined => (model.optimizer ? learningRate(model.optimizer).get() : undefined);
  const isRight = (known: Recorded, source: StepSource): boolean => {
    if (!sameParts(known.parts, frozenParts(model))) return false;
    if (source.kind === "train" && !known.readsLearningRate && known.rate !== rate()) return false;
    if (known.checked === doubts) return true;
    known.checked = doubts;
    if (known.variables.some(({ isDisposed }) => isDisposed)) return false;
    const fields = fieldsOf(model);
    if (fields !== undefined && fields === known.fields) return true;
    known.fields = fields;
    return stepText(model, source) === known.text;
  };
  const recorded = (source: StepSource): Ahead => {
    const trace = traceStep(model, source);
    const traced = { ...trace, lowered: lowerStep(trace, device) };
    return {
      ...{ key: keyOf(source), traced, text: traced.text, variables: traced.variables },
      readsLearningRate: traced.numbers.length > 0,
      ...{ parts: frozenParts(model), rate: rate(), fields: fieldsOf(model), checked: doubts },
    };
  };
  /** Or why it cannot be, which `stepFor` says. */
  const recordedAhead = ({ data, rows, gradients }: FirstSteps): Ahead | Refused => {
    let key: string | undefined;
    try {
      const source = sourceOf("train", fedKinds(data), { rows, gradients, recurrent });
      key = keyOf(source);
      return recorded(source);
    } catch (error) {
      return { key, error };
    }
  };
  let ahead = first && recordedAhead(first);
  let engine: Engine;
  try {
    engine = await loading;
  } catch (error) {
    recurrent.dispose();
    throw error;
  }
  return {
    ...{ engine, recurrent, lane },
    async stepFor(kind, fed, rows, given = {}) {
      endUnfinishedTrace();
      const gradients = kind === "train" ? given : {};
      const source = sourceOf(kind, fed, { rows, gradients, recurrent });
      const key = keyOf(source);
      const known = steps.get(key);
      if (known && isRight(known, source)) return known.step;
      steps.delete(key);
      await known?.step.release();
      const waiting = ahead?.key === key ? ahead : undefined;
      ahead = undefined;
      if (waiting && "error" in waiting) throw waiting.error;
      const { traced, ...rest } = waiting && isRight(waiting, source) ? waiting : recorded(source);
      const step = await compileStep(model, traced, { engine, threads, device });
      steps.set(key, { ...rest, step });
      return step;
    },
    doubt: () => void doubts++,
    hold() {
      const user = { interrupted: notebookHost()?.interruptSignal() };
      users.add(user);
      return async () => {
        users.delete(user);
        if (unwanted && !inUse()) await free();
      };
    },
    async release() {
      unwanted = true;
      if (!inUse()) await free();
    },
  };
}

function sourceOf(
  kind: StepKind,
  { kinds, feeds }: FedKinds,
  { rows, ...rest }: { rows: number; gradients: GradientSettings; recurrent: RecurrentStates },
): StepSource {
  const batch = kinds.map(({ shape, dtype }) => ({ shape: [rows, ...shape.slice(1)], dtype }));
  return { kind, batch, feeds, ...rest };
}

function keyOf({ kind, batch, feeds, gradients }: StepSource): string {
  return JSON.stringify([kind, batch, feeds, gradients]);
}
