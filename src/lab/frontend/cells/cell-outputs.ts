// What a kernel's message means for the outputs of a cell: JupyterLab's own reading (OutputArea), for messages that
// answer a request of a page that is gone.
import type { CodeCell, ICodeCellModel } from "@jupyterlab/cells";
import type { IOutput } from "@jupyterlab/nbformat";

/** A message as the server or the kernel's connection gives it. */
export interface CellMessage {
  id: string;
  type: string;
  content: Record<string, unknown>;
}

/** A run of a cell that this page has taken over. */
export interface AdoptedRun {
  id: string;
  cell: CodeCell;
  ended: boolean;
  /** Whether the server's answer held what it had said. */
  isTold: boolean;
  /** The number in its prompt, which stands there when it has ended. */
  executionCount?: number;
  /** Position of each display among the cell's outputs. */
  displays: Map<string, number>;
}

/** Applies one message; unknown kinds change nothing. */
export function apply(run: AdoptedRun, { type, content }: CellMessage): void {
  const { displays } = run;
  const { model } = run.cell;
  const { outputs } = model;
  if (type === "execute_input") run.executionCount = Number(content.execution_count);
  else if (type === "clear_output") {
    outputs.clear(content.wait === true);
    if (content.wait !== true) displays.clear();
  } else if (type === "update_display_data") update(model, displays, content);
  else if (["stream", "display_data", "execute_result", "error"].includes(type)) {
    const { transient: _transient, ...output } = content;
    const length = outputs.add({ ...output, output_type: type } as IOutput);
    if (length === 1) displays.clear(); // those of outputs that a `clear_output` has let wait for this one
    const display = displayOf(content);
    if (display !== undefined) displays.set(display, length - 1);
  }
}

/** The run has ended: its number takes the place of the star. */
export function end(run: AdoptedRun): void {
  const { model } = run.cell;
  run.ended = true;
  model.executionState = "idle";
  if (run.executionCount !== undefined) model.executionCount = run.executionCount;
}

/** The id by which a display is updated later. */
export function displayOf(content: Record<string, unknown>): string | undefined {
  return (content.transient as { display_id?: string } | undefined)?.display_id;
}

function update(
  model: ICodeCellModel,
  displays: ReadonlyMap<string, number>,
  content: Record<string, unknown>,
): void {
  const index = displays.get(displayOf(content) ?? "");
  // The notebook may have been saved before the display was there.
  const old = index === undefined || index >= model.outputs.length ? undefined : model.outputs.get(index);
  if (index === undefined || (old?.type !== "display_data" && old?.type !== "execute_result")) return;
  const { data, metadata } = content;
  model.outputs.set(index, { ...old.toJSON(), data, metadata } as IOutput);
}
