// Questions to the user: `input_request` goes to the client whose cell asks, on stdin, and its reply back to
// the main thread. A front end that cannot answer is not asked.
import type { InputAnswer, ToMain, ToProtocol } from "../threads/messages.js";
import type { Message } from "./wire.js";

type Question = Extract<ToProtocol, { type: "input" }>;

interface Asked {
  readonly question: Question;
  readonly request: Message;
  /** The `msg_id` of its `input_request`, once that was sent. */
  sent?: string;
}

interface Parts {
  /** Sends `input_request` to the client of a request. @returns its `msg_id` */
  send: (request: Message, content: Record<string, unknown>) => string;
  tellMain: (message: ToMain) => void;
  wakeMain: (id: number, answer: InputAnswer) => void;
}

export class InputRequests {
  readonly #parts: Parts;
  /** Front ends show one question at a time; the others wait. */
  readonly #queue: Asked[] = [];
  /** The `msg_id`s of all questions that were sent. */
  readonly #sent = new Set<string>();

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

  /** An `input_reply`; some front ends name the question in its parent header, others do not. */
  replied({ content, parent_header }: Message): void {
    const [asked] = this.#queue;
    if (asked === undefined) return; // its cell was interrupted
    const { msg_id } = parent_header;
    if (msg_id !== undefined && msg_id !== asked.sent && this.#sent.has(msg_id)) return; // to an earlier question
    this.#queue.shift();
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
    next.sent = this.#parts.send(next.request, { prompt, password });
    this.#sent.add(next.sent);
  }

  #answer({ id, sleeping }: Question, answer: InputAnswer): void {
    if (sleeping) this.#parts.wakeMain(id, answer);
    else this.#parts.tellMain({ type: "input-answer", id, answer });
  }
}
