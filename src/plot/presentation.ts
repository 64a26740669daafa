// The same figure for a projector: text, lines and points half as large again, and more height for them.
import type { FigureParts } from "./figure.js";

const factor = 1.5;
const grow = (value: number): number => Math.round(value * factor * 10) / 10;

/**
 * A figure with larger text, lines and points, to be read from the last row: fonts, line widths, markers and margins
 * half as large again wherever they are set, and a third more height. `presentation: true` does the same from the start.
 */
export function forProjector<T extends FigureParts>(parts: T): T {
  const { layout = {}, data, frames } = parts;
  const { height = 380, margin = {} } = layout;
  const larger = enlarged(layout) as typeof layout;
  return {
    ...parts,
    data: enlarged(data),
    ...(frames ? { frames: enlarged(frames) } : {}),
    layout: {
      ...larger,
      font: { ...larger.font, size: grow(layout.font?.size ?? 14) },
      height: Math.round(height * 1.35),
      margin: Object.fromEntries(Object.entries(margin).map(([side, size]) => [side, grow(size as number)])),
    },
  };
}

/** A copy in which `size` of fonts and markers and `width` of lines have grown. */
function enlarged<T>(value: T, inside = ""): T {
  if (Array.isArray(value)) return value.map((each) => enlarged(each, inside)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const grows =
        (key === "size" && /font|marker/i.test(inside)) || (key === "width" && /line/i.test(inside));
      if (grows && typeof each === "number") return [key, grow(each)];
      return [key, enlarged(each, key)];
    }),
  ) as T;
}
