// The network as an SVG drawing: a column for each layer, as high as its size, wide at input and output and narrow at the
// coding layer between them. Its colours read on light and dark pages alike; they are those of latent-lab/plot.
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { neutral, okabeIto } from "../core/colours.js";
import { type Displayable, displaySymbol, type MimeBundle } from "../core/notebook.js";
import { type LayerRow, layerRows, outputSize } from "./summary.js";

/** A drawing that shows itself in a notebook; `svg` is a file's content. */
export interface Diagram extends Displayable {
  readonly svg: string;
  /** One sentence that says what the drawing shows, for those who cannot see it. */
  readonly alternative: string;
  /** The table of parameters below it. */
  readonly rows: readonly LayerRow[];
  [displaySymbol](): MimeBundle;
}

const colours = {
  ...{ line: neutral, layer: okabeIto.skyBlue, code: okabeIto.orange, ends: okabeIto.bluishGreen },
};
const [columnWidth, gap, height, top] = [34, 84, 190, 30];

type Part = "input" | "encoding" | "coding" | "decoding" | "output";

interface Column extends LayerRow {
  readonly part: Part;
  readonly units: number;
}

/** Draws an autoencoder; the encoder says which layer is the coding layer. */
export function networkDiagram(models: { autoencoder: LayersModel; encoder: LayersModel }): Diagram {
  const columns = columnsOf(models.autoencoder, models.encoder);
  const alternative = describe(columns, models.autoencoder.countParams());
  const svg = draw(columns, alternative);
  const rows = layerRows(models.autoencoder);
  const table = htmlTable(columns, models.autoencoder.countParams());
  const diagram = { svg, alternative, rows } as unknown as Diagram;
  const show = (): MimeBundle => ({
    "text/html": `${svg}${table}`,
    "image/svg+xml": svg,
    "text/plain": alternative,
  });
  Object.defineProperty(diagram, displaySymbol, { value: show, enumerable: false });
  return diagram;
}

function columnsOf(autoencoder: LayersModel, encoder: LayersModel): Column[] {
  const rows = layerRows(autoencoder);
  const coding = autoencoder.layers.findLastIndex((layer) => encoder.layers.includes(layer));
  const columns = autoencoder.layers.map((layer, at): Column => {
    const units = outputSize(layer).reduce((product, size) => product * size, 1);
    const part = at === 0 ? "input" : at < coding ? "encoding" : at === coding ? "coding" : "decoding";
    return { ...(rows[at] as LayerRow), units, part };
  });
  const decoded =
    columns.length - 1 === coding ? tiedColumns(columns, encoder) : joinParallel(columns, autoencoder);
  const last = decoded.length - 1;
  return decoded.map((column, at) => (at === last && at > 0 ? { ...column, part: "output" } : column));
}

/** Layers side by side, with the same input, such as a mean and a variance, share a column. */
function joinParallel(columns: readonly Column[], { layers }: LayersModel): Column[] {
  const sourceOf = (at: number): unknown => layers[at]?.inboundNodes[0]?.inboundLayers[0];
  return columns.flatMap((column, at) => {
    const next = columns[at + 1];
    if (at > 1 && sourceOf(at) === sourceOf(at - 1)) return [];
    if (at === 0 || !next || sourceOf(at) !== sourceOf(at + 1)) return [column];
    const parameters = column.parameters + next.parameters;
    const [name, size] = [`${column.name}, ${next.name}`, `${column.size} + ${next.size}`];
    return [{ ...column, name, size, parameters, units: column.units + next.units }];
  });
}

/** Layers that serve both ways appear once in a model, but twice in the drawing. */
function tiedColumns(columns: readonly Column[], encoder: LayersModel): Column[] {
  const tied = columns.filter((_, at) => encoder.layers[at]?.getClassName() === "LatentLabTiedDense");
  const back = tied.toReversed().map((column): Column => {
    const { inputDim } = encoder.getLayer(column.name).getConfig() as { inputDim: number };
    return {
      ...{ name: `${column.name} (transposed)`, size: String(inputDim), units: inputDim },
      ...{ activation: column.activation.split(", ")[1] ?? "", parameters: 0, part: "decoding" },
    };
  });
  const forth = columns.map((column) => ({ ...column, activation: column.activation.split(", ")[0] ?? "" }));
  return [...forth, ...back];
}

