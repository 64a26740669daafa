// Proofs for `latent-lab check --class`: a verdict in somebody else's notebook may have been written by hand. The grader
// gives each exercise a random word before the learner's first cell runs; only `check` can say it, and only when the
// exercise is passed.
let proofs: Readonly<Record<string, string>> | undefined;

/** For the grader alone: the word of each exercise. It counts once; what a notebook says later is ignored. */
export function beginGrading(words: Readonly<Record<string, string>>): void {
  proofs ??= Object.assign(Object.create(null), words);
}

/** The exercise's word, while notebooks are graded. */
export function proofOf(id: string): { proof?: string } {
  const proof = proofs?.[id];
  return proof === undefined ? {} : { proof };
}
