// What the threads of the kernel say to each other. The protocol thread owns cells: it starts them, and it
// alone decides when one has ended, because an interrupted cell never reports back.

import type { MessagePort } from "node:worker_threads";
import type { ConnectionInfo } from "../protocol/wire.js";

/** Number of a cell's run or of a comm's message, unique in the life of a kernel; tasks within count downwards. */
export type CellId = number;

/** An error as the protocol shows it. */
export interface ErrorReport {
  ename: string;
  evalue: string;
  /** ANSI text, one entry a line or block. */
  traceback: string[];
}

/** What type errors lead to: text beside the output, a cell that does not run, or nothing. */
export type TypeCheckMode = "warn" | "error" | "off";

/** A value as the protocol shows it. */
export interface Rendered {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

export type UserExpression = ({ status: "ok" } & Rendered) | ({ status: "error" } & ErrorReport);

/** What the user typed, or why nothing came. */
export type InputAnswer = { line: string } | { refused: string };

/** From the protocol thread to the main thread. */
export type ToMain =
  | {
      type: "run";
      cell: CellId;
      /** The number in `Cell [n]`; 0 for silent cells. */
      count: number;
      code: string;
      silent: boolean;
      /** Whether it runs beside the main shell's cells. */
      subshell: boolean;
      userExpressions: Record<string, string>;
    }
  /** Stop what `cells` left waiting; answered by `interrupted` as soon as the main thread is free. May come twice. */
  | {
      type: "interrupt";
      token: number;
      question: number;
      cells: readonly CellId[];
      /** JavaScript has been ended for it. */
      byForce: boolean;
      /** How often JavaScript has been ended in the life of the kernel. */
      terminations: number;
    }
  /** To a question of `process.stdin`; a sleeping main thread gets its answer by `SleepingInput`. */
  | { type: "input-answer"; id: number; answer: InputAnswer }
  /** From a client; `task` is what output of its handler belongs to. Answered by `comm-handled`. */
  | ({ type: "comm"; task: CellId } & CommPart)
  /** Asks for nothing: a termination that came too late ends this instead of a cell. */
  | { type: "nothing" }
  | { type: "exit" };

/** A comm's message between the threads; the buffers are moved, not copied. */
export type CommPart = {
  id: string;
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  buffers: ArrayBuffer[];
} & ({ kind: "open"; target: string } | { kind: "message" } | { kind: "close" });

/** From the main thread to the protocol thread. */
export type ToProtocol =
  | { type: "ready" }
  /** The cell was compiled and runs now; the language service adds it to what it knows. */
  | { type: "compiled"; cell: CellId; count: number; code: string }
  | { type: "stream"; cell: CellId; name: "stdout" | "stderr"; text: string }
  | ({ type: "display"; cell: CellId; displayId: string; update: boolean } & Rendered)
  /** A message of any kind to all clients, as `Deno.jupyter.broadcast` sends it. */
  | {
      type: "broadcast";
      cell: CellId;
      kind: string;
      content: Record<string, unknown>;
      metadata: Record<string, unknown>;
      buffers: ArrayBuffer[];
    }
  /** `%typecheck` in a cell. */
  | { type: "type-check"; mode: TypeCheckMode }
  /** Names that the notebook has no more. */
  | { type: "forgotten"; names: readonly string[] }
  | { type: "clear"; cell: CellId; wait: boolean }
  | ({ type: "result"; cell: CellId } & Rendered)
  | { type: "finished"; cell: CellId; userExpressions: Record<string, UserExpression>; error?: ErrorReport }
  /** An error outside any cell's own course: a timer, an emitter, a promise that nobody awaits. */
  | { type: "stray-error"; cell: CellId; error: ErrorReport }
  /** A question to the user; `sleeping` says that the main thread does nothing else until it is answered. */
  | { type: "input"; cell: CellId; id: number; prompt: string; password: boolean; sleeping: boolean }
  | ({ type: "comm"; cell: CellId } & CommPart)
  /** Clients may open comms to this target from now on. */
  | { type: "comm-target"; target: string }
  /** The handler of a client's message has ended, or there was none. */
  | { type: "comm-handled"; task: CellId }
  /** Node loads modules; it would not survive to be ended by force. */
  | { type: "loading"; load: number; ended: boolean }
  /** The main thread has begun to clean up after a cell, which includes what listens to its signal. */
  | { type: "interrupting"; token: number }
  /**
   * Not settled: something was ended, and what waited behind it has not had its turn; or libraries clean up; or files are
   * being read whose callbacks will come.
   */
  | { type: "interrupted"; question: number; settled: boolean; cleansUp: boolean }
  /** The cell is compiled, and waits until the debugger has set its breakpoints. */
  | { type: "debug-cell"; script: string }
  /** `process.exit()` in a cell. */
  | { type: "exit-requested"; cell: CellId; code: number };

/** What the protocol thread is started with. */
export interface ProtocolData {
  connection: ConnectionInfo;
  /** The notebook's folder. */
  folder: string;
  /** Where answers to a sleeping main thread go, … */
  answers: MessagePort;
  /** … and what is counted up to wake it. */
  signal: Int32Array;
  /** Of a `Backlog`. */
  backlog: Int32Array;
}

/** A way to tell the protocol thread something, from anywhere on the main thread; `moved` changes hands. */
export type Report = (message: ToProtocol, moved?: readonly ArrayBuffer[]) => void;
