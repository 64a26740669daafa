// Colours of what is drawn, here and in the lab's page: for colour-blind people, on light and dark pages alike.

/**
 * The qualitative palette of Okabe & Ito (2008), https://jfly.uni-koeln.de/color/, without its yellow, which
 * is lost on white, and its black, which is lost on a dark page.
 */
export const okabeIto = {
  blue: "#0072B2",
  orange: "#E69F00",
  bluishGreen: "#009E73",
  vermilion: "#D55E00",
  skyBlue: "#56B4E9",
  reddishPurple: "#CC79A7",
} as const;

/** Axes and text: about 4.3 : 1 contrast both on white and on JupyterLab's dark background, #111. */
export const neutral = "#787878";
