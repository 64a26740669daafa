// Is a program well formed? Run after the passes, and when something is wrong after each of them, so that a mistake of
// ours is found where it was made and not as an unreadable message of ONNX Runtime's. Names, order, sizes, and the shapes
// and dtypes of the common operators.

import { InternalError } from "../errors.js";
import { refusedDType } from "./engine-dtypes.js";
import { printNode } from "./print.js";
import { type DType, type Node, type Program, sizeOf, typeText, type Value } from "./program.js";
import { broadcastShapes } from "./shapes.js";

const bytesPerElement: Readonly<Record<DType, number>> = { float32: 4, int32: 4, bool: 1, int64: 8 };

type Line = () => string;

/** @returns the same program. @throws InternalError that shows the line and says what is wrong */
export function checkProgram(program: Program, after: string): Program {
  // The line is printed only for an error.
  const fail = (line: Line, why: string): never => {
    throw new InternalError(`after ${after}, «${line()}»: ${why}`);
  };
  const defined = new Map<string, Value>();
  const define = (value: Value, line: Line): void => {
    if (defined.has(value.name)) fail(line, `${value.name} is defined twice`);
    if (!isStatic(value)) fail(line, "has no static shape");
    defined.set(value.name, value);
  };
  const use = (value: Value, line: Line): void => {
    const found = defined.get(value.name);
    if (!found) fail(line, `${value.name} is used before it is defined`);
    else if (found !== value && typeText(found) !== typeText(value))
      fail(line, `${value.name} is ${typeText(found)}`);
  };
  for (const value of program.inputs) define(value, () => `input ${value.name}`);
  for (const { value, data } of program.constants) {
    define(value, () => `const ${value.name}`);
    if (data.byteLength !== sizeOf(value.shape) * bytesPerElement[value.dtype])
      fail(() => `const ${value.name}`, `${typeText(value)} holds ${data.byteLength} bytes`);
  }
  for (const node of program.nodes) {
    const line = (): string => printNode(node);
    for (const value of node.inputs) use(value, line);
    const why = wrongTypes(node) ?? refusedDType(node);
    if (why !== undefined) fail(line, why);
    define(node.output, line);
  }
  for (const value of program.outputs) use(value, () => `return ${value.name}`);
  return program;
}

function isStatic({ shape }: Value): boolean {
  return shape.every((size) => Number.isInteger(size) && size >= 0);
}

const sameDType = new Set(["Add", "Sub", "Mul", "Div", "Pow", "Max", "Min"]);
const comparisons = new Set(["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal"]);
const logic = new Set(["And", "Or", "Not"]);
const keepsSize = new Set(["Reshape", "Transpose", "Cast"]);

/** What is wrong with a node's types, `undefined` if nothing that this knows. */
export function wrongTypes({ op, inputs, output, attributes }: Node): string | undefined {
  const [first, second] = inputs;
  if (!isStatic(output)) return "has no static shape";
  if (!first) return op.startsWith("Random") ? undefined : "has no inputs";
  const dtypes = new Set(inputs.map(({ dtype }) => dtype));
  if (sameDType.has(op) && (dtypes.size > 1 || output.dtype !== first.dtype)) return "mixes dtypes";
  if (comparisons.has(op) && (dtypes.size > 1 || output.dtype !== "bool")) return "mixes dtypes";
  if (logic.has(op) && (dtypes.size > 1 || first.dtype !== "bool" || output.dtype !== "bool"))
    return "takes and gives bool";
  if ((sameDType.has(op) || comparisons.has(op) || logic.has(op)) && !broadcasts(inputs, output))
    return "does not broadcast to its shape";
  if (keepsSize.has(op) && sizeOf(first.shape) !== sizeOf(output.shape))
    return "changes the number of elements";
  if (op === "MatMul" && second && first.shape.at(-1) !== second.shape.at(-2)) return "inner sizes differ";
  if (op === "Concat" && dtypes.size > 1) return "mixes dtypes";
  if (op === "Concat" && !joins(inputs, attributes.axis as number)) return "joins shapes that differ";
  if (outsideAxes(attributes, first.shape.length)) return `names an axis that [${first.shape}] does not have`;
  return undefined;
}

/** Whether shapes are the same but along one axis. */
function joins([first, ...others]: readonly Value[], axis: number): boolean {
  const rest = ({ shape }: Value): string => shape.toSpliced(axis, 1).join();
  return others.every((value) => value.shape.length === first?.shape.length && rest(value) === rest(first));
}

function outsideAxes({ axis, axes, perm }: Node["attributes"], rank: number): boolean {
  const named = [axis ?? [], axes ?? [], perm ?? []].flat() as number[];
  if (Array.isArray(perm) && new Set(perm).size < rank) return true;
  return named.some((each) => each < -rank || each >= rank);
}

function broadcasts(inputs: readonly Value[], output: Value): boolean {
  const shape = inputs.map((value) => value.shape).reduce((a, b) => broadcastShapes(a, b) ?? [-1]);
  return shape.join() === output.shape.join();
}
