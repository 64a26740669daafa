// A model's layers as rows of a table, for words and for the drawing.
import type { LayersModel } from "@tensorflow/tfjs-layers";

/** One layer in words. */
export interface LayerRow {
  readonly name: string;
  /** Sizes of its output without the batch, joined by ×. */
  readonly size: string;
  /** Activation, or what else the layer does. */
  readonly activation: string;
  readonly parameters: number;
}

type Layer = LayersModel["layers"][number];

/** Rows in the order of the computation; a layer that is applied twice has one. */
export function layerRows(model: LayersModel): LayerRow[] {
  return model.layers.map((layer) => ({
    name: layer.name,
    size: outputSize(layer).join("×"),
    activation: activationOf(layer),
    parameters: layer.countParams(),
  }));
}

/** Output sizes without the batch, of the layer's first use. */
export function outputSize(layer: Layer): number[] {
  const node = layer.inboundNodes[0] as unknown as { outputShapes: (number | null)[] | (number | null)[][] };
  const [first] = node.outputShapes;
  const shape = (Array.isArray(first) ? first : node.outputShapes) as (number | null)[];
  return shape.slice(1).map((size) => size ?? 0);
}

function activationOf(layer: Layer): string {
  const { activation, outputActivation } = layer.getConfig() as {
    activation?: string;
    outputActivation?: string;
  };
  const name = layer.getClassName();
  if (outputActivation) return `${activation}, ${outputActivation}`;
  if (activation && name !== "Activation") return activation;
  return name === "InputLayer" ? "" : (activation ?? name.replace(/^LatentLab/, ""));
}

/** The layers as lines of text. */
export function summaryTable(model: LayersModel): string {
  const rows = layerRows(model).map(({ name, size, activation, parameters }) => [
    ...[name, size, activation, String(parameters)],
  ]);
  const table = [["layer", "neurons", "activation", "parameters"], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((row) => (row[column] as string).length)),
  );
  const lines = table.map((row) =>
    row
      .map((text, at) =>
        at % 2 === 1 ? text.padStart(widths[at] as number) : text.padEnd(widths[at] as number),
      )
      .join("  "),
  );
  lines.splice(1, 0, widths.map((width) => "─".repeat(width)).join("  "));
  return [...lines, `${model.countParams()} parameters in all`].join("\n");
}
