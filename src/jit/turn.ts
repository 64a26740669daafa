// Compiled functions read and assign variables, so calls run one after another, in the order in which they were made.
// An interrupted cell may leave a call that never ends; the next one waits for it no longer than its cell lives.
import { notebookHost } from "../core/notebook.js";

interface Turn {
  readonly done: Promise<unknown>;
  readonly signal: AbortSignal | undefined;
}

let last: Turn | undefined;

/** Runs `body` when all earlier turns have ended. */
export function inTurn<T>(body: () => Promise<T>): Promise<T> {
  const previous = last;
  const done = ended(previous).then(body);
  const turn = { done, signal: notebookHost()?.interruptSignal() };
  last = turn;
  const forget = (): void => {
    if (last === turn) last = undefined;
  };
  done.then(forget, forget);
  return done;
}

async function ended(turn: Turn | undefined): Promise<void> {
  if (!turn || turn.signal?.aborted) return;
  const { done, signal } = turn;
  await new Promise<void>((resolve) => {
    const go = (): void => resolve();
    done.then(go, go);
    signal?.addEventListener("abort", go, { once: true });
  });
}
