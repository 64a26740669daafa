// Are two recordings of one function the same? If not, the function draws random numbers or keeps count of something,
// and compiling it would freeze what it did the first time.
import type * as tf from "@tensorflow/tfjs-core";
import { bytesOf } from "../graph/builder.js";
import { printNode } from "../graph/print.js";
import { type Constant, typeText, type Value } from "../graph/program.js";
import { dropUnused } from "../graph/simplify.js";
import { callSite } from "./call-site.js";
import type { Recorded } from "./trace.js";

/**
 * An error's message that names the first difference.
 * @param again  records once more with places, to tell the line of another operation
 */
export function difference(first: Recorded, second: Recorded, again: () => Recorded): string {
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
  const third = again();
  const place = placeOfOther(first, third) ?? placeOfOther(second, third) ?? placeOfOther(third, again());
  return (
    "jit: expected a function that does the same at each call; got other operations at another one" +
    `${place === undefined ? "" : callSite(place)}. Let it depend on its arguments only.`
  );
}

/** Where the third recording has another node than the one before. */
function placeOfOther(before: Recorded, { program, places }: Recorded): Error | undefined {
  const known = before.program.nodes.map(printNode);
  const at = program.nodes.findIndex((node, index) => printNode(node) !== known[index]);
  return places[at];
}

/**
 * Whether the recording that created variables did something else that the next one does not, which would be lost: then a
 * message. The first one has constants where the next one has inputs, so that only their operators can be compared.
 */
export function doesMoreThanCreate(first: Recorded, next: Recorded): string | undefined {
  const old = ({ assigned }: Recorded): tf.Variable[] =>
    assigned.filter((variable) => !first.created.has(variable));
  const lost = old(first).find((variable) => !next.assigned.includes(variable));
  const what = lost
    ? `${variableText(lost)} assigned at the first one only`
    : !first.keptConstants && operatorsOf(first, old(first)) !== operatorsOf(next, old(first))
      ? "other operations at the first one"
      : undefined;
  if (what === undefined) return undefined;
  return `jit: expected a function that does the same at each call; got ${what}. Do that outside, before.`;
}

/** What the results and the new values of these variables are computed with, in no order. */
function operatorsOf({ program, assigned, created }: Recorded, variables: readonly tf.Variable[]): string {
  const results = program.outputs.slice(0, program.outputs.length - assigned.length);
  const updates = program.outputs.slice(results.length);
  const wanted = variables.map((variable) => updates[assigned.indexOf(variable)] as Value);
  const first = new Set([...created.values()].map(({ name }) => name));
  const given = program.nodes.filter(({ output }) => !first.has(output.name));
  const { nodes } = dropUnused({ ...program, nodes: given, outputs: [...results, ...wanted] });
  return nodes
    .map(({ op, attributes, output }) => `${op} ${JSON.stringify(attributes)} ${typeText(output)}`)
    .sort()
    .join("\n");
}

/** By its name, if it was given one. */
export function variableText({ name, shape }: tf.Variable): string {
  return /^\d+$/.test(name) ? `a variable [${shape}]` : `the variable ${name}`;
}

function equal(a: Constant, b: Constant | undefined): boolean {
  if (!b || a.data.length !== b.data.length) return false;
  return Buffer.compare(bytesOf(a.data), bytesOf(b.data)) === 0;
}
