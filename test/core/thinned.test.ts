import fc from "fast-check";
import { expect, it } from "vitest";
import { mostPoints, thinned } from "../../src/core/thinned.js";

it("any series: places rise, from the first to the last, at most 1,000, with the lowest and the highest value", () => {
  const value = fc.oneof(
    fc.integer({ min: -9, max: 9 }),
    fc.double(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0),
  );
  const series = fc
    .tuple(fc.array(value, { minLength: 1, maxLength: 700 }), fc.integer({ min: 1, max: 20 }))
    .map(([part, times]) => Array.from({ length: times }, () => part).flat());
  fc.assert(
    fc.property(series, fc.constantFrom(Number.NEGATIVE_INFINITY, 0), (values, above) => {
      const places = thinned(values, above);
      expect(places.every((place, at) => at === 0 || place > (places[at - 1] as number))).toBe(true);
      expect([places[0], places.at(-1)]).toEqual([0, values.length - 1]);
      expect(places.length).toBeLessThanOrEqual(mostPoints);
      const drawable = values.filter((each) => each > above && each < Number.POSITIVE_INFINITY);
      const shown = places.map((place) => values[place] as number);
      if (drawable.length > 0) {
        expect(shown).toContain(Math.min(...drawable));
        expect(shown).toContain(Math.max(...drawable));
      }
    }),
    { numRuns: 300 },
  );
});

it("no value, and one", () => {
  expect([thinned([]), thinned([3])]).toEqual([[], [0]]);
});
