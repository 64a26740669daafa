// A program as text, one line a node, for people and for comparing two traces:
//   v3 = Gemm(x, w, b) {transB: 1} : float32[32,16]
import { type Attribute, type Constant, type Node, type Program, typeText, type Value } from "./program.js";

export function printProgram(program: Program): string {
  return [
    ...program.inputs.map((value) => `input ${declared(value)}`),
    ...program.constants.map(printConstant),
    ...program.nodes.map(printNode),
    `return ${program.outputs.map(({ name }) => name).join(", ")}`,
  ].join("\n");
}

export function printNode({ op, inputs, output, attributes, position = 0 }: Node): string {
  const entries = Object.entries(attributes).map(([name, value]) => `${name}: ${printAttribute(value)}`);
  const braces = entries.length > 0 ? ` {${entries.join(", ")}}` : "";
  const which = position > 0 ? `.${position}` : "";
  return `${output.name} = ${op}${which}(${inputs.map(({ name }) => name).join(", ")})${braces} : ${typeText(output)}`;
}

function printConstant({ value, data }: Constant): string {
  const some = Array.from(data.subarray(0, 8) as ArrayLike<number | bigint>, String);
  return `const ${declared(value)} = ${some.join(" ")}${data.length > some.length ? " …" : ""}`;
}

function printAttribute(value: Attribute): string {
  if (typeof value === "object" && "float" in value) return `${value.float}f`;
  return JSON.stringify(value);
}

function declared(value: Value): string {
  return `${value.name} : ${typeText(value)}`;
}
