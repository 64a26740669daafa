// How the outcome of a check looks: a framed sentence that says in words whether it passed, and the record that the
// lab's Course panel counts (../progress/progress.ts).
import type { MimeBundle } from "../../core/notebook.js";
import { checkMimeType } from "../progress/check-type.js";

/** What a check found. */
export interface Verdict {
  /** "02.3". */
  id: string;
  passed: boolean;
  /** What was shown, or precisely what is not right yet; `code` in backticks. */
  reason: string;
}

/** The verdict for a notebook: HTML, plain text, and JSON for the learner's progress, with the grader's word if given. */
export function verdictBundle({ id, passed, reason }: Verdict, proof?: string): MimeBundle {
  const title = headline(id, passed);
  // Green and vermilion of Okabe & Ito, told apart without full colour vision; the words and the marks say the same.
  const color = passed ? "#009e73" : "#d55e00";
  const html = escaped(reason).replace(/`([^`]+)`/g, "<code>$1</code>");
  return {
    [checkMimeType]: { id, passed, ...(proof === undefined ? {} : { proof }) },
    "text/html": `<div style="border-left: 5px solid ${color}; padding: 0.3em 0.9em"><strong>${title}</strong> ${html}</div>`,
    "text/plain": verdictText({ id, passed, reason }),
  };
}

/** The verdict as one line. */
export function verdictText({ id, passed, reason }: Verdict): string {
  return `${headline(id, passed)} ${reason}`;
}

function headline(id: string, passed: boolean): string {
  return passed ? `✓ ${id} passed.` : `○ ${id} not yet.`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
