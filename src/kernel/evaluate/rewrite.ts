// What is rewritten in a cell's statements: declarations at the top level become assignments to names of the
// script scope; imports, `import()` and `import.meta` go to the kernel; the last expression is returned.
// Everything else is the language's own.
import type MagicString from "magic-string";
import type { Class, Function as FunctionNode, Program, Statement, VariableDeclaration } from "oxc-parser";
import { type AnyNode, children, isFunctionScope, patternNames } from "./ast.js";
import { findConstantWrites } from "./constant-writes.js";

/** Parameters of a cell's body: what `import()` and `import.meta` become. */
export const importName = "__latentLabImport";
export const metaName = "__latentLabMeta";
/** Wraps what is awaited: the code after it belongs to the same cell, and stops if that was interrupted. */
export const awaitName = "__latentLabAwait";
/** Runs a magic, such as `%npm install lodash`. */
export const magicName = "__latentLabMagic";
/** What `Deno.jupyter` becomes. */
export const denoName = "__latentLabDeno";
/**
 * A global function that does nothing, called at each turn of a loop that calls something. V8 looks for interrupts where
 * JavaScript functions begin, and in loops only now and then: by the amount of bytecode, of which a loop over a slow
 * native call (`JSON.parse`, `structuredClone`) has too little.
 */
export const checkpointName = "__latentLabCheckpoint";
/** Gives an object whose `value` cannot be assigned, with the constant's name. */
export const constantName = "__latentLabConstant";

export interface Names {
  declared: string[];
  constants: string[];
}

interface Options {
  /** Whether the value of the last statement is the cell's result. */
  returnsLast: boolean;
  /** Constants of earlier cells, whose assignment must still fail. */
  constants: ReadonlySet<string>;
}

/** Rewrites `text`, the source of `program`, in place. */
export function rewriteStatements(text: MagicString, program: Program, options: Options): Names {
  const rewriter = new Rewriter(text);
  const last = program.body.findLast((statement) => !isModuleMark(statement));
  for (const statement of program.body) rewriter.statement(statement);
  if (options.returnsLast && last?.type === "ExpressionStatement") {
    // After what was added inside it, which may end at the same place. In a box, since an async function
    // would await a promise that it returns.
    text.appendLeft(last.expression.start, "return { value: (");
    text.appendLeft(last.expression.end, ") }");
  }
  const constants = new Set(options.constants);
  for (const name of rewriter.declared) constants.delete(name);
  for (const name of rewriter.constants) constants.add(name);
  rewriteConstantWrites(text, program, constants);
  return { declared: [...rewriter.declared], constants: [...rewriter.constants] };
}

/** The `export {}` that the type stripping leaves behind where all imports were of types. */
function isModuleMark(statement: Statement): boolean {
  if (statement.type !== "ExportNamedDeclaration") return false;
  return statement.declaration === null && statement.specifiers.length === 0;
}

class Rewriter {
  readonly declared = new Set<string>();
  readonly constants = new Set<string>();
  readonly #text: MagicString;

  constructor(text: MagicString) {
    this.#text = text;
  }

  /** A statement at the top level. */
  statement(node: Statement): void {
    switch (node.type) {
      case "ImportDeclaration":
        return this.#import(node);
      case "ExportNamedDeclaration":
      case "ExportDefaultDeclaration":
      case "ExportAllDeclaration":
        return this.#export(node);
      case "FunctionDeclaration":
        return this.#function(node);
      case "ClassDeclaration":
        return this.#class(node);
      case "VariableDeclaration":
        if (node.kind === "var" || node.kind === "let" || node.kind === "const") this.#variables(node, true);
        break;
      default:
        break;
    }
    this.#nested(node);
  }

