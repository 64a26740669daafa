// TensorFlow.js draws random numbers in JavaScript, element by element, so a trace would see constants. While one runs,
// its random operations are watched: each begins a scope by its name, and in it makes a generator object that holds the
// distribution's parameters and puts its source of numbers into a property `random` (tfjs-core 4.22, rand_util.ts). The
// class is not exported, so for the time of that scope, in which no other code runs, a setter on Object.prototype catches
// the assignment. Generators that were given a seed are left alone: they give the same numbers at each call anyway.
import * as tf from "@tensorflow/tfjs-core";
import { TraceError } from "../errors.js";
import { callSite } from "./call-site.js";

/** A distribution and its parameters; `draw` says which standard one it is made from. */
export type Distribution =
  | { readonly draw: "uniform"; readonly min: number; readonly range: number }
  | { readonly draw: "normal" | "truncated normal"; readonly mean: number; readonly stdDev: number };

export interface RandomOps {
  /** Which distribution the tensor of this size that is being made has, if a random operation makes it. */
  claim(size: number): Distribution | undefined;
  stop(): void;
}

const watched = new Set(["randomUniform__op", "randomNormal__op", "truncatedNormal__op"]);
/** Rejects and draws again until numbers fit, which has no fixed number of steps. */
const refused = new Set(["randomGamma__op"]);

/** TensorFlow.js's generators, UniformRandom and MPRandGauss. */
interface Generator {
  readonly min?: number;
  readonly range?: number;
  readonly mean?: number;
  readonly stdDev?: number;
  readonly truncated?: boolean;
}

interface Scopes {
  startScope(name?: string): void;
  endScope(result?: unknown): void;
}

/** Watches until `stop` is called. */
export function watchRandomOps(): RandomOps {
  const engine = tf.engine() as unknown as Scopes;
  const { startScope, endScope } = engine;
  const names: (string | undefined)[] = [];
  let current: { readonly generator: Generator; draws: number } | undefined;
  let leave: (() => void) | undefined;
  engine.startScope = (name) => {
    if (name !== undefined && refused.has(name)) throw frozen(name);
    startScope.call(engine, name);
    names.push(name);
    if (name !== undefined && watched.has(name))
      leave = watchGenerator((generator) => {
        const made = { generator, draws: 0 };
        current = made;
        return () => {
          made.draws++;
          return 0.75; // a number that no distribution rejects
        };
      });
  };
  const end = (): void => {
    leave?.();
    leave = undefined;
    current = undefined;
  };
  engine.endScope = (result) => {
    if (watched.has(names.pop() ?? "")) end();
    endScope.call(engine, result);
  };
  return {
    claim(size) {
      if (!current) return undefined;
      const { generator, draws } = current;
      const distribution = distributionOf(generator);
      const expected = distribution?.draw === "uniform" ? size : 2 * Math.ceil(size / 2);
      if (!distribution || draws !== expected) throw frozen(names.at(-1) ?? "");
      current = undefined;
      return distribution;
    },
    stop() {
      end();
      Object.assign(engine, { startScope, endScope });
    },
  };
}

/**
 * Lets `caught` replace the source of numbers of each generator that is made without a seed.
 * @returns ends that
 */
function watchGenerator(caught: (generator: Generator) => () => number): () => void {
  const random = Math.random;
  let seeded = true;
  Math.random = () => {
    seeded = false; // an unseeded generator takes its seed from here
    return random();
  };
  Object.defineProperty(Object.prototype, "random", {
    configurable: true,
    get: () => undefined,
    set(this: Generator, source: unknown) {
      const value = seeded ? source : caught(this);
      Object.defineProperty(this, "random", { value, configurable: true, writable: true });
      seeded = true;
    },
  });
  return () => {
    Math.random = random;
    delete (Object.prototype as { random?: unknown }).random;
  };
}

function distributionOf({ min, range, mean, stdDev, truncated }: Generator): Distribution | undefined {
  if (min !== undefined && range !== undefined) return { draw: "uniform", min, range };
  if (mean === undefined || stdDev === undefined) return undefined;
  return { draw: truncated === true ? "truncated normal" : "normal", mean, stdDev };
}

function frozen(scope: string): TraceError {
  const name = scope.replace("__op", "");
  return new TraceError(
    `jit: expected random operations that can be compiled; got ${name}${callSite(new Error()).replace(/^ in \w+/, "")}. ` +
      "Use randomNormal, randomUniform, truncatedNormal or dropout, or draw outside and pass the numbers as an argument.",
  );
}
