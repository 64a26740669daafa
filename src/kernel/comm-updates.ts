// Which messages of a comm may be joined. The widget protocol's `update` says new values of some attributes, so two
// in a row say as much as one; of any other message each one counts.
// Specification: ipywidgets, "Model state", packages/schema/messages.md, version 2.1.0.

const widgetTarget = "jupyter.widget";

interface Update {
  kind: string;
  data: Record<string, unknown>;
  buffers: readonly unknown[];
}

/** Whether a message may be joined with its like before and after it. */
export function mergeable(target: string, { kind, data, buffers }: Update): boolean {
  return target === widgetTarget && kind === "message" && data.method === "update" && buffers.length === 0;
}

/** Data of one update that says what two said, the later one last. */
export function mergedData(
  earlier: Record<string, unknown>,
  later: Record<string, unknown>,
): Record<string, unknown> {
  return { ...later, state: { ...(earlier.state as object), ...(later.state as object) } };
}
