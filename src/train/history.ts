// What a training gives: its record, with a number for each epoch and each quantity, and how it ended.

/**
 * One number for each whole epoch, in order; names as TensorFlow.js has them. NaN where an epoch had none: a training
 * that is resumed may be validated, or record more, from then on, or no longer.
 */
export interface History {
  /** Mean of the batches' losses, weighted by their rows, each taken before its step. */
  loss: number[];
  /** Loss on the held-out rows after the epoch. */
  val_loss?: number[];
  /** Metrics by name, those on held-out rows with `val_` before it. */
  [name: string]: number[] | undefined;
}

/** Appends an epoch's numbers, among them a loss, and NaN where there is a gap. */
export function record(history: History, values: Readonly<Record<string, number>>): void {
  const epochs = history.loss.length;
  for (const name of new Set([...Object.keys(history), ...Object.keys(values)])) {
    const list = history[name] ?? [];
    while (list.length < epochs) list.push(Number.NaN);
    list.push(values[name] ?? Number.NaN);
    history[name] = list;
  }
}

/** What a training gave; the model itself has the new weights. */
export interface FitResult {
  /** The loss of each whole epoch, and with validation data `val_loss`; `lossCurve(history)` draws it. */
  readonly history: History;
  /** Whole epochs trained. */
  readonly epochs: number;
  readonly seconds: number;
  /** Who computed: ONNX Runtime as "onnxruntime-node" or "onnxruntime-web", else TensorFlow.js's backend. */
  readonly engine: string;
  /** TensorFlow.js's backend, which holds the weights: "tensorflow", "wasm" or "cpu". */
  readonly backend: string;
  /**
   * Why it ended: all epochs done, an interrupt or abort, a callback that set `model.stopTraining`, or a dataset with fewer
   * batches than `batchesPerEpoch` and `epochs` want.
   */
  readonly stopped: "completed" | "interrupted" | "callback" | "dataset";
  /**
   * Set if someone else had to compute than asked for, and why, if the dataset ended, or nothing was left to train.
   */
  readonly notice: string | undefined;
}
