// What may go on once at a time. An interrupt that ends a cell by force runs no `finally`: what went on then cannot say
// that it is over, so it is over when its cell was interrupted.
import { notebookHost } from "../../core/notebook.js";

/** Begins it. @param refusal  what is thrown if it goes on already @returns what says that it is over */
export type OneAtATime = (refusal: () => Error) => () => void;

export function oneAtATime(): OneAtATime {
  let going: { readonly interrupted: AbortSignal | undefined } | undefined;
  return (refusal) => {
    if (going && !going.interrupted?.aborted) throw refusal();
    const mine = { interrupted: notebookHost()?.interruptSignal() };
    going = mine;
    return () => {
      if (going === mine) going = undefined;
    };
  };
}
