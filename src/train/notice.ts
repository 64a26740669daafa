// What a training's result says besides its numbers, and the terminal's line with it.

/** The part of a run that it comes from. */
interface Noted {
  readonly trainer: { readonly notice: string | undefined };
  readonly batches: { readonly ended?: string | undefined };
  /** Whether a callback had ended the training that is resumed. */
  readonly ended: boolean;
  /** The first epoch of this call, from 0. */
  readonly first: number;
  readonly settings: { readonly epochs: number };
}

export function noticeOf({ trainer, batches, ...run }: Noted): string | undefined {
  const notices = [trainer.notice, batches.ended, whyNothing(run)].filter((notice) => notice !== undefined);
  return notices.length > 0 ? notices.join(" ") : undefined;
}

/** Of a training that is resumed. */
function whyNothing({ ended, first, settings }: Omit<Noted, "trainer" | "batches">): string | undefined {
  const { epochs } = settings;
  if (ended)
    return `A callback had ended this training after epoch ${first}, and it stays so: the model has its weights. To train on, leave \`resume\` out.`;
  if (first >= epochs)
    return `Nothing was trained: the checkpoint has ${first} epochs already, and \`epochs\` is ${epochs}. To train on, write epochs: ${first + 10}.`;
  return undefined;
}
