// Large variables that do not change between calls, as tables of embeddings or a trained model's weights, stay with the
// engine: giving it 50 MB takes hundreds of times as long as looking three rows up. A variable that changed since the
// last call goes along with the call, as it may change before the next one, too.
import type * as tf from "@tensorflow/tfjs-core";
import type { Engine, KeptTensor } from "./session/engine.js";
import { toHost } from "./tensors.js";

/** Elements; sending fewer takes some microseconds. */
const large = 2 ** 14;
/** After this time without a call the memory is given back, in ms. */
const idleTime = 10_000;

interface Seen {
  /** The variable's data at its last use. */
  dataId: object;
  tensor: KeptTensor | undefined;
}

/** One for each engine. */
export class UnchangedVariables {
  private static readonly ofEngines = new WeakMap<Engine, UnchangedVariables>();
  private readonly seen = new WeakMap<tf.Variable, Seen>();
  private readonly held = new Set<Seen>();
  private timer: NodeJS.Timeout | undefined;

  static of(engine: Engine): UnchangedVariables {
    const known = UnchangedVariables.ofEngines.get(engine) ?? new UnchangedVariables(engine);
    UnchangedVariables.ofEngines.set(engine, known);
    return known;
  }

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
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.dropAll(), idleTime);
    this.timer.unref();
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
