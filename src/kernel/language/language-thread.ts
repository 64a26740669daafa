// Entry of the language thread: answers one question after the other, the notebook's cells added between.
import { parentPort, workerData } from "node:worker_threads";
import { withoutMagics } from "../magics.js";
import { complete, inspect, isComplete } from "./answers.js";
import { diagnose } from "./diagnostics.js";
import type { FromLanguage, LanguageRequest, ToLanguage } from "./messages.js";
import { createService } from "./service.js";

const { folder } = workerData as { folder: string };
if (parentPort === null) throw new Error("internal: language-thread.ts is the entry of a worker.");
const port = parentPort;
const notebook = createService(folder);

port.on("message", (message: ToLanguage) => {
  if ("cell" in message) {
    notebook.files.addCell(withoutMagics(message.cell.code));
    // Types of what was imported are read now, not when the learner waits for a completion.
    setImmediate(warmUp);
    return;
  }
  if ("forgotten" in message) return notebook.files.forget(message.forgotten);
  const { id } = message;
  const request = { ...message.request, code: withoutMagics(message.request.code) };
  port.postMessage({ id, content: answer(request) } satisfies FromLanguage);
});

setImmediate(warmUp);

function warmUp(): void {
  const { fileName } = notebook.files.setDraft("");
  notebook.service.getSemanticDiagnostics(fileName);
}

function answer(request: LanguageRequest): Record<string, unknown> {
  try {
    if (request.kind === "complete") return complete(notebook, request.code, request.cursor);
    if (request.kind === "inspect") return inspect(notebook, request.code, request.cursor);
    if (request.kind === "diagnose") return { text: diagnose(notebook, request.code, request.name) };
    return isComplete(request.code);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { status: "error", ename: name, evalue: message, traceback: [message] };
  }
}
