// What ONNX Runtime says when a program stops while it runs, in words for the person whose data it were.
import { UsageError } from "../../core/errors.js";
import { EngineError } from "../errors.js";

/** @param message  of ONNX Runtime's error */
export function runError(message: string): Error {
  // The innermost node: those around it, as a training's Loop, repeat the message.
  const [, operator, status] =
    /.*running (\w+) node\. Name:'[^']*' Status Message: (.*)/s.exec(message.trim()) ?? [];
  if (operator === undefined || status === undefined) return new EngineError(message);
  const index = wrongIndex(status);
  if (index !== undefined)
    return new UsageError(
      `jit: expected indices ${index} (${askedBy[operator] ?? operator}). Look at the data that they come from.`,
    );
  return new EngineError(
    `jit: expected a program that runs; ONNX Runtime stopped in ${operator}: ${withoutSource(status)}`,
  );
}

/** Without the place in its source, and the condition there, with which ONNX Runtime's messages may begin. */
export function withoutSource(message: string): string {
  return message
    .trim()
    .replace(/^\S+\.(cc|h):\d+ (.*?operator\(\) )?/, "")
    .replace(/^.* was false\. /s, "");
}

/** Who has indices, by ONNX's operator. */
const askedBy: Readonly<Record<string, string>> = {
  Gather: "of tf.gather or an embedding layer",
  GatherND: "of tf.gatherND, or of tf.gather with batchDims",
  ScatterElements: "of tf.scatterND",
  ScatterND: "of tf.tensorScatterUpdate or tf.sparseToDense",
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
