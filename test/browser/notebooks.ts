// Notebooks for the browser tests, as text.

export const code = (source: string, more: object = {}) => ({
  ...{ cell_type: "code", execution_count: null, metadata: {}, source, outputs: [] },
  ...more,
});
export const markdown = (source: string, more: object = {}) => ({
  ...{ cell_type: "markdown", metadata: {}, source },
  ...more,
});

/** A notebook of these cells for our kernel. */
export function notebook(cells: object[], metadata: object = {}): string {
  return JSON.stringify({
    cells: cells.map((cell, index) => ({ id: `cell-${index}`, ...cell })),
    metadata: { kernelspec, ...metadata },
    ...{ nbformat: 4, nbformat_minor: 5 },
  });
}

/** A notebook of code cells. */
export function notebookOf(...sources: string[]): string {
  return notebook(sources.map((source) => code(source)));
}

const kernelspec = { name: "latent-lab", display_name: "TypeScript (Latent Lab)", language: "typescript" };
