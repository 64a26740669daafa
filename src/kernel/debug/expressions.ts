// TypeScript that the user types while debugging, made ready for V8: types are stripped, nothing else changes.
import { oxc } from "./oxc.js";
import { DebugError } from "./protocol.js";

/** An expression's JavaScript in parentheses, or `undefined` if the code is no expression. */
export function expressionToJavaScript(code: string): string | undefined {
  const wrapped = `(${code.trim().replace(/;+$/, "")}\n)`;
  const { errors, program } = oxc().parseSync("expression.ts", wrapped, { lang: "ts", sourceType: "script" });
  const [statement] = program.body;
  if (errors.length > 0 || program.body.length !== 1 || statement?.type !== "ExpressionStatement")
    return undefined;
  return `(${strip(wrapped).trim().replace(/;$/, "")})`;
}

/** @throws DebugError with the syntax error */
export function statementsToJavaScript(code: string): string {
  return strip(code);
}

function strip(code: string): string {
  const { errors, code: plain } = oxc().transformSync("expression.ts", code, {
    lang: "ts",
    sourceType: "script",
    target: "esnext",
    typescript: { onlyRemoveTypeImports: true },
  });
  const error = errors.find(({ severity }) => severity === "Error");
  if (error) throw new DebugError(`SyntaxError: ${error.message}`);
  return plain;
}

/** `loss is {loss}` → code that prints it and does not stop. Braces hold expressions. */
export function logCondition(message: string): string {
  const parts = message.split(/\{([^{}]*)\}/).map((part, index) => {
    if (index % 2 === 0) return JSON.stringify(part.trim());
    return expressionToJavaScript(part) ?? JSON.stringify(`{${part}}`);
  });
  return `(console.log(${parts.filter((part) => part !== '""').join(", ")}), false)`;
}
