// Every error of ours has a stable `code`; `docs/errors.md` has a section for each one.
// The form of a message is «where: expected X; got Y. Do Z.», so that it says what to do next.

/** The base class of all errors that Latent Lab throws. */
export class LatentLabError extends Error {
  /** Stable identifier, e.g. `"SHAPE"`; the section of `docs/errors.md`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** An array or tensor does not have the shape that a function needs. */
export class ShapeError extends LatentLabError {
  constructor(message: string, options?: ErrorOptions) {
    super("SHAPE", message, options);
  }
}

/** A dataset is missing, damaged or not what its manifest says. */
export class DatasetError extends LatentLabError {
  constructor(message: string, options?: ErrorOptions) {
    super("DATASET", message, options);
  }
}

/** A file is no notebook of nbformat 4; the message says why. */
export class NotebookFormatError extends LatentLabError {
  constructor(message: string, options?: ErrorOptions) {
    super("NOTEBOOK_FORMAT", message, options);
  }
}

/** A Jupyter message is malformed, unsigned or signed with another key. */
export class ProtocolError extends LatentLabError {
  constructor(message: string, options?: ErrorOptions) {
    super("PROTOCOL", message, options);
  }
}

/** An optional package is not installed; the message names the command that installs it. */
export class MissingPackageError extends LatentLabError {
  constructor(message: string, options?: ErrorOptions) {
    super("MISSING_PACKAGE", message, options);
  }
}

/** A command line, option or file that the user gave cannot be used. */
export class UsageError extends LatentLabError {
  constructor(message: string, options?: ErrorOptions) {
    super("USAGE", message, options);
  }
}

/** Training cannot go on, for instance because the loss is no longer a number. */
export class TrainingError extends LatentLabError {
  constructor(message: string, options?: ErrorOptions) {
    super("TRAINING", message, options);
  }
}
