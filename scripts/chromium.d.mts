import type { Browser } from "playwright-core";

/** Why nothing can be drawn, or `undefined`. */
export const noChromium: string | undefined;
/** @throws Error if there is none */
export function launchChromium(): Promise<Browser>;
