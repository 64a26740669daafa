// Code that runs because the person who debugs asks for it: `evaluate`, a variable shown as a cell would show it,
// a local variable copied to the notebook's.
import type { Rendered } from "../threads/messages.js";
import { expressionToJavaScript, statementsToJavaScript } from "./expressions.js";
import type { UserFrame } from "./frames.js";
import type { InspectorLink } from "./inspector-link.js";
import { DebugError, type Variable } from "./protocol.js";
import { targetName } from "./target-name.js";

/** ms; below the ten seconds after which an interrupt gives up, as nothing else ends such code. */
const timeLimit = 8000;

/** @throws DebugError with what the code throws */
export async function evaluate(
  link: InspectorLink,
  code: string,
  frame: UserFrame | undefined,
): Promise<Variable> {
  if (frame === undefined) throw new DebugError("nothing is paused in code of the notebook.");
  const { callFrameId } = frame.frame;
  const expression = expressionToJavaScript(code);
  if (expression !== undefined) {
    return limited(() =>
      link.inFrame(callFrameId, `globalThis.${targetName}.result${expression}`, timeLimit),
    );
  }
  const statements = statementsToJavaScript(code);
  await limited(() => link.inFrame(callFrameId, `${statements}\n;undefined`, timeLimit));
  return { name: "", value: "undefined", type: "undefined", variablesReference: 0 };
}

/** MIME bundle of a variable of a frame, or of the notebook's. */
export async function inspectRich(
  link: InspectorLink,
  name: string,
  frame: UserFrame | undefined,
): Promise<Rendered> {
  if (!isName(name)) return { data: {}, metadata: {} }; // an element or a group, which has no name of its own
  if (frame === undefined) return limited(() => link.target(`rich(${name})`, timeLimit));
  return limited(() =>
    link.inFrame(frame.frame.callFrameId, `globalThis.${targetName}.rich(${name})`, timeLimit),
  );
}

export async function copyToGlobals(
  link: InspectorLink,
  from: string,
  to: string,
  frame: UserFrame,
): Promise<void> {
  if (!isName(from) || !isName(to)) throw new DebugError("only variables with a name can be copied.");
  await link.inFrame(frame.frame.callFrameId, `globalThis.${targetName}.copy(${from})`, timeLimit);
  // REPL mode declares as cells do. It answers only when the program goes on, though it is done at once.
  const expression = `let ${to} = globalThis.${targetName}.takeCopy();`;
  link.post("Runtime.evaluate", { expression, replMode: true, silent: true }).catch(() => {});
}

function isName(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name);
}

async function limited<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && /Execution was terminated/.test(error.message)) {
      throw new DebugError(`the code ran longer than ${timeLimit / 1000} s and was stopped.`);
    }
    throw error;
  }
}
