// Seeded random numbers, the same on every machine: xoshiro128** 1.1 (Blackman & Vigna 2021), its state filled
// from the seed by a splitmix32 sequence. Shuffles and seeds of layers come from here, so that a run can be repeated.
// `Math.random()` cannot be seeded, and TensorFlow.js keeps its own seeded generator to itself.
import { range } from "./elements.js";
import { UsageError } from "./errors.js";
import { checkInteger } from "./option-checks.js";

/** A stream of pseudo-random numbers; not for cryptography. */
export interface Random {
  /** The next number, uniform in [0, 1), with 32 random bits. */
  next(): number;
  /** The next integer, uniform in [0, below). @param below an integer from 1 to 2³² @throws UsageError */
  integer(below: number): number;
  /** A permutation of 0, 1, …, length − 1, each equally likely (Fisher–Yates). @throws UsageError */
  permutation(length: number): Int32Array;
}

/**
 * A seeded generator. Equal seeds give equal streams, to the bit, on every machine.
 * @param seed  an integer from 0 to 2³² − 1
 * @throws UsageError if the seed is no such integer
 * @see Blackman & Vigna 2021, Scrambled linear pseudorandom number generators, ACM TOMS 47(4);
 *   https://prng.di.unimi.it/xoshiro128starstar.c (public domain)
 */
export function random(seed: number): Random {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new UsageError(
      `random: expected a seed that is an integer from 0 to 4294967295; got ${seed}. Use 0, 1, 2, …`,
    );
  return fromState(splitmix32(seed));
}

/** The generator with a given state, which must not be all zeros; for tests against the reference in C. */
export function fromState(state: readonly [number, number, number, number]): Random {
  let [a, b, c, d] = state;
  const bits = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  const integer = (below: number): number => {
    // Numbers past the last whole multiple would make small results more likely: draw again.
    const limit = 2 ** 32 - (2 ** 32 % below);
    let value = bits();
    while (value >= limit) value = bits();
    return value % below;
  };
  return {
    next: () => bits() / 2 ** 32,
    integer(below) {
      checkInteger("random.integer", "below", below, 1, 2 ** 32);
      return integer(below);
    },
    permutation(length) {
      checkInteger("random.permutation", "length", length, 0, 2 ** 31 - 1);
      return permutation(length, integer);
    },
  };
}

function permutation(length: number, integer: (below: number) => number): Int32Array {
  const order = range(0, length);
  for (let last = length - 1; last > 0; last--) {
    const other = integer(last + 1);
    const moved = order[last] as number;
    order[last] = order[other] as number;
    order[other] = moved;
  }
  return order;
}

/** Four well-mixed words from one; the multipliers are those of C. Wellons' hash prospector. */
function splitmix32(seed: number): [number, number, number, number] {
  let z = seed | 0;
  const word = (): number => {
    z = (z + 0x9e3779b9) | 0;
    let t = z ^ (z >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return (t ^ (t >>> 15)) >>> 0;
  };
  return [word(), word(), word(), word()];
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
