// The parts of the Debug Adapter Protocol that the kernel speaks, as types, and errors that become replies.
// https://microsoft.github.io/debug-adapter-protocol/specification

/** A request as it comes in `debug_request`; nothing of it is trusted. */
export interface DebugRequest {
  seq: number;
  command: string;
  arguments: Record<string, unknown>;
}

export type Body = Record<string, unknown>;

/** One line of the variables' view. */
export interface Variable {
  name: string;
  value: string;
  type?: string;
  /** What `variables` asks for to see inside; 0 if there is nothing. */
  variablesReference: number;
  evaluateName?: string;
}

export interface SourceBreakpoint {
  line: number;
  condition?: string;
  logMessage?: string;
}

/** A request that cannot be fulfilled, in words for the user. */
export class DebugError extends Error {
  override name = "DebugError";
}

export function readRequest(content: Record<string, unknown>): DebugRequest {
  const { seq, command, arguments: given } = content;
  return {
    seq: typeof seq === "number" ? seq : 0,
    command: typeof command === "string" ? command : "",
    arguments: isRecord(given) ? given : {},
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The path in a request's `source`. */
export function sourcePath({ source }: Record<string, unknown>): string {
  const path = isRecord(source) ? source.path : undefined;
  if (typeof path !== "string" || path === "") throw new DebugError("the request names no source.path.");
  return path;
}

export function readBreakpoints(given: Record<string, unknown>): SourceBreakpoint[] {
  const list = Array.isArray(given.breakpoints) ? given.breakpoints : [];
  return list.filter(isRecord).flatMap(({ line, condition, logMessage }) => {
    if (typeof line !== "number") return [];
    return [
      {
        line,
        ...(typeof condition === "string" && condition.trim() !== "" ? { condition } : {}),
        ...(typeof logMessage === "string" && logMessage !== "" ? { logMessage } : {}),
      },
    ];
  });
}
