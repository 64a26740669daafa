// Which TensorFlow.js backend is the current one: a program's choice, or for a moment the library's.
import * as tf from "@tensorflow/tfjs-core";

type SetBackend = (name: string) => Promise<boolean>;

/** Makes an initialized backend the current one at once, for a moment: no choice of the program's. */
export function switchBackend(name: string): void {
  void setBackend(name); // does so before its promise resolves
}

/** `tf.setBackend`, whoever listens. */
export function setBackend(name: string): Promise<boolean> {
  const engine = tf.engine();
  return (Object.getPrototypeOf(engine) as { setBackend: SetBackend }).setBackend.call(engine, name);
}

/**
 * While the library loads its backends, a program may choose one by `tf.setBackend`, and keeps it. Plain JavaScript is there
 * at once, others when all are loaded.
 * @param loaded  resolves when they are
 * @returns what the program has chosen so far, and a function to call in the end
 */
export function whileLoading(loaded: Promise<unknown>): { readonly chosen: string | undefined; end(): void } {
  const engine = tf.engine() as { setBackend?: SetBackend };
  let chosen: string | undefined;
  engine.setBackend = async (name) => {
    if (name === "tensorflow") return setBackend(name); // native TensorFlow's own, when it is imported
    chosen = name;
    if (name !== "cpu") await loaded;
    return setBackend(name);
  };
  return {
    get chosen() {
      return chosen;
    },
    end() {
      delete engine.setBackend; // the class's own is behind it
    },
  };
}
