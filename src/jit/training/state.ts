// The variables that a compiled step reads and assigns, as tensors that stay with the engine. `publish` writes them back
// where user code can look, and what user code assigned meanwhile is noticed and read.
import type * as tf from "@tensorflow/tfjs-core";
import type { Engine, KeptTensor } from "../session/engine.js";
import { assignHost, toHost } from "../tensors.js";
import { UnchangedVariables } from "../unchanged-variables.js";

interface Entry {
  /** None where the engine has the variable for everybody, as long as nobody assigns it. */
  tensor: KeptTensor | undefined;
  /** The variable's data when `tensor` was read or written: other data mean that someone assigned it. */
  dataId: object;
  changed: boolean;
}

export interface State {
  get(variable: tf.Variable): KeptTensor;
  /** Changes the engine's side only. */
  set(variable: tf.Variable, tensor: KeptTensor): void;
  /** Assigns the variables that changed, all or those among these. */
  publish(only?: ReadonlySet<tf.Variable>): Promise<void>;
  /** Frees the engine's side. */
  drop(): void;
}

export function trainingState(engine: Engine): State {
  const entries = new Map<tf.Variable, Entry>();
  const unchanged = UnchangedVariables.of(engine);
  return {
    get(variable) {
      const known = entries.get(variable);
      if (known?.tensor && known.dataId === variable.dataId) return known.tensor;
      known?.tensor?.drop();
      const everybodys = unchanged.get(variable);
      const own = everybodys ? undefined : engine.hold(toHost(variable));
      entries.set(variable, { tensor: own, dataId: variable.dataId, changed: false });
      return (own ?? everybodys) as KeptTensor;
    },
    set(variable, tensor) {
      const known = entries.get(variable);
      if (known && known.dataId !== variable.dataId) return tensor.drop(); // assigned while the steps were taken
      known?.tensor?.drop();
      entries.set(variable, { tensor, dataId: variable.dataId, changed: true });
    },
    async publish(only) {
      const changed = [...entries].filter(
        ([variable, entry]) => entry.changed && !variable.isDisposed && (only?.has(variable) ?? true),
      );
      if (changed.length === 0) return;
      const values = await engine.read(changed.map(([, { tensor }]) => tensor as KeptTensor));
      for (const [at, [variable, entry]] of changed.entries()) {
        entry.changed = false;
        if (variable.isDisposed || variable.dataId !== entry.dataId) continue; // assigned while this waited
        const value = values[at];
        if (value) assignHost(variable, value);
        entry.dataId = variable.dataId;
      }
    },
    drop() {
      for (const { tensor } of entries.values()) tensor?.drop();
      entries.clear();
    },
  };
}
