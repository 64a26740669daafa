// Steps of one size are one run of a program. A chunk's runs, of whole batches and of the short last one, go to the engine
// at once: each begins with what the one before it leaves there, and nobody waits in between.
import type * as tf from "@tensorflow/tfjs-core";
import { timeToFlush } from "../denormals.js";
import type { HostTensor, KeptTensor } from "../session/engine.js";
import type { FedData } from "./rows.js";
import type { State } from "./state.js";
import type { CompiledStep } from "./step.js";
import type { StepKind } from "./step-trace.js";

/** Steps of one size. */
export interface Stretch {
  readonly program: CompiledStep;
  /** Rows of each step. */
  readonly batch: number;
  /** The positions of all their rows. */
  readonly order: Int32Array;
  /** Each step's learning rate; default the optimizer's. */
  readonly rates?: Float32Array | undefined;
}

/** What they gave: the results (loss and metrics, or outputs) of each step, [steps, …]. */
export interface StretchResult {
  readonly batch: number;
  readonly results: readonly HostTensor[];
}

export interface Stretches {
  readonly results: Promise<readonly StretchResult[]>;
  /** The state becomes what the last step left. */
  accept(): void;
  /** The state stays as it was. */
  discard(): void;
}

interface Beginning {
  readonly kind: StepKind;
  readonly source: FedData;
  readonly state: State;
  /** The random numbers' seed, and the number of steps that were taken before. */
  readonly noise: { readonly seed: number; readonly step: number };
}

/** @returns at once */
export function begin(stretches: readonly Stretch[], { kind, source, state, noise }: Beginning): Stretches {
  const after = new Map<tf.Variable, KeptTensor>();
  let taken = noise.step;
  const one = async ({ program, batch, order, rates }: Stretch): Promise<StretchResult> => {
    const step = taken;
    taken += order.length / batch;
    const running = program.run(source.rows(order), {
      before: (variable) => after.get(variable) ?? state.get(variable),
      ...{ noise: { ...noise, step }, rates, flush: kind === "train" && timeToFlush(taken) },
    });
    for (const [variable, tensor] of running.after) {
      after.get(variable)?.drop();
      after.set(variable, tensor);
    }
    return { batch, results: await running.results };
  };
  return {
    results: Promise.all(stretches.map(one)),
    accept() {
      for (const [variable, tensor] of after) state.set(variable, tensor);
    },
    discard() {
      for (const tensor of after.values()) tensor.drop();
    },
  };
}
