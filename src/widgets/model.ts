// A widget's model: its state, and the comm that keeps the front end's copy equal to it. In plain Node there is no
// comm, and the model only holds the state.
// Specification: ipywidgets, packages/schema/messages.md, version 2.1.0.
import { randomUUID } from "node:crypto";
import { type Comm, type CommMessage, notebookHost } from "../core/notebook.js";
import { type Path, putBuffers, type State, splitBuffers } from "./buffers.js";
import { announce, forget } from "./registry.js";

const target = "jupyter.widget";
const version = "2.1.0";
const controlsModule = { module: "@jupyter-widgets/controls", version: "2.0.0" };

/** Names a model's class in the front end. */
export interface ModelKind {
  /** Without `Model`: `"IntSlider"`. */
  name: string;
  /** Default: `name` + `View`; null for a model that is not shown. */
  view?: string | null;
  /** Default: the package of controls. */
  package?: { module: string; version: string };
}

export class WidgetModel {
  readonly id: string;
  /** Told of changes that came from the front end. */
  changed: (changes: State) => void = () => {};
  /** Told of events that are no state, such as a click. */
  event: (content: unknown) => void = () => {};
  readonly #state: State;
  readonly #comm: Comm | undefined;

  constructor(
    { name, view = `${name}View`, package: { module, version: ofModule } = controlsModule }: ModelKind,
    state: State,
  ) {
    this.#state = {
      _model_name: `${name}Model`,
      _model_module: module,
      _model_module_version: ofModule,
      _view_name: view,
      _view_module: view === "StyleView" || view === "LayoutView" ? "@jupyter-widgets/base" : module,
      _view_module_version: ofModule,
      ...state,
    };
    const host = notebookHost()?.interactive;
    const { state: json, paths, buffers } = splitBuffers(this.#state);
    this.#comm = host?.openComm(
      target,
      { state: json, buffer_paths: paths },
      { metadata: { version }, buffers },
    );
    this.id = this.#comm?.id ?? randomUUID();
    this.#comm?.onMessage((message) => this.#receive(message));
    this.#comm?.onClose(() => forget(this.id));
    if (host) announce(host, this);
  }

  /** The state as it is now; not to be changed. */
  get state(): Readonly<State> {
    return this.#state;
  }

  /** How another model's state names this one. */
  get reference(): string {
    return `IPY_MODEL_${this.id}`;
  }

  /** Sets attributes here and in the front end. */
  set(changes: State): void {
    const different = Object.entries(changes).filter(
      ([key, value]) => typeof value === "object" || !Object.is(this.#state[key], value),
    );
    if (different.length === 0) return;
    const changed = Object.fromEntries(different);
    Object.assign(this.#state, changed);
    this.#send("update", changed);
  }

  /** Ends the model, and takes its views off the page. */
  close(): void {
    this.#comm?.close();
    forget(this.id);
  }

  #send(method: "update" | "echo_update", changes: State): void {
    const { state, paths, buffers } = splitBuffers(changes);
    this.#comm?.send({ method, state, buffer_paths: paths }, { buffers });
  }

  #receive({ data, buffers }: CommMessage): void {
    switch (data.method) {
      case "update": {
        const paths = (data.buffer_paths ?? []) as Path[];
        const changes = putBuffers({ ...(data.state as State) }, paths, buffers);
        // Other pages that show the notebook learn of the change by this; the one that made it waits for it.
        this.#send("echo_update", changes);
        Object.assign(this.#state, changes);
        return this.changed(changes);
      }
      case "request_state":
        return this.#send("update", this.#state);
      case "custom":
        return this.event(data.content);
      default: // a later version of the protocol may say more; what it says is no state that we know
    }
  }
}
