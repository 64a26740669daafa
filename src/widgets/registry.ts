// All live models, for a page that is opened or reloaded while the kernel runs: it asks for them all at once.
// Specification: ipywidgets, packages/schema/messages.md, "Control Widget messaging protocol, version 1.0".
import type { Comm, InteractiveHost } from "../core/notebook.js";
import { type State, splitBuffers } from "./buffers.js";

interface Model {
  readonly id: string;
  readonly state: Readonly<State>;
}

const models = new Map<string, Model>();
const hosts = new WeakSet<InteractiveHost>();

/** Makes a model known, and answers pages that ask for all. */
export function announce(host: InteractiveHost, model: Model): void {
  models.set(model.id, model);
  if (hosts.has(host)) return;
  hosts.add(host);
  host.registerTarget("jupyter.widget.control", (comm) => {
    comm.onMessage(({ data }) => {
      if (data.method === "request_states") sendStates(comm);
    });
  });
}

/** The model is closed. */
export function forget(id: string): void {
  models.delete(id);
}

function sendStates(comm: Comm): void {
  const all = [...models].map(([id, model]) => ({ id, ...splitBuffers({ ...model.state }) }));
  const states = all.map(({ id, state }) => {
    const { _model_name, _model_module, _model_module_version } = state;
    return [
      id,
      {
        model_name: _model_name,
        model_module: _model_module,
        model_module_version: _model_module_version,
        state,
      },
    ];
  });
  const buffer_paths = all.flatMap(({ id, paths }) => paths.map((path) => [id, ...path]));
  const buffers = all.flatMap((each) => each.buffers);
  comm.send({ method: "update_states", states: Object.fromEntries(states), buffer_paths }, { buffers });
}
