// Runs a function once under the trace backend, and gives what it did as a program. TensorFlow.js's own gradients and
// optimizers run as they always do and so are recorded like everything else. Afterwards every variable has the value
// that it had before, and the backend is the one that it was.
import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs-core";
import { endTape, repairEngine } from "../../core/engine-repair.js";
import { LatentLabError } from "../../core/errors.js";
import { notebookHost } from "../../core/notebook.js";
import { switchBackend } from "../../core/switch-backend.js";
import { TraceError } from "../errors.js";
import { useSmallOperands } from "../graph/broadcasts.js";
import { builder, bytesOf } from "../graph/builder.js";
import { checkProgram } from "../graph/check.js";
import { multiplyColumnSums } from "../graph/column-sums.js";
import { answerEmptyResults } from "../graph/empty-results.js";
import { moveFactorsIntoGemms } from "../graph/gemm-factors.js";
import { useParts } from "../graph/parts.js";
import { printProgram } from "../graph/print.js";
import type { Draw, DType, Program, Value } from "../graph/program.js";
import { moveReshapes } from "../graph/reshapes.js";
import { joinScalarFactors, powersAmong } from "../graph/scalar-factors.js";
import { dropUnused, joinReshapes, mergeEqualNodes, turnSquaredDifferences } from "../graph/simplify.js";
import { splitSlices } from "../graph/split-slices.js";
import { simplifyThresholds } from "../graph/thresholds.js";
import { moveTransposes } from "../graph/transposes.js";
import { type Recording, TraceBackend, traceBackendName } from "./backend.js";
import { calledBy, callSite, thrownByTensorFlow, withLongStacks } from "./call-site.js";
import { difference, doesMoreThanCreate, variableText } from "./compare.js";
import {
  alias,
  answerReads,
  assignAnywhere,
  endScopesFrom,
  isRegistered,
  liveVariables,
  scopes,
  unshareVariables,
  withoutProfiling,
} from "./engine-access.js";
import { takeGradientsAtOnce } from "./gradients-at-once.js";
import { ConstantCalls } from "./kept-constants.js";
import { registerKernels } from "./kernel.js";
import { type Lifted, liftNumbers, type NamedNumber } from "./numbers.js";
import { allKernels } from "./ops/index.js";
import { watchRandomOps } from "./random-ops.js";
import { refusedByTensorFlow, unsupported } from "./refusals.js";

/** A tensor that the function will be given. */
export interface ArgumentSpec {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
}

export interface Trace {
  /**
   * Inputs: the arguments `x0`, `x1`, …, the variables, the random inputs, the named numbers.
   * Outputs: the results, then the assigned variables.
   */
  readonly program: Program;
  /** Variables that are read or assigned, in the order of the inputs that follow the arguments. */
  readonly variables: readonly tf.Variable[];
  /** Variables that are assigned, in the order of the outputs that follow the results. */
  readonly assigned: readonly tf.Variable[];
  readonly draws: readonly Draw[];
  /** The names of the numbers that became inputs. */
  readonly numbers: readonly string[];
  /** What `traceText` gives as long as the function does the same. */
  readonly text: string;
}

type Traced = (tensors: tf.Tensor[]) => readonly tf.Tensor[];

/**
 * Records what `fn` does with tensors of these shapes and dtypes.
 *
 * The function runs two or three times: once more if it created variables (an optimizer's slots) or kept constants (a
 * layer's table), which by then must exist, and once to see that its constants are the same each time, because what
 * differs, such as random numbers drawn by TensorFlow.js, would be frozen.
 * @param numbers  of the host, that become inputs; afterwards the caller sets them to what they were
 * @throws TraceError, UnsupportedOpError
 */
export function trace(
  fn: Traced,
  specs: readonly ArgumentSpec[],
  numbers: readonly NamedNumber[] = [],
): Trace {
  refuseInsideTrace();
  let first = record(fn, specs, liftNumbers(numbers, 0));
  if (first.created.size > 0 || first.keptConstants) {
    const creating = first;
    first = record(fn, specs, liftNumbers(numbers, 0));
    if (first.created.size > 0)
      throw new TraceError(
        "jit: expected variables to be created at the first call only; got new ones at the second. Create them outside of the function.",
      );
    const why = doesMoreThanCreate(creating, first);
    if (why !== undefined) throw new TraceError(why);
  }
  const second = record(fn, specs, liftNumbers(numbers, 1));
  const text = textOf(first.program);
  if (text !== textOf(second.program))
    throw new TraceError(difference(first, second, () => record(fn, specs, liftNumbers(numbers, 1), [])));
  return { ...first, text, program: simplified(first, specs.length) };
}

