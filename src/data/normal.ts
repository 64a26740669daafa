// Standard normal numbers from a seeded generator, by the polar method, whose every number comes from uniform ones.
import type { Random } from "../core/random.js";

/** A function that gives the next standard normal number. @see Marsaglia & Bray 1964, SIAM Review 6(3) */
export function normals(numbers: Random): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const a = 2 * numbers.next() - 1;
      const b = 2 * numbers.next() - 1;
      const square = a * a + b * b;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = b * factor;
      return a * factor;
    }
  };
}
