// Why an operation could not be recorded, for the person who wrote it: by their mistake, then in TensorFlow.js's own words;
// or because there is no ONNX form of it for such operands. Each names the operation and the line.
import * as tf from "@tensorflow/tfjs-core";
import { LatentLabError, ShapeError, UsageError } from "../../core/errors.js";
import { computedOnCpu } from "../../core/on-cpu.js";
import { InternalError, UnsupportedOpError } from "../errors.js";
import { typeText } from "../graph/program.js";
import { callSite } from "./call-site.js";

/** @param how  what about it has no ONNX form, as in `with boolean operands` */
export function unsupported(kernel: string, how = "", cause?: Error): UnsupportedOpError {
  const message =
    `jit: expected operations that can be compiled; got ${kernel}${callSite(cause ?? new Error())}${how && ` ${how}`}. ` +
    "Run that part outside of jit, or write it with other operations or dtypes; docs/ops.md lists them.";
  return new UnsupportedOpError(kernel, message, cause ? { cause } : {});
}

/** What TensorFlow.js's operations refuse before a kernel is asked, in its words. */
export function refusedByTensorFlow(error: Error): UsageError {
  const kernel = /gradient function not found for (\w+)/.exec(error.message)?.[1];
  if (kernel !== undefined)
    return new UsageError(
      `jit: expected operations that have a gradient in TensorFlow.js; got ${kernel}${callSite(error)}, which has none. ` +
        "Write it with other operations, or give it a gradient by tf.customGrad; docs/ops.md lists which have one.",
      { cause: error },
    );
  return new UsageError(
    `jit: expected what TensorFlow.js takes; got an error${callSite(error)}: ${error.message.replace(/\.$/, "")}. ` +
      "Change the operands, or the operation.",
    { cause: error },
  );
}

/** What a kernel of ours was called with when it failed. */
export interface FailedCall {
  readonly kernel: string;
  readonly inputs: tf.NamedTensorInfoMap;
  readonly attributes: tf.NamedAttrMap | undefined;
}

/**
 * The error to throw for one of a kernel of ours: errors with a message for the user as they are; for others TensorFlow.js's
 * CPU kernel is asked, which complains of what nobody can compute.
 */
export function explainedFailure(error: unknown, { kernel, inputs, attributes }: FailedCall): unknown {
  if (error instanceof LatentLabError && !(error instanceof InternalError)) return error;
  const operands = Object.values(inputs).flatMap((tensor) => (tensor ? [tensor as tf.TensorInfo] : []));
  const types = operands.map(({ shape, dtype }) => typeText({ shape, dtype: dtype as "float32" }));
  const why = complaint({ kernel, inputs, attributes });
  if (why !== undefined) {
    const ofDTypes = /\bdtypes?\b/.test(why);
    const shown = ofDTypes ? types : operands.map(({ shape }) => `[${shape}]`);
    const place = callSite(error as Error) || ` in ${kernel}`;
    return new (ofDTypes ? UsageError : ShapeError)(
      `jit: expected operands that go together; got ${shown.join(" and ")}${place}: ${why.replace(/\.$/, "")}. Change them, or the operation.`,
    );
  }
  return unsupported(kernel, `of ${types.join(" and ")}`, error as Error);
}

/** Elements of operands up to which the CPU kernel is asked: it computes if nothing is wrong. */
const mostElements = 2e7;

/** What TensorFlow.js's CPU kernel says to zeros of these shapes; `undefined` if it takes them, or is not there. */
function complaint({ kernel, inputs, attributes }: FailedCall): string | undefined {
  const given = Object.entries(inputs).flatMap(([name, tensor]) =>
    tensor ? [[name, tensor as tf.TensorInfo] as const] : [],
  );
  const elements = given.reduce((sum, [, { shape }]) => sum + tf.util.sizeFromShape(shape), 0);
  if (elements > mostElements) return undefined;
  const zeros = given.map(([name, { shape, dtype }]) => {
    const data = tf.util.makeZerosTypedArray(tf.util.sizeFromShape(shape), dtype as "float32");
    return [name, { data, shape, dtype }] as const;
  });
  try {
    computedOnCpu(
      kernel,
      Array.isArray(inputs) ? zeros.map(([, each]) => each) : Object.fromEntries(zeros),
      attributes,
    );
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
