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
  /** A Vega or Vega-Lite specification with its \`$schema\`. */
  vega(specification: { $schema: string; [key: string]: unknown }): LatentLabDisplayHandle;
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
interface LatentLabDisplayable {
  [key: symbol]: () => Record<string, unknown>;
}
/** The part of Deno that concerns notebooks. There is no more of it here: this is Node. */
declare namespace Deno {
  namespace jupyter {
    /** Name of the method that decides how a value is shown. */
    const $display: unique symbol;
    function md(strings: TemplateStringsArray, ...values: unknown[]): LatentLabDisplayable;
    function html(strings: TemplateStringsArray, ...values: unknown[]): LatentLabDisplayable;
    function svg(strings: TemplateStringsArray, ...values: unknown[]): LatentLabDisplayable;
    /** A PNG, JPEG or GIF file, or its bytes. */
    function image(source: string | Uint8Array): LatentLabDisplayable;
    function format(value: unknown): Promise<Record<string, unknown>>;
    function display(
      value: unknown,
      options?: { raw?: boolean; update?: boolean; display_id?: string },
    ): Promise<void>;
    function broadcast(
      type: string,
      content: Record<string, unknown>,
      more?: { metadata?: Record<string, unknown>; buffers?: Uint8Array[] },
    ): Promise<void>;
  }
}
/** Node has it; TypeScript keeps its types among those of browsers. */
declare namespace WebAssembly {
  type Imports = Record<string, Record<string, unknown>>;
  class Module {
    constructor(bytes: ArrayBufferLike | ArrayBufferView);
    static imports(module: Module): { module: string; name: string; kind: string }[];
    static exports(module: Module): { name: string; kind: string }[];
    static customSections(module: Module, name: string): ArrayBuffer[];
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Record<string, any>;
  }
  class Memory {
    constructor(options: { initial: number; maximum?: number; shared?: boolean });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Table {
    constructor(options: { element: string; initial: number; maximum?: number }, value?: unknown);
    readonly length: number;
    get(index: number): any;
    set(index: number, value?: unknown): void;
    grow(by: number, value?: unknown): number;
  }
  class Global {
    constructor(options: { value: string; mutable?: boolean }, value?: unknown);
    value: any;
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}
  function validate(bytes: ArrayBufferLike | ArrayBufferView): boolean;
  function compile(bytes: ArrayBufferLike | ArrayBufferView): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function instantiate(
    bytes: ArrayBufferLike | ArrayBufferView,
    imports?: Imports,
  ): Promise<{ module: Module; instance: Instance }>;
}
/** WebAssembly modules export functions, memories, tables and globals, of which TypeScript knows no more. */
declare module "*.wasm";
`;
