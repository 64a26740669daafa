// `jit(fn)`: records a function at its first call, lets ONNX Runtime run the record from then on. One program for each
// structure, shape and dtype of the arguments.
import * as tf from "@tensorflow/tfjs-core";
import "../core/tensorflow.js";
import { UsageError } from "../core/errors.js";
import { checkOptions } from "../core/option-checks.js";
import { flushDenormals, timeToFlush } from "./denormals.js";
import { TraceError } from "./errors.js";
import type { Draw, Program } from "./graph/program.js";
import { flattenArguments, flattenResult, type NestIn, type Result, readingOnly } from "./nest.js";
import { noiseFor } from "./noise.js";
import { executable } from "./onnx/executable.js";
import { lowerToGraph } from "./onnx/lower.js";
import { keepOriginal, originalOf } from "./originals.js";
import { runError } from "./run-errors.js";
import {
  type DeviceName,
  deviceOf,
  type Engine,
  type EngineName,
  type HostTensor,
  loadEngine,
  type Session,
} from "./session/engine.js";
import { checkThreads, threadsFor } from "./session/threads.js";
import { assignHost, fromHost, toHost } from "./tensors.js";
import { variableText } from "./trace/compare.js";
import { endUnfinishedTrace, refuseInsideTrace, trace, tracePlace } from "./trace/trace.js";
import { inTurn } from "./turn.js";
import { UnchangedVariables } from "./unchanged-variables.js";

export interface JitOptions {
  /** Default: `onnxruntime-node` where it is installed, else `onnxruntime-web`. */
  engine?: EngineName;
  /** Where the native engine computes. Default `"cpu"`; `"cuda"` and `"webgpu"` need what docs/jit.md names. */
  device?: DeviceName;
  /** For one operator. Default 1 for small programs, all processors for large ones; the WASM engine has 1. */
  threads?: number;
  /**
   * Of the random operations inside, an integer from 0 to 2³² − 1. The same seed gives the same numbers at the first, the
   * second, … call, in every process and on every engine. Default: 0 for the first function compiled, 1 for the next, …
   */
  seed?: number;
}

/** A compiled function: like the original, but with a promise. */
export interface Compiled<A extends unknown[], R> {
  /** @returns new tensors; the caller disposes */
  (...values: A): Promise<R>;
  /** How many programs were compiled: one for each structure, shapes and dtypes of arguments. */
  readonly programs: number;
  /** Frees all programs. Later calls throw UsageError. */
  dispose(): Promise<void>;
}

interface Ready {
  readonly engine: Engine;
  readonly program: Program;
  readonly session: Session;
  readonly variables: readonly tf.Variable[];
  readonly assigned: readonly tf.Variable[];
  readonly results: number;
  readonly draws: readonly Draw[];
  rebuild(tensors: readonly tf.Tensor[]): unknown;
  /** See `tracePlace`. */
  placeOf(output: string): string;
}

/**
 * Compiles a function of tensors. `fn` itself runs only when arguments of a new structure, shape or dtype come, two or
 * three times; otherwise its record runs. Variables (`tf.variable`, layers' weights) that it reads are read anew at
 * each call, when the calls before it have ended, and those that it assigns are assigned. Tensors that it captures,
 * numbers and everything else of the host are frozen as they were at the first call. Random operations draw anew at
 * each call, unless they are given a seed.
 *
 * Results equal those of the plain function up to the rounding of float32, about 1e-6 relative.
 * @param fn  from tensors, numbers, strings and booleans, also in arrays and objects, to a nest of tensors; not `async`.
 * Arguments to which it gives no type are tensors. One that is compiled already, as `grad` gives it, is compiled anew, with
 * its own options where `options` has none
 * @returns calls give new tensors, which the caller disposes
 * @throws TraceError, UnsupportedOpError when called, if `fn` cannot be compiled; see docs/jit.md
 */
export function jit<A extends unknown[], R>(fn: Compiled<A, R>, options?: JitOptions): Compiled<A, R>;
export function jit<A extends tf.Tensor[], R extends Result>(
  fn: (...values: A) => R,
  options?: JitOptions,
): Compiled<A, R>;
// Numbers, texts, objects have their types from the function.
export function jit<A extends unknown[], R extends Result>(
  fn: (...values: A) => R,
  options?: JitOptions,
): Compiled<A, R>;
// What is described by an interface is no `Nest`, to TypeScript, since others may add to it.
export function jit<A extends unknown[], R>(
  fn: (...values: A) => R & NestIn<R>,
  options?: JitOptions,
): Compiled<A, R>;
export function jit<A extends unknown[], R>(
  given: ((...values: A) => R) | Compiled<A, R>,
  givenOptions: JitOptions = {},
): Compiled<A, R> {
  checkFunction("jit", given);
  checkOptions("jit", givenOptions, ["engine", "device", "threads", "seed"]);
  const { fn, options } = originalOf(given, givenOptions);
  checkThreads(options.threads);
  const programs = new Map<string, Ready>();
  const sessions = new Set<Session>(); // apart from the programs, which hold the function, and so may hold what is to be forgotten
  const seed = seedOf(options);
  let calls = 0;
  let disposed = false;
  const call = (...values: A): Promise<R> => {
    refuseInsideTrace(); // at once: nobody awaits a promise in there
    return called(values);
  };
  const called = async (values: A): Promise<R> => {
    const given = flattenArguments(values);
    const gone = given.tensors.find(({ isDisposed }) => isDisposed);
    if (gone)
      throw new UsageError(
        `jit: expected arguments with their data; got a tensor [${gone.shape}] that was disposed of. Dispose of it after the call.`,
      );
    const inputs = given.tensors.map(toHost); // at once: the caller may dispose of them while this waits
    const shapes = given.tensors.map(({ shape, dtype }) => ({ shape, dtype }));
    return inTurn(async () => {
      if (disposed) throw new UsageError("jit: expected a function that is not disposed of. Call jit again.");
      let ready = programs.get(given.key);
      if (!ready || ready.engine.ended) {
        ready = await compile((tensors) => readingOnly(fn, given.rebuild(tensors) as A), shapes, options);
        programs.set(given.key, ready);
        sessions.add(ready.session);
        if (programs.size === manyPrograms) console.warn(tooMany(fn));
      }
      const noise = noiseFor(ready.draws, { seed, step: calls++ });
      return (await run(ready, inputs, { noise, flush: timeToFlush(calls) })) as R;
    });
  };
  const dispose = (): Promise<void> =>
    inTurn(async () => {
      disposed = true;
      programs.clear();
      await releaseAll(sessions);
    });
  const compiled = Object.assign(call, { dispose });
  forgotten.register(compiled, sessions);
  Object.defineProperty(compiled, "programs", { get: () => programs.size });
  keepOriginal(compiled as Compiled<A, R>, { fn, options });
  return compiled as Compiled<A, R>;
}

