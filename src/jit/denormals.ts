// Numbers below 2⁻¹²⁶ have fewer digits (denormal numbers), and many processors take a hundred times as long for each.
// Training makes them: Adam multiplies the moment of a weight that gets no gradient any more, as a dead unit's, by 0.9 at
// each step. After 800 steps it is denormal and stays so, as 0.9 of the smallest number is rounded up to it again: half
// of the dense autoencoder's moments after five epochs, and a step takes twice as long.
//
// So every now and then what the steps carry on is made 0 where it is denormal: after fixed numbers of steps, so that
// results do not depend on time. (ONNX Runtime can have the processor do it, but only in the first thread of a process
// that uses it, and not in its WASM build; a node for it in each step would cost what it saves.)

/** Steps between two times. */
const interval = 128;

/** Whether it is time when so many steps have been taken. */
export function timeToFlush(steps: number): boolean {
  return steps % interval === 0;
}

/** Steps until then, 1 or more. */
export function stepsToFlush(steps: number): number {
  return interval - (steps % interval || 0); // an optimizer of one's own need not count
}

const exponent = 0x7f800000;
const sign = ~0x7fffffff;

/** Makes denormal numbers 0, in place. It looks at bits, since computing with these numbers is what takes so long. */
export function flushDenormals(numbers: Float32Array): void {
  const bits = new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  for (let at = 0; at < bits.length; at++) {
    const each = bits[at] as number;
    if ((each & exponent) === 0) bits[at] = each & sign;
  }
}
