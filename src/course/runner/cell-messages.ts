// Gives every iopub message of a run to the cell whose request it answers, also when that cell has ended: its timers,
// promises and trainings go on while later cells run, and what they say belongs to it, as in JupyterLab.
import { UsageError } from "../../core/errors.js";
import type { NotebookCell, NotebookOutput } from "../../core/nbformat.js";
import type { KernelProcess } from "../../kernel/manager/index.js";
import type { Channel, Message } from "../../kernel/protocol/wire.js";
import { type CellFailure, errorOf, mayFail, stopped } from "./cell-failure.js";
import { CellOutputs } from "./cell-outputs.js";
import type { OutputBudget } from "./output-budget.js";
import type { WidgetStates } from "./widget-states.js";

export interface CellMessagesOptions {
  kernel: KernelProcess;
  widgets: WidgetStates;
  /** Once it is spent, messages are dropped. */
  budget: OutputBudget;
}

interface RunCell {
  cell: NotebookCell;
  number: number;
  collected: CellOutputs;
}

export class CellMessages {
  readonly #options: CellMessagesOptions;
  readonly #cells = new Map<string, RunCell>();
  /** Displays of the whole notebook, since any cell may update them. */
  readonly #displays = new Map<string, NotebookOutput[]>();
  readonly #spent = new AbortController();
  #failure: CellFailure | undefined;

  /** Listens until `close` is called. */
  constructor(options: CellMessagesOptions) {
    this.#options = options;
    options.kernel.on("message", this.#onMessage);
  }

  /** The first failure. */
  get failure(): CellFailure | undefined {
    return this.#failure;
  }

  /** Aborts when the budget is spent. */
  get spent(): AbortSignal {
    return this.#spent.signal;
  }

  /** A cell has failed. */
  fail(failure: CellFailure): void {
    this.#failure ??= failure;
  }

  /**
   * From now on the outputs of `cell` are what the answers to a request bring.
   * @param number  the cell's place in the notebook, from 1
   * @returns the id that the request has to have
   */
  begin(cell: NotebookCell, number: number): string {
    const id = crypto.randomUUID();
    const collected = new CellOutputs(this.#displays);
    cell.outputs = collected.outputs;
    this.#cells.set(id, { cell, number, collected });
    return id;
  }

  close(): void {
    this.#options.kernel.off("message", this.#onMessage);
  }

  readonly #onMessage = (channel: Channel, message: Message): void => {
    const asked = channel === "iopub" ? this.#cells.get(message.parent_header.msg_id ?? "") : undefined;
    if (asked === undefined || this.#options.budget.spent) return;
    try {
      this.#take(asked, message);
    } catch (error) {
      // A kernel may send what cannot be read; nobody else is there to catch it.
      this.fail(stopped(asked.number, asked.cell, (error as Error).message));
    }
  };

  #take({ cell, number, collected }: RunCell, message: Message): void {
    const { widgets, budget } = this.#options;
    collected.take(message);
    widgets.take(message);
    budget.take(message);
    if (message.header.msg_type === "error" && !mayFail(cell))
      this.fail({ cell: number, source: cell.source, ...errorOf(message.content) });
    if (!budget.spent) return;
    const tooMuch = "the notebook's outputs are too large.";
    this.fail(stopped(number, cell, tooMuch));
    this.#spent.abort(new UsageError(tooMuch));
  }
}
