// Puts TensorFlow.js's engine in order after code that was cut short. A notebook's interrupt ends JavaScript without
// running `finally`, and an operation that a backend lacks throws in the middle of a gradient: the engine then still
// believes that it records a gradient, and every later `grad` fails or keeps its tensors for ever.
import * as tf from "@tensorflow/tfjs-core";

/** The engine's fields that tell where it is; see tfjs-core's engine.ts, EngineState. */
interface EngineState {
  gradientDepth: number;
  kernelDepth: number;
  activeTape: { saved?: tf.Tensor[] }[] | null;
  scopeStack: unknown[];
}

/**
 * Call where no operation can be running, at the start of an `async` function of one's own.
 * Frees what the broken run held; does nothing if the engine is in order.
 * @returns whether there was something to repair
 */
export function repairEngine(): boolean {
  const engine = tf.engine();
  const state = (engine as unknown as { state: EngineState }).state;
  if (state.gradientDepth === 0 && state.kernelDepth === 0) return false;
  state.gradientDepth = 0;
  state.kernelDepth = 0;
  endTape();
  while (state.scopeStack.length > 0) engine.endScope();
  return true;
}

/** Frees what an unfinished gradient saved for its backward pass; for after an error in that pass. */
export function endTape(): void {
  const state = (tf.engine() as unknown as { state: EngineState }).state;
  for (const node of state.activeTape ?? []) for (const tensor of node.saved ?? []) tensor.dispose();
  state.activeTape = null;
}