  #import(node: Extract<Statement, { type: "ImportDeclaration" }>): void {
    const call = `await ${importName}(${JSON.stringify(node.source.value)})`;
    const names: string[] = [];
    let namespace: string | undefined;
    for (const specifier of node.specifiers) {
      const local = specifier.local.name;
      this.#declare(local, true);
      if (specifier.type === "ImportNamespaceSpecifier") namespace = local;
      else if (specifier.type === "ImportDefaultSpecifier") names.push(`default: ${local}`);
      else names.push(`${JSON.stringify(moduleName(specifier.imported))}: ${local}`);
    }
    const parts = [];
    if (namespace !== undefined) parts.push(`${namespace} = ${call};`);
    if (names.length > 0) parts.push(`({ ${names.join(", ")} } = ${namespace ?? call});`);
    this.#text.overwrite(node.start, node.end, parts.length > 0 ? parts.join(" ") : `${call};`);
    if (node.start > 0) this.#text.move(node.start, node.end, 0);
  }

  #export(node: Extract<Statement, { type: `Export${string}` }>): void {
    if (node.type === "ExportNamedDeclaration" && node.declaration !== null) {
      this.#text.remove(node.start, node.declaration.start);
      return this.statement(node.declaration as Statement);
    }
    if (node.type === "ExportDefaultDeclaration") {
      this.#text.remove(node.start, node.declaration.start);
      const { declaration } = node;
      const named = "id" in declaration && declaration.id !== null;
      if (named && declaration.type === "FunctionDeclaration") return this.#function(declaration);
      if (named && declaration.type === "ClassDeclaration") return this.#class(declaration);
      this.#text.appendLeft(declaration.start, "(");
      this.#text.appendLeft(declaration.end, ");");
      return this.#nested(declaration);
    }
    const source = "source" in node ? node.source : null;
    const text = source === null ? "" : `await ${importName}(${JSON.stringify(source.value)});`;
    this.#text.overwrite(node.start, node.end, text || ";");
  }

  /** `function f() {}` → `f = function() {};` before everything else, as functions are hoisted. */
  #function(node: FunctionNode): void {
    if (node.id === null) return;
    this.#declare(node.id.name, false);
    const keyword = `${node.async ? "async " : ""}function${node.generator ? "*" : ""}`;
    this.#text.overwrite(node.start, node.id.end, `${node.id.name} = ${keyword}`);
    this.#text.appendLeft(node.end, ";\n");
    this.#nested(node);
    if (node.start > 0) this.#text.move(node.start, node.end, 0);
  }

  #class(node: Class): void {
    if (node.id === null) return;
    this.#declare(node.id.name, false);
    // Decorators stand before the keyword; the type stripping has already compiled them away.
    this.#text.overwrite(node.start, node.id.end, `${node.id.name} = class`);
    this.#text.appendLeft(node.end, ";");
    this.#nested(node);
  }

  /** `let a = 1, { b } = c` → `(a = 1), ({ b } = c)`. */
  #variables(node: VariableDeclaration, isStatement: boolean): void {
    const [first] = node.declarations;
    if (first === undefined) return;
    this.#text.remove(node.start, first.start);
    for (const { id, init, start, end } of node.declarations) {
      for (const name of patternNames(id)) this.#declare(name, node.kind === "const");
      if (init === null && !isStatement) continue; // the left side of for…of and for…in
      // A repeated `var x;` keeps its value, as the language has it; `let x;` starts anew by its declaration.
      this.#text.appendLeft(start, "(");
      this.#text.appendLeft(end, ")");
    }
  }

  #declare(name: string, constant: boolean): void {
    this.declared.add(name);
    if (constant) this.constants.add(name);
  }

  /** Inside a statement: `await`, `import()`, `import.meta`, and each `var` that would reach the top level. */
  #nested(node: AnyNode, insideFunction = isFunctionScope(node)): void {
    for (const child of children(node)) {
      if (child.type === "ImportExpression") {
        this.#text.update(child.start, child.start + "import".length, importName);
      } else if (child.type === "MetaProperty" && child.meta.name === "import") {
        this.#text.update(child.start, child.end, metaName);
      } else if (isDenoJupyter(child)) {
        this.#text.update(child.start, child.end, denoName);
        continue;
      } else if (child.type === "AwaitExpression") {
        this.#text.appendLeft(child.argument.start, `${awaitName}(`);
        this.#text.appendLeft(child.argument.end, ")");
      } else if (child.type === "VariableDeclaration" && child.kind === "var" && !insideFunction) {
        this.#variables(child, !isLoopLeft(node, child));
      }
      this.#nested(child, insideFunction || isFunctionScope(child));
    }
    if (isLoop(node) && callsSomething(node)) this.#checkpoint(node.body);
  }

  /** `body` → `{ checkpoint; body }`. By way of `globalThis`, as the text of a function may run in a worker of the user's. */
  #checkpoint(body: AnyNode): void {
    this.#text.appendLeft(body.start, `{ globalThis.${checkpointName}?.(); `);
    this.#text.appendLeft(body.end, " }");
  }
}

type Loop = Extract<AnyNode, { type: `For${string}Statement` | "WhileStatement" | "DoWhileStatement" }>;

function isLoop(node: AnyNode): node is Loop {
  return /^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type);
}

/** Whether a node calls, not counting functions in it. */
function callsSomething(node: AnyNode): boolean {
  if (/^(Call|New|TaggedTemplate|Import)Expression$/.test(node.type)) return true;
  return children(node).some((child) => !isFunctionScope(child) && callsSomething(child));
}

function isDenoJupyter(node: AnyNode): boolean {
  if (node.type !== "MemberExpression" || node.computed) return false;
  const { object, property } = node;
  return object.type === "Identifier" && object.name === "Deno" && property.name === "jupyter";
}

function isLoopLeft(parent: AnyNode, child: AnyNode): boolean {
  return (parent.type === "ForInStatement" || parent.type === "ForOfStatement") && parent.left === child;
}

function moduleName(node: { type: string; name?: string; value?: unknown }): string {
  return node.type === "Literal" ? String(node.value) : String(node.name);
}

/** `c = 2` for a constant → an assignment to a property whose setter throws what the language throws. */
function rewriteConstantWrites(text: MagicString, program: Program, constants: ReadonlySet<string>): void {
  if (constants.size === 0) return;
  for (const { name, start, end, shorthand } of findConstantWrites(program, constants)) {
    const target = `${constantName}(${JSON.stringify(name)}).value`;
    text.update(start, end, shorthand ? `${name}: ${target}` : target);
  }
}
