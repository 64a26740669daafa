// What can go wrong between a function and its compiled form. Codes as everywhere: docs/jit.md has a section on each.
import { LatentLabError } from "../core/errors.js";

/** A function does something that cannot be recorded: it reads values, is random, returns a promise, … */
export class TraceError extends LatentLabError {
  constructor(message: string, options?: ErrorOptions) {
    super("TRACE", message, options);
  }
}

/** A function uses an operation for which there is no ONNX form yet. */
export class UnsupportedOpError extends LatentLabError {
  /** TensorFlow.js's name of the kernel, e.g. `"Conv2D"`. */
  readonly kernel: string;

  constructor(kernel: string, message: string, options?: ErrorOptions) {
    super("UNSUPPORTED_OP", message, options);
    this.kernel = kernel;
  }
}

/** An engine of ONNX Runtime cannot be loaded, or refuses a program. */
export class EngineError extends LatentLabError {
  constructor(message: string, options?: ErrorOptions) {
    super("ENGINE", message, options);
  }
}

/** ONNX Runtime does not take a program: a bug of ours, for instance a dtype that an operator of its has not. */
export class RefusedError extends EngineError {
  constructor(cause: unknown) {
    super("internal: ONNX Runtime refuses a program of ours", { cause });
  }
}

/** A bug of ours; please report it. */
export class InternalError extends LatentLabError {
  constructor(message: string, options?: ErrorOptions) {
    super("INTERNAL", `internal: ${message}`, options);
  }
}
