// Large variables that do not change between calls, as tables of embeddings or a trained model's weights, stay with the
// engine: giving it 50 MB takes hundreds of times as long as looking three rows up. A variable that changed since the
// last call goes along with the call, as it may change before the next one, too.
import type * as tf from "@tensorflow/tfjs-core";
import type { Engine, KeptTensor } from "./session/engine.js";
import { idleTimer, perEngine } from "./session/engine-stores.js";
import { toHost } from "./tensors.js";

/** Elements; sending fewer takes some microseconds. */
const large = 2 ** 14;

interface Seen {
  /** The variable's data at its last use. */
  dataId: object;
  tensor: KeptTensor | undefined;
}

/** One for each engine. */
export class UnchangedVariables {
  static readonly of = perEngine((engine) => new UnchangedVariables(engine));
  private readonly seen = new WeakMap<tf.Variable, Seen>();
  private readonly held = new Set<Seen>();
  private readonly idle = idleTimer(() => this.dropAll());

  private constructor(private readonly engine: Engine) {}

  /** The engine's copy for one call, which the caller does not drop; `undefined` for a variable that is small or has changed. */
  get(variable: tf.Variable): KeptTensor | undefined {
    if (variable.size < large) return undefined;
    const { dataId } = variable;
    const last = this.seen.get(variable);
    if (last?.dataId !== dataId) {
      if (last) this.drop(last);
      this.seen.set(variable, { dataId, tensor: undefined });
      return undefined;
    }
    last.tensor ??= this.engine.hold(toHost(variable));
    this.held.add(last);
    this.idle.start();
    return last.tensor;
  }

  private dropAll(): void {
    for (const each of this.held) this.drop(each);
  }

  /** Calls that were asked for before have their tensors still. */
  private drop(seen: Seen): void {
    seen.tensor?.drop();
    seen.tensor = undefined;
    this.held.delete(seen);
  }
}
