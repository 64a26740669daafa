// Gathers the state of the widgets that a notebook's cells make, as a front end's widget manager saves it, so that a
// notebook that was run without a front end shows its widgets where it is opened.
// Format: ipywidgets, packages/schema/v2/state.schema.json.
import type { Message } from "../../kernel/protocol/wire.js";

type State = Record<string, unknown>;
type Path = (string | number)[];

interface SavedModel {
  model_name: unknown;
  model_module: unknown;
  model_module_version: unknown;
  state: State;
  buffers?: { data: string; path: Path; encoding: "base64" }[];
}

const stateType = "application/vnd.jupyter.widget-state+json";

export class WidgetStates {
  readonly #models = new Map<string, SavedModel>();

  take({ header, content, buffers }: Message): void {
    const id = String(content.comm_id);
    // Any cell can open a comm and send what it likes.
    const data = objectIn(content.data);
    const state: State = objectIn(data.state);
    const paths = Array.isArray(data.buffer_paths) ? (data.buffer_paths as Path[]) : [];
    if (header.msg_type === "comm_close") this.#models.delete(id);
    if (header.msg_type === "comm_open" && content.target_name === "jupyter.widget") {
      const { _model_name, _model_module, _model_module_version } = state;
      this.#models.set(id, {
        model_name: _model_name,
        model_module: _model_module,
        model_module_version: _model_module_version,
        state: {},
      });
    }
    const model = this.#models.get(id);
    if (model === undefined || (header.msg_type === "comm_msg" && data.method !== "update")) return;
    Object.assign(model.state, state);
    if (paths.length > 0) addBuffers(model, paths, buffers);
  }

  /** What goes into the notebook's metadata as `widgets`; nothing if there are none. */
  get metadata(): Record<string, unknown> | undefined {
    if (this.#models.size === 0) return undefined;
    const state = Object.fromEntries(this.#models);
    return { [stateType]: { version_major: 2, version_minor: 0, state } };
  }
}

function objectIn(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** Bytes as text; those of the same path before are replaced. */
function addBuffers(model: SavedModel, paths: Path[], buffers: readonly Buffer[]): void {
  const replaced = new Set(paths.map(String));
  const kept = (model.buffers ?? []).filter(({ path }) => !replaced.has(String(path)));
  const added = paths.map((path, index) => {
    const data = (buffers[index] ?? Buffer.alloc(0)).toString("base64");
    return { data, path, encoding: "base64" as const };
  });
  model.buffers = [...kept, ...added];
}
