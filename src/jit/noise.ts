// The random numbers of compiled functions. They are drawn here and given to each run as inputs, not by ONNX Runtime,
// whose generator differs between its builds and cannot be put back. Each tensor has a stream of its own, chosen by the
// seed, the step and the tensor's position in the program: so numbers do not depend on how many steps one run takes, are
// the same on every engine and in every process, and training goes on where it stopped.
import { fromState, type Random } from "../core/random.js";
import { type Draw, sizeOf } from "./graph/program.js";
import type { HostTensor } from "./session/engine.js";

export interface NoiseKey {
  /** An integer from 0 to 2³² − 1. */
  readonly seed: number;
  /** Of the first step: 0, 1, … */
  readonly step: number;
}

/**
 * A program's random inputs, by name.
 * @param steps  how many steps in a row the tensors hold, [steps, …shape]; without it one, of the shape itself
 */
export function noiseFor(
  draws: readonly Draw[],
  { seed, step }: NoiseKey,
  steps?: number,
): Record<string, HostTensor> {
  return Object.fromEntries(
    draws.map(({ value, distribution }, position) => {
      const size = sizeOf(value.shape);
      const data = new Float32Array(size * (steps ?? 1));
      for (let at = 0; at < (steps ?? 1); at++) {
        const numbers = fromState(stateOf(seed, step + at, position));
        fill[distribution](data.subarray(at * size, (at + 1) * size), numbers);
      }
      const shape = steps === undefined ? value.shape : [steps, ...value.shape];
      return [value.name, { data, shape, dtype: "float32" as const }];
    }),
  );
}

const fill: Readonly<Record<Draw["distribution"], (target: Float32Array, numbers: Random) => void>> = {
  uniform(target, numbers) {
    for (let at = 0; at < target.length; at++) target[at] = uniform(numbers);
  },
  normal(target, numbers) {
    for (let at = 0; at < target.length; at += 2) {
      const [first, second] = normalPair(numbers);
      target[at] = first;
      if (at + 1 < target.length) target[at + 1] = second;
    }
  },
  /** Normal numbers, those further than two standard deviations from the mean drawn again. */
  "truncated normal"(target, numbers) {
    for (let at = 0; at < target.length; )
      for (const value of normalPair(numbers))
        if (Math.abs(value) <= 2 && at < target.length) target[at++] = value;
  },
};

/** Uniform in [0, 1) with 24 bits, so that float32 rounds none up to 1. */
function uniform(numbers: Random): number {
  return Math.floor(numbers.next() * 2 ** 24) / 2 ** 24;
}

/** Two independent standard normal numbers (Box & Muller 1958). */
function normalPair(numbers: Random): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(1 - numbers.next())); // of (0, 1]
  const angle = 2 * Math.PI * numbers.next();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** Four words that each depend on all three numbers. */
function stateOf(seed: number, step: number, position: number): [number, number, number, number] {
  const word = (salt: number): number => mix(mix(mix(seed + salt) ^ step) ^ position);
  return [word(0x9e3779b9) | 1, word(0x3c6ef372), word(0xdaa66d2b), word(0x78dde6e4)];
}

/** A bijection of 32-bit words whose every output bit depends on all input bits (C. Wellons, "lowbias32"). */
function mix(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
