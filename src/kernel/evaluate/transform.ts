// A TypeScript cell becomes a script for V8's REPL mode: its top-level names are declared with `let` in the
// script scope, where later cells may declare them again with any keyword, and its statements run in an
// async function over them. So user code never runs inside an inspector call: an interrupted one would leave
// a promise behind that crashes the process when it is collected (docs/decisions/0001-live-scope.md).
import MagicString from "magic-string";
import { type ParserOptions, type Program, parseSync } from "oxc-parser";
import { transformSync } from "oxc-transform";
import { magicsToCalls, withoutMagics } from "../magics.js";
import { CellSyntaxError } from "./cell-errors.js";
import {
  awaitName,
  constantName,
  denoName,
  importName,
  magicName,
  metaName,
  rewriteStatements,
} from "./rewrite.js";
import { CellSourceMap } from "./source-map.js";
import { thisNode } from "./this-node.js";

/** A cell that is ready to run. */
export interface CompiledCell {
  /** For `Runtime.evaluate` with `replMode`: declares the names and hands the body to `receiver`. */
  script: string;
  /** Names that the cell declares at its top level. */
  declared: string[];
  /** Of those, the ones declared with `const`, imports included. */
  constants: string[];
  sourceMap: CellSourceMap;
}

/** Where the script puts its body; a global that user code has no reason to touch. */
export const receiver = "__latentLabCell";
const parameters = [importName, metaName, constantName, awaitName, magicName, denoName].join(", ");

/**
 * Compiles a cell.
 * @param name what tracebacks call it, e.g. `Cell [3]`
 * @param constants names that earlier cells declared as constants
 * @throws CellSyntaxError with line, column and what was expected
 */
export function compileCell(code: string, name: string, constants: ReadonlySet<string>): CompiledCell {
  const plainCode = magicsToCalls(code, magicName);
  const tooDeep = deepBracket(plainCode);
  if (tooDeep !== undefined)
    throw new CellSyntaxError(name, plainCode, tooDeep.problem, [{ ...tooDeep, message: null }]);
  const { program: written } = parseSync("cell.ts", plainCode, { lang: "ts", sourceType: "module" });
  const stripped = transformSync("cell.ts", withoutTypeImports(plainCode, written), {
    lang: "ts",
    sourceType: "module",
    sourcemap: true,
    target: thisNode,
    // Imports stay even if this cell does not use them: the next one may.
    typescript: { onlyRemoveTypeImports: true },
    decorator: { legacy: true },
  });
  const error = stripped.errors.find((each) => each.severity === "Error");
  if (error) throw new CellSyntaxError(name, plainCode, error.message, error.labels);

  const { program } = parseSync("cell.js", stripped.code, parseOptions);
  const text = new MagicString(stripped.code);
  const names = rewriteStatements(text, program, {
    returnsLast: endsWithExpression(written) && !endsWithMagic(code),
    constants,
  });
  const declaration = names.declared.length > 0 ? `let ${names.declared.join(", ")};` : "";
  text.prepend(`"use strict";${declaration}globalThis.${receiver} = async (${parameters}) => {\n`);
  // The blank line keeps a trailing comment from swallowing the brace.
  text.append("\n};");
  const sourceMap = new CellSourceMap({
    code,
    toStripped: text.generateDecodedMap({ hires: "boundary", source: "cell.js" }),
    toSource: stripped.map ?? undefined,
  });
  return { script: `${text.toString()}\n//# sourceURL=${scriptName(name)}`, ...names, sourceMap };
}

const deepest = 2000;

/** Where brackets, those in texts and comments counted as well, go deeper than a native parser's stack allows. */
function deepBracket(code: string): { problem: string; start: number; end: number } | undefined {
  let depth = 0;
  for (let at = 0; at < code.length; at++) {
    const character = code[at] as string;
    if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth--;
    if (depth > deepest)
      return { problem: `Brackets are nested more than ${deepest} deep.`, start: at, end: at + 1 };
  }
  return undefined;
}

/** V8 ignores a `sourceURL` with a space. */
export function scriptName(name: string): string {
  return name.replaceAll(" ", "");
}

const parseOptions: ParserOptions = { lang: "js", sourceType: "module" };

/** Whether the cell's last statement is an expression, in its own words: an `enum` compiles to one. */
function endsWithExpression({ body }: Program): boolean {
  return body.at(-1)?.type === "ExpressionStatement";
}

/** A magic compiles to a call, whose value is nobody's result. */
function endsWithMagic(code: string): boolean {
  return withoutMagics(code).trim() === "";
}

/** Blanks imports of which every name is a `type`: they would be left as imports of nothing, and load the module. */
function withoutTypeImports(code: string, { body }: Program): string {
  let text = code;
  for (const node of body) {
    if (node.type !== "ImportDeclaration" || node.specifiers.length === 0) continue;
    const types = node.specifiers.every(
      (each) => each.type === "ImportSpecifier" && each.importKind === "type",
    );
    if (!types) continue;
    const blank = text.slice(node.start, node.end).replace(/[^\n]/g, " ");
    text = text.slice(0, node.start) + blank + text.slice(node.end);
  }
  return text;
}
