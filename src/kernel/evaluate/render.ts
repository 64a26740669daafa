// How a value looks in a notebook: by its own display method, by what it evidently is (an image, HTML with a
// library's own method), else as Node's `inspect` prints it.
import { inspect } from "node:util";
import { displaySymbol } from "../../core/notebook.js";
import type { Rendered } from "../threads/messages.js";

const silent = new WeakSet<object>();

/** Marks a value that shows nothing where a cell ends with it: the handle of what is shown already. */
export function showsNothing<T extends object>(value: T): T {
  silent.add(value);
  return value;
}

/** MIME bundle of any value; empty for one that shows nothing. A display method that throws is reported beside the plain text. */
export async function renderValue(value: unknown): Promise<Rendered> {
  if (typeof value === "object" && value !== null && silent.has(value)) return { data: {}, metadata: {} };
  const own = await ownDisplay(value);
  if (own !== undefined) return own;
  return { data: specialBundle(value) ?? { "text/plain": plainText(value) }, metadata: {} };
}

/** As a learner reads it: long arrays shortened, three levels deep. */
export function plainText(value: unknown): string {
  try {
    return tensorText(value) ?? inspect(value, { depth: 3, maxArrayLength: 60, maxStringLength: 10_000 });
  } catch (error) {
    return `[${Object.prototype.toString.call(value)}: its inspection throws ${String(error)}]`;
  }
}

async function ownDisplay(value: unknown): Promise<Rendered | undefined> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  let bundle: unknown;
  try {
    const method: unknown = Reflect.get(value, displaySymbol);
    if (typeof method !== "function") return undefined;
    bundle = await Reflect.apply(method, value, []);
  } catch (error) {
    const text = `${plainText(value)}\n(its display method throws: ${String(error)})`;
    return { data: { "text/plain": text }, metadata: {} };
  }
  if (typeof bundle !== "object" || bundle === null) return undefined;
  if (Object.keys(bundle).length === 0) return { data: {}, metadata: {} }; // it is shown already
  // A bundle without plain text gets one: terminals and screen readers need it.
  return { data: { "text/plain": plainText(value), ...toJson(bundle) }, metadata: {} };
}

/** What is sent is JSON; this also keeps later changes of the value out of what was shown. */
function toJson(bundle: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(bundle)) as Record<string, unknown>;
}

const imageSignatures: readonly [mime: string, bytes: readonly number[]][] = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
];

function specialBundle(value: unknown): Record<string, unknown> | undefined {
  if (value instanceof Uint8Array) {
    const image = imageSignatures.find(([, bytes]) => bytes.every((byte, index) => value[index] === byte));
    if (image) {
      const [mime] = image;
      return {
        [mime]: Buffer.from(value).toString("base64"),
        "text/plain": `<${mime}, ${value.length} bytes>`,
      };
    }
  }
  return frameBundle(value);
}

/** A Danfo.js DataFrame or Series: a table, the way data frames are shown everywhere. */
function frameBundle(value: unknown): Record<string, unknown> | undefined {
  if (!isFrame(value)) return undefined;
  const [rows = 0] = value.shape;
  const shown = Math.min(rows, 10);
  const head = value.values.slice(0, shown).map((row) => (Array.isArray(row) ? row : [row]));
  const columns = ["", ...value.columns];
  const body = head.map((row, index) => [value.index[index], ...row]);
  const note = `${rows} rows × ${value.columns.length} columns`;
  const cell = (tag: string, content: unknown): string =>
    `<${tag}>${escapeHtml(formatCell(content))}</${tag}>`;
  const html = [
    '<table border="0" class="dataframe"><thead><tr>',
    ...columns.map((name) => cell("th", name)),
    "</tr></thead><tbody>",
    ...body.map((row) => `<tr>${row.map((each, at) => cell(at === 0 ? "th" : "td", each)).join("")}</tr>`),
    `</tbody></table><p>${rows > shown ? `first ${shown} of ` : ""}${note}</p>`,
  ];
  return { "text/html": html.join(""), "text/plain": `${String(value)}\n${note}` };
}

interface Frame {
  shape: number[];
  columns: (string | number)[];
  index: (string | number)[];
  values: unknown[];
}

function isFrame(value: unknown): value is Frame {
  if (typeof value !== "object" || value === null) return false;
  const { shape, columns, index, values } = value as Partial<Frame>;
  return [shape, columns, index, values].every(Array.isArray) && "tensor" in value;
}

function formatCell(value: unknown): string {
  if (typeof value !== "number" || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(6)));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A TensorFlow.js tensor or variable: shape, type, and its first values. */
function tensorText(value: unknown): string | undefined {
  if (!isTensor(value)) return undefined;
  const head = `Tensor [${value.shape.join(", ")}] ${value.dtype}`;
  if (value.isDisposed) return `${head} (disposed)`;
  const [, ...lines] = value.toString(true).split("\n");
  return [head, ...lines.slice(Math.max(0, lines.findIndex((line) => line.includes("values:")) + 1))].join(
    "\n",
  );
}

interface TensorLike {
  shape: number[];
  dtype: string;
  dataId: object;
  isDisposed: boolean;
  toString(verbose: boolean): string;
}

function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== "object" || value === null) return false;
  return "dataId" in value && "dtype" in value && "shape" in value && "dataSync" in value;
}
