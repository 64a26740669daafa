// `rubric`, the table of notebook 13: all rows of the capstone at once, so that a learner sees how far the project is.
import { type MimeBundle, notebookHost } from "../../core/notebook.js";
import type { Answer } from "./exercise.js";
import { projectRows, type RubricRow } from "./project-rows.js";

/**
 * Shows the capstone's rubric: a row for each step, computed from your arrays, with what to do where it is not met.
 *
 * `await rubric(() => ({ raw, scaled, codeDim, errors, chosen, model, testError, limits }))`
 * @param project  gives your values by name; a function, so that a name that does not exist yet fails no cell
 * @returns nothing; never rejects. Tensors stay yours
 */
export async function rubric(project: () => object): Promise<void> {
  const bundle = rubricBundle(await projectRows(valuesOf(project)));
  const host = notebookHost();
  if (host) host.display(bundle);
  else console.log(bundle["text/plain"]);
}

/** The rows as an HTML table and as text; the words say what the colours say. */
export function rubricBundle(rows: readonly RubricRow[]): MimeBundle {
  const cells = rows.map(({ title, met, reason }) => {
    const color = met ? "#009e73" : "#d55e00"; // Okabe & Ito's green and vermilion
    return `<tr><td style="border-left: 5px solid ${color}; text-align: left; white-space: nowrap">${mark(met)}</td><th scope="row" style="text-align: left">${escaped(title)}</th><td style="text-align: left">${escaped(reason).replace(/`([^`]+)`/g, "<code>$1</code>")}</td></tr>`;
  });
  const met = rows.filter((row) => row.met).length;
  const caption = `Rubric: ${met} of ${rows.length} rows met`;
  return {
    "text/html": `<table><caption>${caption}</caption><thead><tr><th scope="col" style="text-align: left">State</th><th scope="col" style="text-align: left">Row</th><th scope="col" style="text-align: left">What was found</th></tr></thead><tbody>${cells.join("")}</tbody></table>`,
    "text/plain": [
      caption,
      ...rows.map(({ title, met, reason }) => `${mark(met)}  ${title}. ${reason}`),
    ].join("\n"),
  };
}

function valuesOf(project: () => object): Answer {
  try {
    return { ...project() };
  } catch {
    return {};
  }
}

function mark(met: boolean): string {
  return met ? "✓ met" : "○ not yet";
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
