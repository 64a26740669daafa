// What may go on once at a time. An interrupt that ends a cell by force runs no `finally`: what went on then cannot say
// that it is over, so it is over when its cell was interrupted.
import { UsageError } from "./errors.js";
import { notebookHost } from "./notebook.js";

/** Begins it. @param refusal  what the error says @returns what says that it is over @throws UsageError if it goes on already */
export type OneAtATime = (refusal: string) => () => void;

export function oneAtATime(): OneAtATime {
  let going: { readonly interrupted: AbortSignal | undefined } | undefined;
  return (refusal) => {
    if (going && !going.interrupted?.aborted) throw new UsageError(refusal);
    const mine = { interrupted: notebookHost()?.interruptSignal() };
    going = mine;
    return () => {
      if (going === mine) going = undefined;
    };
  };
}