/** One recording as a text and its variables, which tell whether a function still does what it did when it was compiled. */
export function traceText(
  fn: Traced,
  specs: readonly ArgumentSpec[],
  numbers: readonly NamedNumber[] = [],
): { text: string; variables: readonly tf.Variable[] } {
  refuseInsideTrace();
  const { program, variables } = record(fn, specs, liftNumbers(numbers, 0));
  return { text: textOf(program), variables };
}

/**
 * The operation, and the line of the user's code, that computes a value of `trace`'s program, as ` in gather at model.ts:3:9`;
 * empty if none does as it stands. Takes one recording.
 */
export function tracePlace(
  output: string,
  fn: Traced,
  specs: readonly ArgumentSpec[],
  numbers: readonly NamedNumber[] = [],
): string {
  refuseInsideTrace();
  const places: Error[] = [];
  const { program } = record(fn, specs, liftNumbers(numbers, 0), places);
  const place = places[program.nodes.findIndex((node) => node.output.name === output)];
  return place ? callSite(place) : "";
}

function textOf(program: Program): string {
  const constants = createHash("sha256");
  for (const { data } of program.constants) constants.update(bytesOf(data));
  return `${printProgram(program)}\n${constants.digest("hex")}`;
}

/** The passes, and a check. If something is wrong, they are made again with a check after each, to name the one. */
function simplified(recorded: Recorded, argumentCount: number): Program {
  const { program } = recorded;
  const powers = powersAmong(program, updatesOf(recorded, argumentCount));
  try {
    return checkProgram(passed(program, powers), "all passes");
  } catch {
    return passed(program, powers, checkProgram);
  }
}

/** The new values of the variables that are assigned, by the names of the inputs that they are. */
function updatesOf({ program, variables, assigned }: Recorded, argumentCount: number): Map<string, Value> {
  const results = program.outputs.length - assigned.length;
  return new Map(
    assigned.map((variable, at) => {
      const { name } = program.inputs[argumentCount + variables.indexOf(variable)] as Value;
      return [name, program.outputs[results + at] as Value];
    }),
  );
}

function passed(
  program: Program,
  powers: ReadonlySet<string>,
  check = (given: Program, _after: string): Program => given,
): Program {
  const passes = {
    ...{
      answerEmptyResults,
      mergeEqualNodes,
      useSmallOperands,
      mergeCopies: mergeEqualNodes,
      simplifyThresholds,
    },
    joinScalarFactors: (given: Program) => joinScalarFactors(given, powers),
    ...{ moveReshapes, moveTransposes, joinReshapes },
    ...{ useParts, turnSquaredDifferences, mergeAgain: mergeEqualNodes },
    ...{ multiplyColumnSums, dropUnused, moveFactorsIntoGemms, splitSlices },
  };
  return Object.entries(passes).reduce(
    (before, [name, pass]) => check(pass(before), name),
    check(program, "trace"),
  );
}

/** @throws TraceError if a trace is being made; what an interrupted one left is put back */
export function refuseInsideTrace(): void {
  if (tf.getBackend() !== traceBackendName) return;
  if (!calledBy(record)) return endUnfinishedTrace();
  throw new TraceError(
    "jit: expected a plain function inside a compiled one; got a compiled one, as `grad` and `valueAndGrad` give, too. " +
      "Call the original, or tf.grad.",
  );
}

let unfinished: (() => void) | undefined;

/** Puts back what an interrupted recording left; for where no recording can be running, after an `await`. */
export function endUnfinishedTrace(): void {
  unfinished?.();
}

/** One run, with what it takes to compare it with another. */
export interface Recorded extends Omit<Trace, "text"> {
  readonly written: Recording["written"];
  /** The stack at which each node was appended, if `record` was given a list for them. */
  readonly places: readonly Error[];
  /** New variables, with their first value. */
  readonly created: Recording["created"];
  /** Whether it left constants behind. */
  readonly keptConstants: boolean;
}

