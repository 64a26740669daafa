// What a check cell says in a notebook's file: its metadata `latent_lab: { check: ID }` announce an exercise, and its
// output shows `application/vnd.latent-lab.check+json`. Described in docs/lab.md.
import { z } from "zod";
import type { NotebookCell } from "../../core/nbformat.js";
import { checkMimeType } from "./check-type.js";

const announcement = z.looseObject({ check: z.string() });
const verdict = z.looseObject({ id: z.string(), passed: z.boolean(), proof: z.string().optional() });

export type SavedVerdict = z.infer<typeof verdict>;

/** The exercise that a check cell belongs to: "02.3"; `undefined` for any other cell. */
export function exerciseOf({ cell_type: type, metadata }: NotebookCell): string | undefined {
  return type === "code" ? announcement.safeParse(metadata.latent_lab).data?.check : undefined;
}

/** The verdicts in a cell's outputs, whoever wrote them. */
export function verdictsOf({ outputs = [] }: NotebookCell): SavedVerdict[] {
  return outputs.flatMap((output) => {
    const { data: bundle } = output as { data?: Record<string, unknown> };
    const { data } = verdict.safeParse(bundle?.[checkMimeType]);
    return data === undefined ? [] : [data];
  });
}
