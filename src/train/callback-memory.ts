// What callbacks remember from one training to the one that resumes it. Callbacks are found again by their kind and
// their order among those of that kind, so that others may come, go and move.

/** A callback whose memory checkpoints keep: `earlyStopping`, or one of yours. */
interface Restorable {
  /** What it is, for callbacks that are not instances of a class of their own. */
  readonly kind?: string;
  /** Plain data; typed arrays become tensors of the file. */
  state(): unknown;
  restore(state: unknown): void;
  /** Whether a memory can be this one's. Default: every one of its kind. */
  suits?(state: unknown): boolean;
}

interface Memory {
  /** `undefined` in files of earlier versions, which have the order only. */
  readonly kind: string | undefined;
  readonly state: unknown;
}

/** Of those that can be restored, in their order. */
export function callbackMemory(callbacks: readonly object[]): Memory[] {
  return callbacks
    .filter(isRestorable)
    .map((callback) => ({ kind: kindOf(callback), state: callback.state() }));
}

/** @param saved  what `callbackMemory` gave, or an earlier version */
export function restoreCallbacks(callbacks: readonly object[], saved: readonly unknown[]): void {
  const memories = saved.filter((each) => each !== null && each !== undefined).map(memoryOf);
  for (const callback of callbacks.filter(isRestorable)) {
    const at = memories.findIndex(
      ({ kind, state }) =>
        (kind === undefined || kind === kindOf(callback)) && (callback.suits?.(state) ?? true),
    );
    const [memory] = at < 0 ? [] : memories.splice(at, 1);
    if (memory) callback.restore(memory.state);
  }
}

function memoryOf(saved: unknown): Memory {
  const { kind, state } = saved as Partial<Memory>;
  return typeof kind === "string" ? { kind, state } : { kind: undefined, state: saved };
}

function kindOf(callback: Restorable): string {
  return callback.kind ?? callback.constructor.name;
}

function isRestorable(callback: object): callback is Restorable {
  const { state, restore } = callback as Partial<Restorable>;
  return typeof state === "function" && typeof restore === "function";
}