function record(fn: Traced, specs: readonly ArgumentSpec[], lifted: Lifted, places?: Error[]): Recorded {
  const backend = traceBackend();
  unshareVariables();
  const before = new Map(liveVariables().map((variable) => [variable, alias(variable)]));
  const graph = builder();
  const recording: Recording = {
    ...{
      graph,
      constants: new ConstantCalls(graph),
      captured: new Map(),
      created: new Map(),
      written: new Map(),
      draws: [],
      lifted,
      ...(places ? { places } : {}),
    },
    random: watchRandomOps(),
    variables: new Map([...before.keys()].map((variable) => [variable.dataId, variable])),
  };
  const previous = tf.getBackend();
  const depth = scopes();
  let keptConstants = false;
  backend.recording = recording;
  const profileAgain = withoutProfiling();
  const ownGradients = takeGradientsAtOnce();
  const readAgain = answerReads(backend, recording.variables); // their values are other ones at each run
  // Each step may be repeated: an interrupt may end this too.
  const end = (): void => {
    recording.random.stop();
    endScopesFrom(depth);
    backend.recording = undefined;
    switchBackend(previous);
    readAgain();
    ownGradients();
    profileAgain();
    restore(before);
    settle(recording);
    keptConstants ||= backend.settle(recording.constants);
    backend.dispose();
    unfinished = undefined;
  };
  // An interrupt that ends JavaScript by force skips `finally`; the signal comes afterwards.
  const signal = notebookHost()?.interruptSignal();
  unfinished = () => {
    endTape();
    repairEngine();
    end();
  };
  signal?.addEventListener("abort", endUnfinishedTrace, { once: true });
  switchBackend(traceBackendName);
  tf.engine().startScope("trace");
  let recorded: ReturnType<typeof run>;
  try {
    recorded = withLongStacks(() => run(fn, specs, backend, before));
    if (recording.refused) throw recording.refused;
  } catch (error) {
    endTape();
    throw explained(error);
  } finally {
    end();
    signal?.removeEventListener("abort", endUnfinishedTrace);
  }
  return { ...recorded, keptConstants };
}

function run(
  fn: Traced,
  specs: readonly ArgumentSpec[],
  backend: TraceBackend,
  before: ReadonlyMap<tf.Variable, tf.Tensor>,
): Omit<Recorded, "keptConstants"> {
  const recording = backend.recording as Recording;
  const { graph, constants, captured, written, created, draws, lifted, places = [] } = recording;
  const inputs = specs.map(({ shape, dtype }, at) => {
    const value = graph.input(`x${at}`, shape, dtype as DType);
    return tf.engine().makeTensorFromTensorInfo(backend.infoOf(value));
  });
  const outputs = fn(inputs);
  const results = outputs.map((tensor) => backend.symbolOf(tensor));
  for (const tensor of outputs)
    if (backend.owns(tensor) && !(tensor instanceof tf.Variable)) tensor.dispose(); // the library keeps metrics
  const assigned: tf.Variable[] = [];
  const updates: Value[] = [];
  for (const [variable, original] of before) {
    if (variable.dataId === original.dataId) continue;
    if (variable.isDisposed)
      throw new TraceError(
        `jit: expected variables to stay; got ${variableText(variable)} disposed of. Dispose of it outside.`,
      );
    assigned.push(variable);
    updates.push(backend.symbolOf(variable));
    backend.symbolOf(original); // an input, also for a variable that is assigned without being read
  }
  for (const [variable, value] of created)
    if (!constants.isFirst(value) && !variable.isDisposed)
      throw new TraceError(
        "jit: expected new variables to start from constants, or from what other variables held before; " +
          `got ${variableText(variable)}, which depends on arguments or random numbers, or on what was assigned. Create it outside; a layer, by calling it once before.`,
      );
  const program = graph.program([...results, ...updates]);
  const arguments_ = program.inputs.slice(0, specs.length);
  const states = [...captured.values(), ...draws.map(({ value }) => value), ...lifted.inputs.values()];
  return {
    program: { ...program, inputs: [...arguments_, ...states] },
    ...{ variables: [...captured.keys()], assigned, draws, numbers: [...lifted.inputs.keys()] },
    ...{ written, places, created },
  };
}

/** Gives the variables their data back, and frees the aliases that kept these alive. */
function restore(before: ReadonlyMap<tf.Variable, tf.Tensor>): void {
  for (const [variable, original] of before) {
    if (variable.dataId !== original.dataId && !variable.isDisposed) assignAnywhere(variable, original);
    original.dispose();
  }
}

/** Variables that the function created get their first value for good. */
function settle({ created, constants }: Recording): void {
  for (const [variable, value] of created) {
    const data = constants.first(value)?.data;
    if (variable.isDisposed) continue;
    if (!data) variable.dispose();
    else
      tf.tidy(() =>
        variable.assign(tf.tensor(data as Float32Array, [...value.shape], value.dtype as tf.DataType)),
      );
  }
}

function traceBackend(): TraceBackend {
  if (!isRegistered(traceBackendName)) {
    tf.registerBackend(traceBackendName, () => new TraceBackend(), -1);
    registerKernels(allKernels);
  }
  return tf.findBackend(traceBackendName) as TraceBackend;
}

/** TensorFlow.js's complaints, about a missing kernel or what an operation was given, with the line; others as they are. */
function explained(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LatentLabError) return error;
  const kernel = /Kernel '(\w+)' not registered for backend 'trace /.exec(error.message)?.[1];
  if (kernel !== undefined) return unsupported(kernel, "", error);
  return thrownByTensorFlow(error) ? refusedByTensorFlow(error) : error;
}
