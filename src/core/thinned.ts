// Long lines drawn with few points. No screen shows 60,000 epochs side by side, but sending and drawing them ten
// times a second keeps a page from everything else. Of each stretch of a line its lowest and its highest value are
// kept, so that a spike of a single epoch stays to be seen.

/** The most points of a line that is thinned; up to that many, all are kept. */
export const mostPoints = 1000;

/**
 * Which values of a long series to draw: the first, the last, and of every `size` in a row the lowest and the highest,
 * where `size` is the smallest power of 2 for which they are no more than `mostPoints`. As the stretches begin at
 * multiples of a power of 2, those of a series that grows stay, so that nothing flickers.
 * @param above  values up to this one cannot be drawn: 0 on a logarithmic axis. Default: every finite one can. Of
 *   what cannot be drawn, one value is kept where a whole stretch is so; that is the gap which the line has there
 * @returns places from 0, rising
 * @see Jugel et al. 2014, "M4: A visualization-oriented time series data aggregation", MinMax
 */
export function thinned(values: readonly number[], above = Number.NEGATIVE_INFINITY): number[] {
  const { length } = values;
  if (length <= mostPoints) return Array.from(values, (_, place) => place);
  const size = stretch(length);
  const kept = [0];
  const keep = (place: number): void => {
    if (place > (kept.at(-1) as number)) kept.push(place);
  };
  for (let from = 0; from < length; from += size) {
    const [low, high] = extremes(values, from, Math.min(from + size, length), above);
    keep(Math.min(low, high));
    keep(Math.max(low, high));
  }
  keep(length - 1);
  return kept;
}

/** How many values in a row two of which are kept. */
function stretch(length: number): number {
  let size = 2;
  while (2 * Math.ceil(length / size) + 2 > mostPoints) size *= 2;
  return size;
}

/** Places of the lowest and the highest value; `from` twice if none can be drawn. */
function extremes(
  values: readonly number[],
  from: number,
  to: number,
  above: number,
): readonly [number, number] {
  let [low, high] = [from, from];
  let [lowest, highest] = [Number.POSITIVE_INFINITY, above];
  for (let place = from; place < to; place++) {
    const value = values[place] as number;
    if (!(value > above && value < Number.POSITIVE_INFINITY)) continue;
    if (value < lowest) [low, lowest] = [place, value];
    if (value > highest) [high, highest] = [place, value];
  }
  return [low, high];
}
