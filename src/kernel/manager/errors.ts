// Errors of starting and talking to kernels.
import { LatentLabError } from "../../core/errors.js";

/** A kernel could not be started, or died; the message ends with what it wrote to its standard error. */
export class KernelStartError extends LatentLabError {
  constructor(message: string, options?: ErrorOptions) {
    super("KERNEL_START", message, options);
  }
}

/** A request will not be answered, since the kernel died, restarted or was shut down meanwhile. */
export class KernelGoneError extends LatentLabError {
  constructor(message: string, options?: ErrorOptions) {
    super("KERNEL_GONE", message, options);
  }
}

/** No kernelspec has the name that was asked for. */
export class NoSuchKernelError extends LatentLabError {
  constructor(message: string, options?: ErrorOptions) {
    super("NO_SUCH_KERNEL", message, options);
  }
}
