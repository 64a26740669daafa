// Values that a notebook recognises by what they are: pictures, charts, data frames.
type Bundle = Record<string, unknown>;

/** MIME bundle of a value that is more than its text; `undefined` for all others. */
export async function specialBundle(value: unknown): Promise<Bundle | undefined> {
  if (typeof value !== "object" || value === null) return undefined;
  return (await pixelBundle(value)) ?? bundleAtOnce(value);
}

/** The same as far as it can be had without waiting, which a paused program cannot. */
export function bundleAtOnce(value: unknown): Bundle | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Uint8Array) return imageBundle(value);
  return vegaBundle(value) ?? frameBundle(value);
}

const imageSignatures: readonly [mime: string, bytes: readonly number[]][] = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
];

/** The bytes of a PNG, JPEG or GIF file. */
export function imageBundle(bytes: Uint8Array): Bundle | undefined {
  const found = imageSignatures.find(([, start]) => start.every((byte, index) => bytes[index] === byte));
  if (found === undefined) return undefined;
  const [mime] = found;
  return {
    [mime]: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
    "text/plain": `<${mime}, ${bytes.length} bytes>`,
  };
}

/** What canvases call `ImageData`: width, height, and four bytes a pixel, RGBA. */
async function pixelBundle(value: object): Promise<Bundle | undefined> {
  const { width, height, data } = value as { width?: unknown; height?: unknown; data?: unknown };
  if (typeof width !== "number" || typeof height !== "number") return undefined;
  if (!(data instanceof Uint8ClampedArray || data instanceof Uint8Array)) return undefined;
  if (!(width > 0 && height > 0) || data.length !== 4 * width * height) return undefined;
  const { encode } = await import("fast-png");
  const png = encode({ width, height, data, channels: 4, depth: 8 });
  return { ...imageBundle(png), "text/plain": `<picture, ${width} × ${height} pixels>` };
}

/** A Vega or Vega-Lite specification, which says so itself. */
export function vegaBundle(value: object): Bundle | undefined {
  const { $schema } = value as { $schema?: unknown };
  if (typeof $schema !== "string") return undefined;
  const [, kind, version] = /\/schema\/(vega|vega-lite)\/v(\d+)/.exec($schema) ?? [];
  if (kind === undefined || version === undefined) return undefined;
  const mime = `application/vnd.${kind.replace("-", "")}.v${version}+json`;
  return { [mime]: value, "text/plain": `<${kind} chart>` };
}

/** A Danfo.js DataFrame or Series: a table, the way data frames are shown everywhere. */
function frameBundle(value: unknown): Record<string, unknown> | undefined {
  if (!isFrame(value)) return undefined;
  const [rows = 0] = value.shape;
  const shown = Math.min(rows, 10);
  const head = value.values.slice(0, shown).map((row) => (Array.isArray(row) ? row : [row]));
  const body = head.map((row, index) => [value.index[index], ...row]);
  const note = `${rows} rows × ${value.columns.length} columns`;
  const cell = (tag: string, content: unknown): string =>
    `<${tag}>${escapeHtml(formatCell(content))}</${tag}>`;
  const html = [
    '<table border="0" class="dataframe"><thead><tr><td></td>', // above the index
    ...value.columns.map((name) => cell("th", name)),
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
