// What ONNX Runtime says when a program stops while it runs, in words for the person whose data it were: with the line of
// their code, for which the function is recorded once more.
import type * as tf from "@tensorflow/tfjs-core";
import { UsageError } from "../core/errors.js";
import { EngineError } from "./errors.js";
import type { Program } from "./graph/program.js";
import { computedBy } from "./onnx/lower.js";
import { withoutSource } from "./session/onnx-runtime.js";
import { variableText } from "./trace/compare.js";

/** The program that ran. */
interface Ran {
  readonly program: Program;
  readonly variables: readonly tf.Variable[];
  /** How many inputs of the program come before the variables. */
  readonly given: number;
  /** See `tracePlace`. */
  placeOf(output: string): string;
}

/** What stopped, as ONNX Runtime tells it. */
interface Stop {
  /** ONNX's name. */
  readonly operator: string;
  /** The program's value that was being computed. */
  readonly value: string;
  readonly status: string;
}

/** Of an error of `Session.run`. */
export function runError(error: Error, ran: Ran): Error {
  const message = error.message
    .replace(/^failed to call OrtRun\(\)\. ERROR_CODE: \d+, ERROR_MESSAGE: /, "")
    .trim();
  const stop = stopIn(message);
  const memory = /requested buffer of size (\d+)|bad_alloc|SafeIntOnOverflow|shape is too large/.exec(
    message,
  );
  if (memory) {
    const size = memory[1] ? `${(Number(memory[1]) / 1e9).toFixed(1)} GB` : "enough";
    return new EngineError(
      `jit: expected a program that fits into memory; ONNX Runtime did not get ${size}${stop ? placeOf(stop, ran) : ""}. ` +
        "Take fewer rows at once, as by a smaller batchSize.",
      { cause: error },
    );
  }
  if (!stop) return error;
  const { operator, status } = stop;
  const index = wrongIndex(status);
  if (index !== undefined)
    return new UsageError(
      `jit: expected indices ${index}${placeOf(stop, ran)} (of ${readBy(stop, ran) ?? askedBy[operator] ?? operator}). ` +
        "Look at the data that they come from.",
    );
  return new EngineError(
    `jit: expected a program that runs; ONNX Runtime stopped in ${operator}${placeOf(stop, ran)}: ${withoutSource(status)}`,
    { cause: error },
  );
}

/** The innermost node: those around it, as a training's Loop, repeat the message. */
function stopIn(message: string): Stop | undefined {
  const [, operator, node, status] =
    /.*running (\w+) node\. Name:'([^']*)' Status Message: (.*)/s.exec(message) ?? [];
  if (operator === undefined || node === undefined || status === undefined) return undefined;
  return { operator, value: computedBy(node), status };
}

function placeOf({ value }: Stop, ran: Ran): string {
  try {
    return ran.placeOf(value);
  } catch {
    return ""; // it records no longer, which is another error than the one to be told
  }
}

/** The variable that the operation reads first, if it does. */
function readBy({ value }: Stop, { program, variables, given }: Ran): string | undefined {
  const read = program.nodes.find(({ output }) => output.name === value)?.inputs[0];
  const variable = read && variables[program.inputs.indexOf(read) - given];
  return variable && variableText(variable);
}

/** Who has indices, by ONNX's operator. */
const askedBy: Readonly<Record<string, string>> = {
  Gather: "tf.gather or an embedding layer",
  GatherND: "tf.gatherND, or of tf.gather with batchDims",
  ScatterElements: "tf.scatterND",
  ScatterND: "tf.tensorScatterUpdate or tf.sparseToDense",
};

/** As in `from 0 to 9; got 12`. The kernels (trace/ops/scatter.ts) lower negative indices by the size. */
function wrongIndex(status: string): string | undefined {
  const [, given, last] = /idx=(-?\d+) must be within the inclusive range \[-?\d+,(\d+)\]/.exec(status) ?? [];
  if (given !== undefined && last !== undefined) {
    const size = Number(last) + 1;
    return `from 0 to ${last}; got ${Number(given) < 0 ? Number(given) + size : given}`;
  }
  const [, place] = /invalid ind(?:ex|ice) found, ind(?:ex|ice) = (-?\d+)/.exec(status) ?? [];
  if (place === undefined) return undefined;
  return Number(place) < 0 ? "of 0 or more; got a negative one" : `within the tensor; got ${place}`;
}
