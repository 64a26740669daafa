// The data that an engine has. Giving 60,000 pictures to the native engine's thread takes as long as a third of an epoch
// on them, and the next training mostly takes the same rows: so they stay with the engine until other data come, or
// nobody has wanted them for a while. A tensor's data never change, so its `dataId` tells which they are.
import type * as tf from "@tensorflow/tfjs-core";
import type { Engine, HostTensor, KeptTensor } from "../session/engine.js";
import { idleTimer, perEngine } from "../session/engine-stores.js";
import { isCopied } from "../tensors.js";

interface Held {
  readonly tensor: KeptTensor;
  users: number;
}

/** One for each engine. */
export class HeldData {
  static readonly of = perEngine((engine) => new HeldData(engine));
  /** By the data, and the dtype and shape in which they are held: tensors of other dtypes may share data. */
  private readonly entries = new Map<tf.DataId, Map<string, Held>>();
  private readonly idle = idleTimer(() => this.freeUnused());

  private constructor(private readonly engine: Engine) {}

  /**
   * Gives tensors to the engine, those that it has not yet; what nobody uses any more is freed first.
   * @param tensors  with the shapes in which the engine takes them, and how to read them
   */
  take(tensors: readonly { tensor: tf.Tensor; shape: readonly number[]; read(): HostTensor }[]): {
    held: KeptTensor[];
    drop(): void;
  } {
    this.idle.stop();
    const found = tensors.map(({ tensor, shape }) =>
      this.entries.get(tensor.dataId)?.get(keyOf(tensor, shape)),
    );
    for (const each of found) if (each) each.users++;
    this.freeUnused();
    const all = tensors.map(({ tensor, shape, read }, at) => found[at] ?? this.add(tensor, shape, read));
    return {
      held: all.map((each) => each.tensor),
      drop: () => {
        for (const each of all) each.users--;
        this.idle.start();
      },
    };
  }

  private add(rows: tf.Tensor, shape: readonly number[], read: () => HostTensor): Held {
    const { dataId } = rows;
    const shapes = this.entries.get(dataId) ?? new Map<string, Held>();
    const key = keyOf(rows, shape);
    const held = shapes.get(key) ?? { tensor: this.engine.hold(read(), isCopied(rows)), users: 0 };
    held.users++;
    this.entries.set(dataId, shapes.set(key, held));
    return held;
  }

  private freeUnused(): void {
    for (const [dataId, shapes] of this.entries) {
      for (const [key, { tensor, users }] of shapes) {
        if (users > 0) continue;
        tensor.drop();
        shapes.delete(key);
      }
      if (shapes.size === 0) this.entries.delete(dataId);
    }
  }
}

function keyOf({ dtype }: tf.Tensor, shape: readonly number[]): string {
  return `${dtype}[${shape}]`;
}
