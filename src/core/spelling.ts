// What somebody may have meant who wrote a name that there is not.
import { distance } from "fastest-levenshtein";

/**
 * The known name that is nearest, by Levenshtein's distance without regard to case; `undefined` if none is near: of three
 * letters one may be wrong.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const letters = name.toLowerCase();
  const [best] = known
    .map((each) => ({ each, far: distance(letters, each.toLowerCase()) }))
    .filter(({ each, far }) => far <= Math.round(Math.min(each.length, name.length) / 3))
    .sort((a, b) => a.far - b.far);
  return best?.each;
}
