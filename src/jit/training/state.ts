// The variables that a compiled step reads and assigns, as the engine's tensors. Between chunks they stay there;
// `publish` writes them back where user code can look, and what user code assigned meanwhile is noticed and read.
import type * as tf from "@tensorflow/tfjs-core";
import type { HostTensor } from "../session/engine.js";
import { assignHost, toHost } from "../tensors.js";

interface Entry {
  tensor: HostTensor;
  /** The variable's data when `tensor` was read or written: other data mean that someone assigned it. */
  dataId: object;
  changed: boolean;
}

export interface State {
  get(variable: tf.Variable): HostTensor;
  /** Changes the engine's side only. */
  set(variable: tf.Variable, tensor: HostTensor): void;
  /** Assigns the variables that changed. */
  publish(): void;
}

export function trainingState(): State {
  const entries = new Map<tf.Variable, Entry>();
  return {
    get(variable) {
      const known = entries.get(variable);
      if (known && known.dataId === variable.dataId) return known.tensor;
      const tensor = toHost(variable);
      entries.set(variable, { tensor, dataId: variable.dataId, changed: false });
      return tensor;
    },
    set(variable, tensor) {
      entries.set(variable, { tensor, dataId: variable.dataId, changed: true });
    },
    publish() {
      for (const [variable, entry] of entries) {
        if (!entry.changed || variable.isDisposed) continue;
        assignHost(variable, entry.tensor);
        Object.assign(entry, { dataId: variable.dataId, changed: false });
      }
    },
  };
}
