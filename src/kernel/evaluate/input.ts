// Asking the user for a line. `prompt()` is synchronous, as in browsers: the main thread sleeps until the
// protocol thread has the answer, and an interrupt wakes it. `process.stdin` asks when it is read, so that
// `node:readline` works.
import { Readable } from "node:stream";
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { LatentLabError } from "../../core/errors.js";
import type { CellId, InputAnswer, Report } from "../threads/messages.js";
import { defineHidden } from "./define-hidden.js";

/** The front end cannot ask, or the user has not answered. */
class InputError extends LatentLabError {
  constructor(message: string) {
    super("INPUT", message);
    this.name = "InputError";
  }
}

interface Parts {
  report: Report;
  currentCell: () => CellId;
  /** Where answers to synchronous questions arrive. */
  answers: MessagePort;
  /** Counts those answers; the main thread sleeps on it. */
  signal: Int32Array;
}

export class CellInput {
  readonly #parts: Parts;
  readonly #waiting = new Map<number, (answer: InputAnswer) => void>();
  #questions = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    // Answers are only ever taken out synchronously.
    parts.answers.unref();
  }

  /** An answer to a question of `process.stdin`. */
  answered(id: number, answer: InputAnswer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }

  /** Puts `prompt`, `prompt.password` and `process.stdin` in place. */
  install(): void {
    const ask = (message: unknown, password: boolean): string =>
      this.#askNow(String(message ?? ""), password);
    const prompt = Object.assign(
      (message?: unknown, fallback?: string) => ask(message, false) || (fallback ?? ""),
      {
        /** As `prompt`, with the answer hidden. */
        password: (message?: unknown) => ask(message, true),
      },
    );
    defineHidden(globalThis, "prompt", prompt);
    defineHidden(process, "stdin", this.#stdin());
  }

  #askNow(prompt: string, password: boolean): string {
    const { report, currentCell, answers, signal } = this.#parts;
    const id = ++this.#questions;
    let seen = Atomics.load(signal, 0);
    report({ type: "input", cell: currentCell(), id, prompt, password, sleeping: true });
    for (;;) {
      Atomics.wait(signal, 0, seen);
      seen = Atomics.load(signal, 0);
      for (let next = receiveMessageOnPort(answers); next; next = receiveMessageOnPort(answers)) {
        const { id: answeredId, answer } = next.message as { id: number; answer: InputAnswer };
        if (answeredId === id) return unwrap(answer); // others were asked by cells that are gone
      }
    }
  }

  #stdin(): Readable {
    const { report, currentCell } = this.#parts;
    const stdin = new Readable({
      encoding: "utf8",
      read: () => {
        const id = ++this.#questions;
        this.#waiting.set(id, (answer) => {
          if ("refused" in answer) stdin.destroy(new InputError(answer.refused));
          else stdin.push(`${answer.line}\n`);
        });
        report({ type: "input", cell: currentCell(), id, prompt: "", password: false, sleeping: false });
      },
    });
    return stdin;
  }
}

function unwrap(answer: InputAnswer): string {
  if ("refused" in answer) throw new InputError(answer.refused);
  return answer.line;
}
