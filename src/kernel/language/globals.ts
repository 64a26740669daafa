// Types of what a notebook finds without importing it.
export const globalTypes = `
interface LatentLabDisplayHandle {
  readonly id: string;
  /** Replaces what is shown. */
  update(bundle: Record<string, unknown>, metadata?: Record<string, unknown>): void;
}
interface LatentLabDisplay {
  /** Shows any value below the cell, and gives a handle to replace it in place. */
  (value: unknown): Promise<LatentLabDisplayHandle & { show(value: unknown): Promise<void> }>;
  html(text: string): LatentLabDisplayHandle;
  markdown(text: string): LatentLabDisplayHandle;
  latex(text: string): LatentLabDisplayHandle;
  svg(text: string): LatentLabDisplayHandle;
  javascript(text: string): LatentLabDisplayHandle;
  /** PNG bytes, or their base64. */
  png(bytes: Uint8Array | string): LatentLabDisplayHandle;
  /** JPEG bytes, or their base64. */
  jpeg(bytes: Uint8Array | string): LatentLabDisplayHandle;
  json(value: unknown): LatentLabDisplayHandle;
  /** A Plotly figure: \`{ data, layout, config }\`. */
  plotly(figure: object): LatentLabDisplayHandle;
  /** Empties the cell's output; with \`wait\`, when the next output comes. */
  clear(wait?: boolean): void;
}
/** Shows values in the notebook: \`display(value)\`, \`display.html(text)\`, … */
declare const display: LatentLabDisplay;
interface LatentLabPrompt {
  /** Asks the user for a line, and waits for it. */
  (message?: string, fallback?: string): string;
  /** As \`prompt\`, with the answer hidden. */
  password(message?: string): string;
}
declare const prompt: LatentLabPrompt;
`;
