// The compiled steps of one model: one for each thing it does (train, evaluate, predict) and each shape of a batch, as
// long as nothing changes that is frozen in them.
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { checkInteger } from "../../core/option-checks.js";
import { type DeviceName, deviceOf, type Engine, type EngineName, loadEngine } from "../session/engine.js";
import { endUnfinishedTrace } from "../trace/trace.js";
import { fieldsOf } from "./fields.js";
import type { GradientSettings } from "./gradients.js";
import { type Frozen, frozenParts, learningRate, sameParts } from "./optimizer.js";
import { type RecurrentStates, recurrentStates } from "./recurrent-states.js";
import type { FedData } from "./rows.js";
import { type CompiledStep, compileStep } from "./step.js";
import { type StepKind, type StepSource, stepText, traceStep } from "./step-trace.js";

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
  stepFor(
    kind: StepKind,
    fed: Pick<FedData, "kinds" | "feeds">,
    rows: number,
    gradients?: GradientSettings,
  ): Promise<CompiledStep>;
  /** Code of the user's may have run: the next steps are compared with what the model does now. */
  doubt(): void;
  /** Somebody computes with it until the function that comes back is called. */
  hold(): () => Promise<void>;
  /** Frees its programs; while somebody computes with it, at the end of that. */
  release(): Promise<void>;
}

interface Known {
  readonly step: CompiledStep;
  /** Of a training step: the optimizer, the loss and the metrics that are frozen in it. */
  readonly parts: Frozen;
  readonly rate: number | undefined;
  readonly text: string;
  fields: string | undefined;
  /** How often there was doubt when the step was last known to be right. */
  checked: number;
}

export async function compiledModel(
  model: LayersModel,
  { engine: name, threads, device: deviceName, lane = 0 }: EngineOptions,
): Promise<CompiledModel> {
  if (threads !== undefined) checkInteger("jit", "threads", threads, 1);
  const device = deviceOf(deviceName);
  const engine = await loadEngine(name, lane);
  endUnfinishedTrace();
  const recurrent = recurrentStates(model);
  const steps = new Map<string, Known>();
  let doubts = 0;
  let users = 0;
  let unwanted = false;
  const free = async (): Promise<void> => {
    const all = [...steps.values()];
    steps.clear();
    recurrent.dispose();
    await Promise.all(all.map(({ step }) => step.release()));
  };
  const rate = (): number | undefined => (model.optimizer ? learningRate(model.optimizer).get() : undefined);
  const isRight = (known: Known, source: StepSource): boolean => {
    const { step, parts } = known;
    if (!sameParts(parts, frozenParts(model))) return false;
    if (source.kind === "train" && !step.readsLearningRate && known.rate !== rate()) return false;
    if (known.checked === doubts) return true;
    known.checked = doubts;
    const fields = fieldsOf(model);
    if (fields !== undefined && fields === known.fields) return true;
    known.fields = fields;
    return stepText(model, source) === known.text;
  };
  return {
    ...{ engine, recurrent, lane },
    async stepFor(kind, { kinds, feeds }, rows, given = {}) {
      endUnfinishedTrace();
      const batch = kinds.map(({ shape, dtype }) => ({
        shape: [rows, ...shape.slice(1)],
        dtype: dtype as "float32" | "int32" | "bool",
      }));
      const gradients = kind === "train" ? given : {};
      const source: StepSource = { kind, batch, feeds, recurrent, gradients };
      const key = JSON.stringify([kind, batch, feeds, gradients]);
      const known = steps.get(key);
      if (known && isRight(known, source)) return known.step;
      steps.delete(key);
      await known?.step.release();
      const traced = traceStep(model, source);
      const step = await compileStep(model, traced, { engine, threads, device });
      const [parts, fields] = [frozenParts(model), fieldsOf(model)];
      steps.set(key, { step, parts, rate: rate(), fields, text: traced.text, checked: doubts });
      return step;
    },
    doubt: () => void doubts++,
    hold() {
      users++;
      return async () => {
        users--;
        if (unwanted && users === 0) await free();
      };
    },
    async release() {
      unwanted = true;
      if (users === 0) await free();
    },
  };
}
