// Questions to the user: `input_request` goes to the client whose cell asks, on stdin, and its reply back to
// the main thread. A front end that cannot answer is not asked.
import type { InputAnswer, ToMain, ToProtocol } from "../threads/messages.js";
import type { Message } from "./wire.js";

type Question = Extract<ToProtocol, { type: "input" }>;

interface Parts {
  /** Sends `input_request` to the client of a request. */
  send: (request: Message, content: Record<string, unknown>) => void;
  tellMain: (message: ToMain) => void;
  wakeMain: (id: number, answer: InputAnswer) => void;
}

export class InputRequests {
  readonly #parts: Parts;
  /** Front ends show one question at a time; the others wait. */
  readonly #queue: { question: Question; request: Message }[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param request the cell that asks, if one runs */
  ask(question: Question, request: Message | undefined): void {
    if (request === undefined)
      return this.#answer(question, { refused: "input: no cell runs that could ask." });
    if (request.content.allow_stdin !== true) {
      const refused =
        "input: this front end cannot ask for input. Run the notebook in JupyterLab, or put the value into the code.";
      return this.#answer(question, { refused });
    }
    this.#queue.push({ question, request });
    if (this.#queue.length === 1) this.#send();
  }

  /** An `input_reply`. */
  replied({ content }: Message): void {
    const asked = this.#queue.shift();
    if (asked === undefined) return; // its cell was interrupted
    this.#answer(asked.question, { line: String(content.value ?? "") });
    this.#send();
  }

  /** The cell of `request` has ended, or all have: nobody waits for an answer any more. */
  drop(request?: Message): void {
    const [asked] = this.#queue;
    const kept = this.#queue.filter((each) => request !== undefined && each.request !== request);
    this.#queue.splice(0, this.#queue.length, ...kept);
    if (kept[0] !== asked) this.#send();
  }

  #send(): void {
    const [next] = this.#queue;
    if (next === undefined) return;
    const { prompt, password } = next.question;
    this.#parts.send(next.request, { prompt, password });
  }

  #answer({ id, sleeping }: Question, answer: InputAnswer): void {
    if (sleeping) this.#parts.wakeMain(id, answer);
    else this.#parts.tellMain({ type: "input-answer", id, answer });
  }
}
