// The record of a training: a number for each epoch and each quantity.

/** One number for each whole epoch, in order; names as TensorFlow.js has them. */
export interface History {
  /** Mean of the batches' losses, weighted by their rows, each taken before its step. */
  loss: number[];
  /** Loss on the held-out rows after the epoch. */
  val_loss?: number[];
  /** Metrics by name, those on held-out rows with `val_` before it. */
  [name: string]: number[] | undefined;
}

/** Appends an epoch's numbers. */
export function record(history: History, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    const list = history[name] ?? [];
    list.push(value);
    history[name] = list;
  }
}
