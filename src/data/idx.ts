// The IDX format of MNIST: two zero bytes, a byte for the type, a byte for the rank, a big-endian 32-bit size for each
// axis, then the numbers. Gzip is undone where a file begins as gzip does.
// https://yann.lecun.com/exdb/mnist/ has the format at its end.
import { gunzipSync } from "node:zlib";
import { DatasetError } from "../core/errors.js";

/** An array as it lies in an IDX file. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

/** The types by their byte in the header. */
const types = {
  8: { size: 1, make: (length: number) => new Uint8Array(length), get: "getUint8" },
  9: { size: 1, make: (length: number) => new Int8Array(length), get: "getInt8" },
  11: { size: 2, make: (length: number) => new Int16Array(length), get: "getInt16" },
  12: { size: 4, make: (length: number) => new Int32Array(length), get: "getInt32" },
  13: { size: 4, make: (length: number) => new Float32Array(length), get: "getFloat32" },
  14: { size: 8, make: (length: number) => new Float64Array(length), get: "getFloat64" },
} as const;

/**
 * Reads an IDX file, compressed with gzip or not.
 * @param name  the file's, for messages
 * @throws DatasetError if it is no IDX file, or shorter or longer than its header says
 */
export function readIdx(bytes: Uint8Array, name = "the file"): IdxArray {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? decompressed(bytes, name) : bytes;
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const type = types[plain[2] as keyof typeof types];
  const rank = plain[3] ?? 0;
  if (plain.length < 4 || plain[0] !== 0 || plain[1] !== 0 || !type || rank === 0)
    throw new DatasetError(
      `readIdx: expected ${name} to begin with 00 00, a type and a rank; got ${hex(plain.subarray(0, 4))}. It is no IDX file: download it again.`,
    );
  const header = 4 + 4 * rank;
  if (plain.length < header)
    throw new DatasetError(
      `readIdx: expected ${name} to have a header of ${header} bytes; got ${plain.length}. It was cut short: download it again.`,
    );
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, size) => product * size, 1);
  const expected = header + count * type.size;
  if (plain.length !== expected)
    throw new DatasetError(
      `readIdx: expected ${expected} bytes in ${name} for [${shape}]; got ${plain.length}. It ${plain.length < expected ? "was cut short" : "has bytes too many"}: download it again.`,
    );
  if (plain[2] === 8) return { shape, data: plain.slice(header) };
  const data = type.make(count);
  for (let at = 0; at < count; at++) data[at] = view[type.get](header + at * type.size);
  return { shape, data };
}

function decompressed(bytes: Uint8Array, name: string): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new DatasetError(
      `readIdx: expected ${name} to be whole gzip; got ${(cause as Error).message}. Download it again.`,
      { cause },
    );
  }
}

function hex(bytes: Uint8Array): string {
  return bytes.length === 0
    ? "nothing"
    : [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
