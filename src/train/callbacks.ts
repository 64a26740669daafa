// TensorFlow.js's callbacks, called at the same moments as `LayersModel.fit` calls them: objects of functions, and
// instances such as early stopping, which also want to know the model.
import { Callback, type CustomCallbackArgs, EarlyStopping, type LayersModel } from "@tensorflow/tfjs-layers";
import { callbackMemory, restoreCallbacks } from "./callback-memory.js";

/** Numbers at a batch's or an epoch's end: `loss`, `val_loss`, metrics. */
export type Logs = Record<string, number>;

/** What callbacks are told of the training: `epochs`, `batchSize`, `samples`, `metrics`, … */
export type CallbackParams = Record<string, number | string | boolean | string[] | null>;

/** The part of TensorFlow.js's callback instances that `fit` uses; `tf.callbacks.earlyStopping()` is one. */
export interface FitCallback {
  setParams(params: CallbackParams): void;
  setModel(model: LayersModel): void;
  onTrainBegin(logs?: Logs): void | Promise<void>;
  onTrainEnd(logs?: Logs): void | Promise<void>;
  onEpochBegin(epoch: number, logs?: Logs): void | Promise<void>;
  onEpochEnd(epoch: number, logs?: Logs): void | Promise<void>;
  onBatchBegin(batch: number, logs?: Logs): void | Promise<void>;
  onBatchEnd(batch: number, logs?: Logs): void | Promise<void>;
}

type Given = FitCallback | CustomCallbackArgs;
const moments = [
  ...(["onTrainBegin", "onTrainEnd", "onEpochBegin", "onEpochEnd"] as const),
  ...(["onBatchBegin", "onBatchEnd"] as const),
];
type Moment = (typeof moments)[number];

/** All that a callback may have. */
export const momentNames: readonly string[] = [...moments, "onYield"];

/** All callbacks as one. */
export interface CallbackList {
  /** Tells those that want to know what the training is like. */
  setParams(params: CallbackParams): void;
  /** What those that can be restored remember, for `restore` of another list. */
  state(): unknown[];
  restore(states: readonly unknown[]): void;
  /** Whether one of them wants to be called at each batch: then training takes one step at a time. */
  readonly atBatches: boolean;
  /** Whether they may run code that nobody knows, which may look at the weights, and change them or the model. */
  readonly foreign: boolean;
  /** Calls every `onYield`. @returns whether there was one */
  yielded(epoch: number, batch: number, logs: Logs): Promise<boolean>;
  /** Calls them in their order, each awaited; `at` is the epoch or the batch, from 0. */
  call(moment: Moment, logs: Logs, at?: number): Promise<void>;
  /**
   * After an error that ends training: `onTrainEnd` of those that have begun it and were not called for its end yet.
   * Their own errors are left, since the first one is what the caller wants to know.
   */
  endAfterError(): Promise<void>;
}

export function callbackList(given: Given | readonly Given[] | undefined, model: LayersModel): CallbackList {
  const callbacks: readonly Given[] =
    given === undefined ? [] : Array.isArray(given) ? given : [given as Given];
  for (const callback of callbacks) if ("setModel" in callback) callback.setModel(model);
  const begun = new Set<Given>();
  const wants = (moment: Moment): boolean => callbacks.some((callback) => isOwn(callback, moment));
  return {
    atBatches: wants("onBatchBegin") || wants("onBatchEnd"),
    foreign: callbacks.some((callback) => !isEarlyStopping(callback)),
    setParams(params) {
      for (const callback of callbacks) if ("setParams" in callback) callback.setParams(params);
    },
    state: () => callbackMemory(callbacks),
    restore: (states) => restoreCallbacks(callbacks, states),
    async yielded(epoch, batch, logs) {
      const wanting = callbacks.filter((callback) => (callback as CustomCallbackArgs).onYield);
      for (const callback of wanting) await (callback as CustomCallbackArgs).onYield?.(epoch, batch, logs);
      return wanting.length > 0;
    },
    async call(moment, logs, at) {
      for (const callback of callbacks) {
        if (moment === "onTrainEnd") begun.delete(callback);
        if (moment === "onTrainBegin" || moment === "onTrainEnd") await callback[moment]?.(logs);
        else await callback[moment]?.(at ?? 0, logs);
        if (moment === "onTrainBegin") begun.add(callback);
      }
    },
    async endAfterError() {
      for (const callback of begun) {
        try {
          await callback.onTrainEnd?.({});
        } catch {}
      }
    },
  };
}

/** TensorFlow.js's own, which looks at numbers only: not one that somebody extended, or gave functions of their own. */
function isEarlyStopping(callback: Given): boolean {
  const prototype: unknown = Object.getPrototypeOf(callback);
  return prototype === EarlyStopping.prototype && !moments.some((moment) => Object.hasOwn(callback, moment));
}

/** Whether a callback has a function of its own for a moment, not the empty one of TensorFlow.js's base class. */
function isOwn(callback: Given, moment: Moment): boolean {
  const own = callback[moment];
  return own !== undefined && own !== (Callback.prototype as unknown as FitCallback)[moment];
}
