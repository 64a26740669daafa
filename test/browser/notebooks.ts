// Notebooks for the browser tests, as text.

/** A notebook of code cells for our kernel; the first has the id `cell-0`. */
export function notebookOf(...sources: string[]): string {
  const cells = sources.map((source, index) => {
    const id = `cell-${index}`;
    return { cell_type: "code", id, execution_count: null, metadata: {}, source, outputs: [] };
  });
  return JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 });
}

const kernelspec = { name: "latent-lab", display_name: "TypeScript (Latent Lab)", language: "typescript" };
