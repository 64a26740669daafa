// Colours that read for colour-blind people and on light and dark pages alike.

/**
 * The qualitative palette of Okabe & Ito (2008), https://jfly.uni-koeln.de/color/, without its yellow, which
 * is lost on white, and with grey in place of black, which is lost on a dark page.
 */
export const palette: readonly string[] = [
  "#0072B2", // blue
  "#E69F00", // orange
  "#009E73", // bluish green
  "#D55E00", // vermilion
  "#56B4E9", // sky blue
  "#CC79A7", // reddish purple
  "#999999", // grey
];

/** Axes and text: about 4.3 : 1 contrast both on white and on JupyterLab's dark background, #111. */
export const neutral = "#787878";

/** Grid lines: faint on any background. */
export const faint = "rgba(128,128,128,0.25)";
