// Generated data: what is promised of each set holds, and the same seed gives the same numbers.
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { random } from "../../src/core/random.js";
import { blobs, circles, drawSprites, moons, sprites, swissRoll } from "../../src/data/index.js";
import { normals } from "../../src/data/normal.js";

const generators = { blobs, moons, circles, swissRoll, sprites } as const;

describe.each(Object.entries(generators))("%s", (_, make) => {
  it("gives the same rows for a seed, others for another, and frees its tensors", async () => {
    const before = tf.memory().numTensors;
    const options = [1, 1, 2].map((seed) => ({ samples: 50, seed }));
    const [a, b, c] = options.map((each) => {
      const set = make(each);
      const values = Array.from(set.features.dataSync());
      expect(set.features.shape[0]).toBe(50);
      set.dispose();
      return values;
    });
    expect(b).toEqual(a);
    if (make !== moons && make !== circles) expect(c?.toSorted()).not.toEqual(a?.toSorted());
    expect(tf.memory().numTensors).toBe(before);
  });

  it("refuses options that there are not, or that cannot be", () => {
    expect(() => make({ n_samples: 10 } as never)).toThrow(/got n_samples/);
    expect(() => make({ samples: 0.5 })).toThrow(UsageError);
    expect(() => make({ seed: -1 })).toThrow(UsageError);
  });

  it("splits, and gives a table", async () => {
    const set = make({ samples: 40 });
    const { train, test, dispose } = set.split({ testSize: 10 });
    expect([train.features.shape[0], test.features.shape[0]]).toEqual([30, 10]);
    dispose();
    expect((await set.frame()).shape[0]).toBe(40);
    set.dispose();
  });
});

it("blobs lie around their centres with their deviations", () => {
  const { features, labels, centers, dispose } = blobs({
    ...{
      samples: 4000,
      centers: [
        [0, 5],
        [10, -5],
      ],
      clusterStd: [1, 2],
      seed: 3,
    },
  });
  expect(centers).toEqual([
    [0, 5],
    [10, -5],
  ]);
  const rows = features.arraySync();
  const classes = labels.dataSync();
  for (const [blob, deviation] of [1, 2].entries()) {
    const own = rows.filter((__, at) => classes[at] === blob);
    expect(own).toHaveLength(2000);
    for (const column of [0, 1]) {
      const values = own.map((row) => (row[column] as number) - (centers[blob]?.[column] as number));
      const mean = values.reduce((sum, value) => sum + value, 0) / 2000;
      const spread = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / 2000);
      expect(Math.abs(mean)).toBeLessThan((4 * deviation) / Math.sqrt(2000));
      expect(spread / deviation).toBeCloseTo(1, 1);
    }
  }
  dispose();
});

it("moons and circles without noise lie on their curves, in scikit-learn's places", () => {
  const unshuffled = { samples: 5, shuffle: false };
  const arcs = moons(unshuffled);
  const expected = [
    [1, 0],
    [-1, 0],
    [0, 0.5],
    [1, -0.5],
    [2, 0.5],
  ]; // make_moons(5, shuffle=False)
  for (const [row, point] of arcs.features.arraySync().entries())
    for (const [at, value] of point.entries()) expect(value).toBeCloseTo(expected[row]?.[at] as number, 6);
  const rings = circles({ ...unshuffled, factor: 0.5 });
  const radii = rings.features.arraySync().map(([x = 0, y = 0]) => Math.hypot(x, y));
  for (const [row, radius] of [1, 1, 0.5, 0.5, 0.5].entries()) expect(radii[row]).toBeCloseTo(radius, 6);
  arcs.dispose();
  rings.dispose();
});

it("a swiss roll lies on its sheet: radius and position agree", () => {
  const roll = swissRoll({ samples: 200 });
  const positions = roll.positions.dataSync();
  for (const [row, [x = 0, y = 0, z = 0]] of roll.features.arraySync().entries()) {
    expect(Math.hypot(x, z)).toBeCloseTo(positions[row] as number, 4);
    expect(y >= 0 && y <= 21).toBe(true);
  }
  roll.dispose();
});

it("normal numbers have mean 0, variance 1 and a normal's kurtosis", () => {
  const normal = normals(random(5));
  const values = Array.from({ length: 100_000 }, normal);
  const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
  expect(moment(1)).toBeCloseTo(0, 1);
  expect(moment(2)).toBeCloseTo(1, 1);
  expect(moment(4)).toBeCloseTo(3, 0);
});

describe("sprites", () => {
  it("are drawn by their factors alone, each of which changes the picture", () => {
    const set = sprites({ samples: 20, size: 12, seed: 4 });
    expect([set.features.shape, set.images.shape, set.factors.shape]).toEqual([
      [20, 144],
      [20, 12, 12],
      [20, 3],
    ]);
    expect(Array.from(set.features.dataSync())).toEqual(Array.from(drawSprites(set.factors.dataSync(), 12)));
    const at = drawSprites([0.5, 0.5, 0.5]);
    for (const moved of [
      [0.6, 0.5, 0.5],
      [0.5, 0.6, 0.5],
      [0.5, 0.5, 0.6],
    ])
      expect(drawSprites(moved)).not.toEqual(at);
    set.dispose();
  });

  it("have their centre of mass where the factors say, and no disc is cut off", () => {
    const [x, y] = [0.2, 0.7];
    const pixels = drawSprites([x, y, 0], 16);
    const mass = pixels.reduce((sum, value) => sum + value, 0);
    const centre = (of: (at: number) => number) =>
      pixels.reduce((sum, value, at) => sum + value * of(at), 0) / mass;
    expect(centre((at) => at % 16)).toBeCloseTo(4 + 8 * x - 0.5, 1);
    expect(centre((at) => Math.floor(at / 16))).toBeCloseTo(4 + 8 * y - 0.5, 1);
    const corner = drawSprites([0, 0, 1], 16);
    expect(corner[0]).toBeLessThan(0.15);
  });

  it("split into four fifths and one fifth, factors and pictures together", () => {
    const set = sprites({ samples: 50 });
    const { train, test, dispose } = set.split();
    expect([train.factors.shape, test.images.shape]).toEqual([
      [40, 3],
      [10, 16, 16],
    ]);
    expect(Array.from(drawSprites(test.factors.dataSync()))).toEqual(Array.from(test.features.dataSync()));
    dispose();
    set.dispose();
  });
});
