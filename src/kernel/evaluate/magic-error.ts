// What goes wrong in a magic.
import { LatentLabError } from "../../core/errors.js";

/** A magic could not do what was asked. */
export class MagicError extends LatentLabError {
  constructor(message: string) {
    super("MAGIC", message);
    this.name = "MagicError";
  }
}
