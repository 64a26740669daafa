// Pictures inside hover texts, where Plotly allows no images: two pixels a character, in block characters.
import { type Images, toImages } from "./values.js";

const shades = [" ", "░", "▒", "▓", "█"];

/** One text a picture, `<br>` between lines, dark where the picture is dark (1). @throws ShapeError */
export function hoverImages(images: Images, caller: string): string[] {
  return toImages(images, caller).map((picture) =>
    picture.map((line) => line.map((value) => shade(value).repeat(2)).join("")).join("<br>"),
  );
}

/** Monospaced, or the columns would not stand below each other. */
export const hoverFont = { family: "ui-monospace, Menlo, Consolas, monospace", size: 12 } as const;

function shade(value: number): string {
  const at = Math.round(Math.min(1, Math.max(0, value)) * (shades.length - 1));
  return (shades[at] as string).replace(" ", "\u00a0");
}