/** @throws UsageError */
export function checkFunction(caller: string, fn: unknown): void {
  if (typeof fn === "function") return;
  throw new UsageError(
    `${caller}: expected a function of tensors; got ${fn === null ? "null" : typeof fn}. Write ${caller}((x) => …).`,
  );
}

/** A function that is compiled at each call costs more than it saves, and each program stays in memory. */
const manyPrograms = 16;

function tooMany({ name }: { name: string }): string {
  return (
    `jit: ${name ? `the function ${name}` : "a function"} was compiled for the ${manyPrograms}th time, as its arguments had other numbers, texts or shapes each time. ` +
    "Pass numbers that change as tf.scalar(n), and rows in batches of one size."
  );
}

async function releaseAll(sessions: Set<Session>): Promise<void> {
  const all = [...sessions];
  sessions.clear();
  await Promise.all(all.map((session) => session.release()));
}

/** A cell that runs again compiles its functions again: the programs of those that nobody has any more are freed. */
const forgotten = new FinalizationRegistry<Set<Session>>((sessions) => {
  inTurn(() => releaseAll(sessions)).catch(() => undefined); // an engine that has crashed has freed them
});

async function compile(
  fn: (tensors: readonly tf.Tensor[]) => unknown,
  specs: readonly { shape: number[]; dtype: tf.DataType }[],
  options: JitOptions,
): Promise<Ready> {
  const loading = loadEngine(options.engine);
  endUnfinishedTrace();
  let result: ReturnType<typeof flattenResult> | undefined;
  const traced = (tensors: tf.Tensor[]): tf.Tensor[] => {
    result = flattenResult(fn(tensors));
    // What the function keeps stays its own, and says what it is when it is read.
    return result.tensors.map((tensor) => (tensor.kept ? tf.clone(tensor) : tensor));
  };
  const { program, variables, assigned, draws } = trace(traced, specs);
  const { tensors, rebuild } = result as ReturnType<typeof flattenResult>;
  if (program.outputs.length === 0)
    throw new TraceError(
      "jit: expected a function that returns tensors or assigns variables; got one that does neither. Return what it computes.",
    );
  const { threads = threadsFor(program) } = options;
  const device = deviceOf(options.device);
  const engine = await loading;
  const session = await engine.open(executable(lowerToGraph(program), device), { threads, device });
  const placeOf = (output: string): string => tracePlace(output, traced, specs);
  return { engine, program, session, variables, assigned, draws, results: tensors.length, rebuild, placeOf };
}

let functions = 0;

/** @throws UsageError */
function seedOf({ seed = functions }: JitOptions): number {
  functions++;
  if (Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff) return seed;
  throw new UsageError(
    `jit: expected a seed that is an integer from 0 to 4294967295; got ${seed}. Use 0, 1, 2, …`,
  );
}

async function run(
  ready: Ready,
  inputs: readonly HostTensor[],
  { noise, flush }: { noise: Readonly<Record<string, HostTensor>>; flush: boolean },
): Promise<unknown> {
  const { program, engine, session, variables, assigned, results, rebuild } = ready;
  const gone = variables.find(({ isDisposed }) => isDisposed);
  if (gone)
    throw new UsageError(
      `jit: expected the variables that the function uses; ${variableText(gone)} was disposed of. Make it again, and call jit again.`,
    );
  const unchanged = UnchangedVariables.of(engine);
  const all = [...inputs, ...variables.map((variable) => unchanged.get(variable) ?? toHost(variable))];
  const named = Object.fromEntries(all.map((tensor, at) => [program.inputs[at]?.name as string, tensor]));
  const outputs = await session.run({ ...named, ...noise }).outputs.catch((error: Error) => {
    throw runError(error, { ...ready, given: inputs.length });
  });
  const output = (at: number): HostTensor => outputs[`y${at}`] as HostTensor;
  for (const [at, variable] of assigned.entries()) {
    const value = output(results + at);
    if (flush && value.data instanceof Float32Array) flushDenormals(value.data);
    assignHost(variable, value);
  }
  return rebuild(Array.from({ length: results }, (_, at) => fromHost(output(at))));
}
