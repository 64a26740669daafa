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

/**
 * Elements that are read at once. Between parts the event loop turns: a notebook's kernel ends by force what computes for longer
 * than 20 ms after an interrupt.
 */
const atOnce = 2 ** 20;

function inParts(all: readonly (readonly [tf.Variable, Entry])[]): (readonly [tf.Variable, Entry])[][] {
  const parts: (readonly [tf.Variable, Entry])[][] = [];
  let elements = Number.POSITIVE_INFINITY;
  for (const each of all) {
    const { size } = each[0];
    if (elements + size > atOnce) {
      parts.push([]);
      elements = 0;
    }
    parts.at(-1)?.push(each);
    elements += size;
  }
  return parts;
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
      for (const part of inParts(changed)) {
        const values = await engine.read(part.map(([, { tensor }]) => tensor as KeptTensor));
        for (const [at, [variable, entry]] of part.entries()) {
          const value = values[at];
          const assigned = variable.isDisposed || variable.dataId !== entry.dataId; // while this waited
          if (value && !assigned) assignHost(variable, value);
          if (!assigned) entry.dataId = variable.dataId;
          entry.changed = false; // last, since an interrupt may end this at any point
        }
      }
    },
    drop() {
      for (const { tensor } of entries.values()) tensor?.drop();
      entries.clear();
    },
  };
}
