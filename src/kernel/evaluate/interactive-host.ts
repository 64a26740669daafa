// What the kernel offers to widgets: comms, callbacks that belong to a cell, captured output.
import type { InteractiveHost } from "../../core/notebook.js";
import type { CellId } from "../threads/messages.js";
import type { KernelComms } from "./comms.js";
import { reportError } from "./error-report.js";
import { renderValue } from "./render.js";
import type { CellSources } from "./stack-trace.js";
import type { CellTasks } from "./tasks.js";

interface Parts {
  comms: KernelComms;
  tasks: CellTasks;
  currentCell: () => CellId;
  sources: CellSources;
  /** Shows an error in the cell that the running code belongs to. */
  showError: (thrown: unknown) => void;
}

export function interactiveHost({ comms, tasks, currentCell, sources, showError }: Parts): InteractiveHost {
  return {
    openComm: (target, data, options) => comms.open(target, data, options),
    registerTarget: (target, handler) => comms.registerTarget(target, handler),
    attach(callback) {
      const cell = currentCell();
      return (...values) => tasks.run(tasks.create({ to: cell }), () => callback(...values), showError);
    },
    capture: (sink, body) => tasks.capture(sink, body),
    render: (value) => renderValue(value),
    describeError: (thrown) => reportError(thrown, sources),
  };
}
