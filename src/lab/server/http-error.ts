// Errors with an HTTP status, and the translation of all others: file system, validation, kernels. Every error
// leaves the server as JSON `{ message, reason }`, which JupyterLab shows in a dialog.
import { ZodError, z } from "zod";
import { LatentLabError, NotebookFormatError } from "../../core/errors.js";
import { KernelGoneError, NoSuchKernelError } from "../../kernel/manager/index.js";

/** An answer other than success. The message is shown to the user. */
export class HttpError extends LatentLabError {
  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions & { reason?: string },
  ) {
    super(`HTTP_${status}`, message, options);
    this.reason = options?.reason ?? null;
  }

  readonly reason: string | null;
}

export interface ErrorBody {
  message: string;
  reason: string | null;
}

const fileErrors: Record<string, [status: number, what: string]> = {
  ENOENT: [404, "No such file or folder"],
  ENOTDIR: [404, "No such folder"],
  EISDIR: [400, "This is a folder"],
  EEXIST: [409, "There is already a file or folder of this name"],
  ENOTEMPTY: [400, "The folder is not empty"],
  EACCES: [403, "Permission denied"],
  EPERM: [403, "Permission denied"],
  EROFS: [403, "The disk is read-only"],
  ENAMETOOLONG: [400, "The name is too long"],
  EFBIG: [507, "The file is larger than the system allows; nothing was changed"],
  ENOSPC: [507, "The disk is full; nothing was changed"],
  EDQUOT: [507, "The disk quota is used up; nothing was changed"],
};

/** The status and body for any error; `internal` marks those that are worth a line in the log. */
export function describeError(error: unknown): { status: number; body: ErrorBody; internal: boolean } {
  const answer = (status: number, message: string, reason: string | null = null) => ({
    status,
    body: { message, reason },
    internal: status >= 500 && status !== 501 && status !== 507,
  });
  if (error instanceof HttpError) return answer(error.status, error.message, error.reason);
  if (error instanceof ZodError) return answer(400, z.prettifyError(error), "invalid request");
  if (error instanceof NotebookFormatError) return answer(400, error.message, "not a notebook");
  if (error instanceof NoSuchKernelError) return answer(501, error.message, "no such kernel");
  if (error instanceof KernelGoneError) return answer(409, error.message, "kernel gone");
  const {
    code = "",
    statusCode,
    message = String(error),
    path,
  } = error as Partial<NodeJS.ErrnoException> & {
    statusCode?: number;
  };
  const known = fileErrors[code];
  if (known !== undefined)
    return answer(known[0], path === undefined ? `${known[1]}.` : `${known[1]}: ${baseName(path)}`, code);
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return answer(
      413,
      "This is larger than the lab accepts in one piece. Upload it in parts, or copy it into the folder.",
    );
  }
  return answer(statusCode ?? 500, message);
}

/** The last part of a path: the rest tells more about the machine than the user needs. */
function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