function draw(columns: readonly Column[], alternative: string): string {
  const most = Math.max(...columns.map(({ units }) => units));
  const tall = (units: number): number => Math.max(10, height * Math.sqrt(units / most));
  const left = (at: number): number => 24 + at * gap;
  const middle = top + height / 2;
  const width = left(columns.length - 1) + columnWidth + 24;
  const shapes = columns.map(({ units, part, size, name, activation }, at) => {
    const high = tall(units);
    const x = left(at);
    const colour =
      part === "coding" ? colours.code : part === "input" || part === "output" ? colours.ends : colours.layer;
    const next = columns[at + 1];
    const link = next
      ? `<path d="M${x + columnWidth} ${middle - high / 2}L${left(at + 1)} ${middle - tall(next.units) / 2}V${middle + tall(next.units) / 2}L${x + columnWidth} ${middle + high / 2}Z" fill="${colours.line}" fill-opacity="0.18"/>`
      : "";
    const centre = x + columnWidth / 2;
    return (
      `${link}<g><title>${escapeXml(`${name}: ${size}${activation ? `, ${activation}` : ""}`)}</title>` +
      `<rect x="${x}" y="${round(middle - high / 2)}" width="${columnWidth}" height="${round(high)}" rx="4" fill="${colour}" fill-opacity="0.85" stroke="${colours.line}"${part === "coding" ? ' stroke-width="3"' : ""}/>` +
      `${text(centre, top - 12, size, size.length > 7 ? 12 : 14)}${text(centre, top + height + 20, activation, 11)}</g>`
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + height + 56}" width="${width}" height="${top + height + 56}" role="img" aria-label="${escapeXml(alternative)}" font-family="system-ui, sans-serif">` +
    `${shapes.join("")}${brackets(columns, left, top + height + 44)}</svg>`
  );
}

/** What stands below: encoding, coding layer, decoding. */
function brackets(columns: readonly Column[], left: (at: number) => number, y: number): string {
  const at = (part: Part): number[] =>
    columns.flatMap((column, index) => (column.part === part ? [index] : []));
  const centre = (places: readonly number[]): number =>
    places.reduce((sum, place) => sum + left(place), 0) / places.length + columnWidth / 2;
  const coding = at("coding");
  const before = columns.map((_, index) => index).filter((index) => index < (coding[0] ?? 0));
  const after = columns.map((_, index) => index).filter((index) => index > (coding[0] ?? columns.length));
  const parts: (readonly [string, readonly number[]])[] = [
    ["encoding", before],
    ["coding layer", coding],
    ["decoding", after],
  ];
  return parts.map(([name, places]) => (places.length > 0 ? text(centre(places), y, name, 13) : "")).join("");
}

function text(x: number, y: number, content: string, size: number): string {
  return `<text x="${round(x)}" y="${y}" text-anchor="middle" font-size="${size}" fill="${colours.line}">${escapeXml(content)}</text>`;
}

function describe(columns: readonly Column[], parameters: number): string {
  const coding = columns.find(({ part }) => part === "coding");
  const path = columns.map(({ size }) => size).join(" → ");
  return `Autoencoder ${path}, with ${coding ? `the coding layer of ${coding.size}` : "no coding layer"} marked; ${parameters} parameters.`;
}

function htmlTable(columns: readonly Column[], parameters: number): string {
  const row = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeXml(cell)}</${tag}>`).join("")}</tr>`;
  const body = columns.map(({ name, part, size, activation, parameters: own }) =>
    row([name, part, size, activation, String(own)], "td"),
  );
  const head = row(["layer", "part", "neurons", "activation", "parameters"], "th");
  return `<table><thead>${head}</thead><tbody>${body.join("")}${row(["all", "", "", "", String(parameters)], "td")}</tbody></table>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeXml(content: string): string {
  return content.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
