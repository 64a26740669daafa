// Finds assignments to constants of the notebook. The scope that cells share holds all names as `let`, since
// V8 lets a name be declared again only with the same keyword; what `const` promises is kept here.
import type { Program } from "oxc-parser";
import { type AnyNode, children, isFunctionScope, patternNames, patternTargets } from "./ast.js";

/** An identifier in the place of an assignment's target. */
export interface ConstantWrite {
  name: string;
  start: number;
  end: number;
  /** Inside `{ name }` as a pattern, where it stands for `{ name: name }`. */
  shorthand: boolean;
}

/** Assignments to any of `constants` that no inner declaration shadows. */
export function findConstantWrites(program: Program, constants: ReadonlySet<string>): ConstantWrite[] {
  const found: ConstantWrite[] = [];
  const visit = (node: AnyNode, shadowed: ReadonlySet<string>): void => {
    const inner = node.type === "Program" ? shadowed : withDeclarations(node, shadowed);
    for (const target of writeTargets(node)) {
      if (target.type !== "Identifier" || !constants.has(target.name) || inner.has(target.name)) continue;
      found.push({
        name: target.name,
        start: target.start,
        end: target.end,
        shorthand: isShorthand(node, target),
      });
    }
    for (const child of children(node)) visit(child, inner);
  };
  visit(program, new Set());
  return found;
}

/** What a node assigns to. */
function writeTargets(node: AnyNode): AnyNode[] {
  if (node.type === "AssignmentExpression") return patternTargets(node.left);
  if (node.type === "UpdateExpression") return [node.argument];
  if (node.type === "ForInStatement" || node.type === "ForOfStatement") {
    return node.left.type === "VariableDeclaration" ? [] : patternTargets(node.left);
  }
  return [];
}

/** `shadowed` and the names that the node's own scope declares. */
function withDeclarations(node: AnyNode, shadowed: ReadonlySet<string>): ReadonlySet<string> {
  const names = isFunctionScope(node) ? functionNames(node) : blockNames(node);
  return names.length > 0 ? new Set([...shadowed, ...names]) : shadowed;
}

function functionNames(node: AnyNode): string[] {
  const names: string[] = [];
  if ("params" in node && Array.isArray(node.params)) {
    for (const parameter of node.params as AnyNode[]) names.push(...patternNames(parameter));
  }
  if (node.type === "FunctionExpression" && node.id !== null) names.push(node.id.name);
  // `var` reaches the function from any block in it.
  const collect = (inner: AnyNode): void => {
    if (inner.type === "VariableDeclaration" && inner.kind === "var") {
      for (const { id } of inner.declarations) names.push(...patternNames(id));
    }
    if (!isFunctionScope(inner)) for (const child of children(inner)) collect(child);
  };
  for (const child of children(node)) collect(child);
  return names;
}

function blockNames(node: AnyNode): string[] {
  if (node.type === "CatchClause") return node.param === null ? [] : patternNames(node.param);
  if (node.type === "ClassExpression" || node.type === "ClassDeclaration")
    return node.id ? [node.id.name] : [];
  const holders: AnyNode[] =
    node.type === "BlockStatement" || node.type === "SwitchStatement"
      ? children(node).flatMap((child) => (child.type === "SwitchCase" ? children(child) : [child]))
      : node.type === "ForStatement" || node.type === "ForInStatement" || node.type === "ForOfStatement"
        ? children(node).slice(0, 1)
        : [];
  return holders.flatMap((statement) => {
    if (statement.type === "VariableDeclaration" && statement.kind !== "var") {
      return statement.declarations.flatMap(({ id }) => patternNames(id));
    }
    const named = statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration";
    return named && statement.id ? [statement.id.name] : [];
  });
}

/** Whether `target` is the `name` of a `{ name }` or `{ name = default }` somewhere in the pattern. */
function isShorthand(node: AnyNode, target: AnyNode): boolean {
  if (node.type === "Property" && node.shorthand) {
    const { value } = node;
    return value === target || (value.type === "AssignmentPattern" && value.left === target);
  }
  return children(node).some((child) => contains(child, target) && isShorthand(child, target));
}

function contains(node: AnyNode, inner: AnyNode): boolean {
  return node.start <= inner.start && inner.end <= node.end;
}
