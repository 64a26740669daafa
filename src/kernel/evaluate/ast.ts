// Small questions about syntax trees (ESTree as oxc-parser makes it).
import { type Node, visitorKeys } from "oxc-parser";

export type AnyNode = Node;

/** The child nodes, in the order of the source. */
export function children(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = [];
  const fields = node as unknown as Record<string, unknown>;
  for (const key of visitorKeys[node.type] ?? []) {
    const value = fields[key];
    // One by one: a list may be longer than a call has room for.
    if (Array.isArray(value)) {
      for (const each of value) if (each !== null) found.push(each);
    } else if (value !== null && value !== undefined) found.push(value as AnyNode);
  }
  return found;
}

/** Whether `var` inside the node stays inside it. */
export function isFunctionScope(node: AnyNode): boolean {
  return (
    node.type === "FunctionDeclaration" ||
    node.type === "FunctionExpression" ||
    node.type === "ArrowFunctionExpression" ||
    node.type === "StaticBlock" ||
    node.type === "PropertyDefinition"
  );
}

/** The identifiers that a pattern binds (or assigns): `{ a, b: [c = 1, ...d] }` → a, c, d. */
export function patternTargets(node: AnyNode | null): AnyNode[] {
  switch (node?.type) {
    case undefined:
      return [];
    case "ObjectPattern":
      return node.properties.flatMap((property) =>
        patternTargets(property.type === "RestElement" ? property.argument : property.value),
      );
    case "ArrayPattern":
      return node.elements.flatMap((element) => patternTargets(element));
    case "AssignmentPattern":
      return patternTargets(node.left);
    case "RestElement":
      return patternTargets(node.argument);
    default:
      return [node as AnyNode];
  }
}

/** Names that a pattern binds. */
export function patternNames(node: AnyNode): string[] {
  return patternTargets(node).flatMap((target) => (target.type === "Identifier" ? [target.name] : []));
}
