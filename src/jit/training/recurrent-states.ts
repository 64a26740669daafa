// Stateful recurrent layers keep what they remember between batches in plain tensors, which a trace would freeze. For a
// compiled step they get variables in their place; between runs, the layers have tensors with the variables' values.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

/** The parts of tfjs-layers' RNN, and of the layers that hold others, that this needs (4.22). */
export interface Holder {
  readonly name: string;
  readonly stateful?: boolean;
  states_?: tf.Tensor[] | null;
  keptStates?: unknown[];
  readonly layers?: readonly Holder[];
  readonly layer?: Holder;
  readonly forwardLayer?: Holder;
  readonly backwardLayer?: Holder;
  resetStates?(): void;
}

export interface RecurrentStates {
  /** Runs a traced step in which the layers read and assign the variables. */
  during<T>(step: () => T): T;
  /** Takes over what the layers remember, if it was set from outside. */
  read(): void;
  /** Gives the layers what the variables hold. */
  publish(): void;
  dispose(): void;
}

interface Remembered {
  readonly layer: Holder;
  readonly variables: tf.Variable[];
  /** The tensors that the layer had when the variables got their values. */
  seen: readonly tf.Tensor[];
}

export function recurrentStates(model: LayersModel): RecurrentStates {
  const all: Remembered[] = statefulLayers(model as unknown as Holder).map((layer) => {
    if (!layer.states_) layer.resetStates?.();
    const tensors = layer.states_ ?? [];
    return { layer, variables: tensors.map((state) => tf.variable(state, false)), seen: [...tensors] };
  });
  return {
    during(step) {
      const before = all.map(({ layer }) => ({ states: layer.states_, kept: layer.keptStates }));
      // Copies: the layers dispose of what they had, except in training.
      const given = all.map(({ variables }) => variables.map((variable) => tf.keep(variable.clone())));
      for (const [at, { layer }] of all.entries())
        Object.assign(layer, { states_: [...(given[at] ?? [])], keptStates: [] });
      try {
        const result = step();
        for (const [index, { layer, variables }] of all.entries())
          for (const [at, state] of (layer.states_ ?? []).entries()) {
            if (state === given[index]?.[at]) continue;
            variables[at]?.assign(state);
            state.dispose();
          }
        return result;
      } finally {
        tf.dispose(given);
        for (const [at, { layer }] of all.entries())
          Object.assign(layer, { states_: before[at]?.states, keptStates: before[at]?.kept });
      }
    },
    read() {
      for (const each of all) {
        const now = each.layer.states_ ?? [];
        if (now.every((state, at) => state === each.seen[at])) continue;
        for (const [at, state] of now.entries()) each.variables[at]?.assign(state);
        each.seen = [...now];
      }
    },
    publish() {
      for (const each of all) {
        const { layer, variables } = each;
        if (layer.states_?.some((state, at) => state !== each.seen[at])) continue; // set from outside meanwhile
        tf.dispose(layer.states_ ?? []);
        layer.states_ = variables.map((variable) => tf.keep(variable.clone()));
        each.seen = [...layer.states_];
      }
    },
    dispose: () => tf.dispose(all.map(({ variables }) => variables)),
  };
}

/** Layers that keep something between batches, also those inside of others. */
export function statefulLayers(holder: Holder): Holder[] {
  const inner = [holder.layer, holder.forwardLayer, holder.backwardLayer, ...(holder.layers ?? [])];
  const found = inner.flatMap((each) => (each ? statefulLayers(each) : []));
  return holder.stateful === true && "states_" in holder ? [holder, ...found] : [...new Set(found)];
}
