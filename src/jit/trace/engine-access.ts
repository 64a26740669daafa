// The parts of TensorFlow.js's engine that tracing needs and its types do not show (tfjs-core 4.22, engine.ts).
import * as tf from "@tensorflow/tfjs-core";

interface Engine {
  state: {
    registeredVariables: Record<string, tf.Variable>;
    tensorInfo: WeakMap<object, { backend: tf.KernelBackend }>;
    scopeStack: unknown[];
    profiling: boolean;
  };
  backend: tf.KernelBackend;
  readSync: Reading;
  read: Reading;
  registryFactory: Record<string, unknown>;
}

type Reading = (dataId: object) => unknown;

function engine(): Engine {
  return tf.engine() as unknown as Engine;
}

export function registeredVariables(): tf.Variable[] {
  return Object.values(engine().state.registeredVariables);
}

/** All variables that have data: not those disposed of, nor one that was assigned a tensor disposed of. */
export function liveVariables(): tf.Variable[] {
  return registeredVariables().filter((variable) => (ownerOf(variable)?.refCount(variable.dataId) ?? 0) > 0);
}

/** The backend that holds a tensor's data. */
export function ownerOf(tensor: Pick<tf.Tensor, "dataId">): tf.KernelBackend | undefined {
  return engine().state.tensorInfo.get(tensor.dataId)?.backend;
}

/** Gives a tensor's data to another backend, with these numbers. */
export function giveTo(
  backend: tf.KernelBackend,
  dataId: object,
  { shape, dtype, values }: Omit<tf.TensorInfo, "dataId"> & { values: tf.backend_util.BackendValues },
): void {
  const info = engine().state.tensorInfo.get(dataId);
  if (!info) return; // disposed of
  const references = info.backend.refCount(dataId);
  info.backend = backend;
  backend.move(dataId, values, shape, dtype, references);
}

/** Debug mode and `tf.profile` read what each kernel gives, which a recording has not. @returns what turns them on again */
export function withoutProfiling(): () => void {
  const { state } = engine();
  const { flags } = tf.env() as unknown as { flags: Record<string, unknown> };
  const before = { profiling: state.profiling, debug: flags.DEBUG };
  state.profiling = false;
  if (before.debug) flags.DEBUG = false; // not by `set`, which warns again that it slows down
  return () => {
    state.profiling = before.profiling;
    if (before.debug) flags.DEBUG = before.debug;
  };
}

/** Lets a backend answer for data that another one holds. @returns what ends it */
export function answerReads(backend: tf.KernelBackend, data: Pick<Map<object, unknown>, "has">): () => void {
  const given = engine();
  const { readSync, read } = given;
  given.readSync = (dataId) => (data.has(dataId) ? backend.readSync(dataId) : readSync.call(given, dataId));
  given.read = (dataId) => (data.has(dataId) ? backend.read(dataId) : read.call(given, dataId));
  return () => {
    Object.assign(given, { readSync, read });
  };
}

/** How many scopes are open. */
export function scopes(): number {
  return engine().state.scopeStack.length;
}

/** Ends scopes until `depth` are open. */
export function endScopesFrom(depth: number): void {
  while (scopes() > depth) tf.engine().endScope();
}

/** Another tensor over the same data, kept until it is disposed of. Unlike `clone()` it never moves the data. */
export function alias(tensor: tf.Tensor): tf.Tensor {
  const owner = ownerOf(tensor);
  const { dataId, shape, dtype } = tensor;
  owner?.incRef(dataId);
  return tf.keep(tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype }, owner));
}

/** `variable.assign(value)`, also where another backend than the current one holds the value. */
export function assignAnywhere(variable: tf.Variable, value: tf.Tensor): void {
  const owner = ownerOf(value);
  variable.assign(value);
  if (owner !== engine().backend) owner?.incRef(value.dataId); // `assign` counted at the current backend
}

/**
 * Gives variables that share their data with other tensors data of their own. A trace tells variables from constants
 * by their data: `tf.variable(t)` shares those of `t`, and `setWeights` those of the tensors that it was given.
 */
export function unshareVariables(): void {
  for (const variable of liveVariables()) {
    if ((ownerOf(variable)?.refCount(variable.dataId) ?? 1) <= 1) continue;
    tf.tidy(() => variable.assign(tf.tensor(variable.dataSync().slice(), variable.shape, variable.dtype)));
  }
}

export function isRegistered(backend: string): boolean {
  return backend in engine().registryFactory;
}
