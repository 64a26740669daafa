// Are two recordings of one function the same? If not, the function draws random numbers or keeps count of something,
// and compiling it would freeze what it did the first time.
import { bytesOf } from "../graph/builder.js";
import { printNode, printProgram } from "../graph/print.js";
import type { Constant } from "../graph/program.js";
import { callSite } from "./call-site.js";
import type { Recorded } from "./trace.js";

/** An error's message that names the first difference, `undefined` if there is none. */
export function differs(first: Recorded, second: Recorded): string | undefined {
  const other = second.program.constants;
  const changed = first.program.constants.find((constant, at) => !equal(constant, other[at]));
  if (changed) {
    const written = first.written.get(changed.value);
    const place = written ? callSite(written) : "";
    const { shape } = changed.value;
    const what = shape.length > 0 ? `numbers [${shape}] that change` : "a number that changes";
    return (
      `jit: expected a function that does the same at each call; got ${what}${place}. ` +
      "Random numbers and counters would be frozen: draw or compute them outside, and pass them as arguments."
    );
  }
  if (printProgram(first.program) === printProgram(second.program)) return undefined;
  return (
    `jit: expected a function that does the same at each call; got ${otherOperations(first, second)} at the second one. ` +
    "Let it depend on its arguments only."
  );
}

function otherOperations(first: Recorded, second: Recorded): string {
  const before = first.program.nodes.map(printNode);
  const nodes = second.program.nodes;
  const at = nodes.findIndex((node, index) => printNode(node) !== before[index]);
  if (at < 0) return nodes.length < before.length ? "fewer operations" : "other results";
  const place = second.places[at];
  return `another operation${place ? callSite(place) : ""}`;
}

function equal(a: Constant, b: Constant | undefined): boolean {
  if (!b || a.data.length !== b.data.length) return false;
  return Buffer.compare(bytesOf(a.data), bytesOf(b.data)) === 0;
}
