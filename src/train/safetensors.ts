// The safetensors format: eight bytes with the length of a JSON header, the header, then the numbers. Other programs read it,
// and a damaged file is noticed. @see https://huggingface.co/docs/safetensors, "Format"
import { DatasetError } from "../core/errors.js";

export type StoredData = Float32Array | Int32Array | Uint8Array;

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: StoredData;
}

/** Tensors by name, and texts by name. */
export interface Stored {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const types = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;
type TypeName = keyof typeof types;

interface Entry {
  readonly dtype: TypeName;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

export function encodeTensors({ tensors, metadata }: Stored): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const dtype = (Object.keys(types) as TypeName[]).find((type) => data instanceof types[type]);
    header[name] = { dtype, shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8; // the numbers start at a multiple of eight
  const file = Buffer.alloc(8 + padded + end, 0x20);
  file.writeBigUInt64LE(BigInt(padded));
  text.copy(file, 8);
  let at = 8 + padded;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/** @throws DatasetError if the bytes are no such file, or not all of one */
export function decodeTensors(file: Uint8Array, name: string): Stored {
  const damaged = (cause?: unknown): DatasetError =>
    new DatasetError(`${name}: expected a whole safetensors file; it is damaged. Delete it.`, { cause });
  try {
    const bytes = Uint8Array.from(file);
    const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const text = new TextDecoder().decode(bytes.subarray(8, start));
    const { __metadata__: metadata = {}, ...entries } = JSON.parse(text) as Record<string, unknown> & {
      __metadata__?: Record<string, string>;
    };
    const tensors = new Map<string, StoredTensor>();
    for (const [key, { dtype, shape, data_offsets }] of Object.entries(entries as Record<string, Entry>)) {
      const [from, to] = data_offsets;
      if (start + to > bytes.length) throw damaged();
      tensors.set(key, { shape, data: new types[dtype](bytes.slice(start + from, start + to).buffer) });
    }
    return { tensors, metadata };
  } catch (error) {
    throw error instanceof DatasetError ? error : damaged(error);
  }
}
