// Minimizes a smooth function of many numbers by limited-memory BFGS.

/** The value at a point; writes the gradient there. */
export type Smooth = (at: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** Ends where no partial derivative is larger. */
  tolerance: number;
  maxIterations: number;
}

const memory = 10;

/** @returns the point reached @see Nocedal & Wright 2006, Numerical optimization, algorithms 7.4 and 7.5 */
export function lbfgs(
  f: Smooth,
  start: Float64Array,
  { tolerance, maxIterations }: LbfgsOptions,
): Float64Array {
  let x = start.slice();
  let gradient: Float64Array = new Float64Array(x.length);
  let value = f(x, gradient);
  const pairs: { s: Float64Array; y: Float64Array; sy: number }[] = [];
  for (let iteration = 0; iteration < maxIterations && largest(gradient) > tolerance; iteration++) {
    let direction = descent(gradient, pairs);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      pairs.length = 0;
      direction = gradient.map((each) => -each);
      slope = dot(direction, gradient);
    }
    const first = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    const next = search(f, { x, value, direction, slope, first });
    if (next === undefined) break; // no smaller value can be told from rounding
    const s = next.x.map((each, at) => each - (x[at] as number));
    const y = next.gradient.map((each, at) => each - (gradient[at] as number));
    const sy = dot(s, y);
    if (sy > 1e-14 * dot(y, y)) pairs.push({ s, y, sy });
    if (pairs.length > memory) pairs.shift();
    ({ x, value, gradient } = next);
  }
  return x;
}

interface Point {
  x: Float64Array<ArrayBuffer>;
  value: number;
  gradient: Float64Array;
}

/** A step that satisfies the weak Wolfe conditions, by bisection. */
function search(
  f: Smooth,
  from: { x: Float64Array; value: number; direction: Float64Array; slope: number; first: number },
): Point | undefined {
  let [low, high, step] = [0, Number.POSITIVE_INFINITY, from.first];
  let best: Point | undefined;
  for (let trial = 0; trial < 40; trial++) {
    const x = new Float64Array(from.x.length).map(
      (_, at) => (from.x[at] as number) + step * (from.direction[at] as number),
    );
    const gradient = new Float64Array(x.length);
    const value = f(x, gradient);
    if (!(value <= from.value + 1e-4 * step * from.slope)) high = step;
    else {
      if (value < from.value) best = { x, value, gradient };
      if (dot(gradient, from.direction) >= 0.9 * from.slope) return best;
      low = step;
    }
    step = Number.isFinite(high) ? (low + high) / 2 : 2 * low;
  }
  return best;
}

function descent(
  gradient: Float64Array,
  pairs: readonly { s: Float64Array; y: Float64Array; sy: number }[],
): Float64Array {
  const q = gradient.map((each) => -each);
  const shares: number[] = [];
  for (const { s, y, sy } of [...pairs].reverse()) {
    const share = dot(s, q) / sy;
    shares.push(share);
    add(q, -share, y);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = last.sy / dot(last.y, last.y);
    for (let at = 0; at < q.length; at++) q[at] = (q[at] as number) * scale;
  }
  for (const { s, y, sy } of pairs) add(q, (shares.pop() as number) - dot(y, q) / sy, s);
  return q;
}

function add(to: Float64Array, factor: number, values: Float64Array): void {
  for (let at = 0; at < to.length; at++) to[at] = (to[at] as number) + factor * (values[at] as number);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
