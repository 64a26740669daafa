// Colours that read for colour-blind people and on light and dark pages alike.
import { okabeIto } from "../core/colours.js";

export { neutral } from "../core/colours.js";

/** Colours of classes: Okabe & Ito's, and grey in place of black. */
export const palette: readonly string[] = [...Object.values(okabeIto), "#999999"];

/** Grid lines: faint on any background. */
export const faint = "rgba(128,128,128,0.25)";

/** With more classes than colours, the shape tells those of one colour apart. */
const shapes = ["circle", "diamond", "square", "cross"] as const;

/** Colour and shape of class 0, 1, …: each class of the first 28 has a pair of its own. */
export function classLook(label: number): { color: string; symbol: (typeof shapes)[number] } {
  return {
    color: palette[label % palette.length] as string,
    symbol: shapes[Math.floor(label / palette.length) % shapes.length] as (typeof shapes)[number],
  };
}

/** From 0 on, light to dark in one hue and in lightness, so that it also reads in grey: ColorBrewer's Blues. */
export const sequential: [number, string][] = [
  [0, "#f7fbff"],
  [0.25, "#c6dbef"],
  [0.5, "#6baed6"],
  [0.75, "#2171b5"],
  [1, "#08306b"],
];

/** Around 0, negative orange and positive blue: ColorBrewer's PuOr ends replaced by Okabe & Ito's hues. */
export const diverging: [number, string][] = [
  [0, "#a84300"],
  [0.25, "#f0b27a"],
  [0.5, "#f7f7f7"],
  [0.75, "#7fb3d5"],
  [1, "#00466f"],
];
