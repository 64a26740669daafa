// Normal numbers from a seeded stream.
import type { Random } from "../core/random.js";

/** Draws from N(0, 1). @see Box & Muller 1958, https://doi.org/10.1214/aoms/1177706645 */
export function gaussian(stream: Random): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - stream.next())) * Math.cos(2 * Math.PI * stream.next());
}
