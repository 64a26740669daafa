// What a notebook's user relies on, as checks that run against any TypeScript kernel: the rows of the first table
// of our kernel's design. `npm run bench:kernel` prints them beside each other; test/kernel/behaviours.test.ts
// demands all of ours.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startKernel } from "./contenders.mjs";

const nodeTypes = fileURLToPath(new URL("../node_modules/@types/node", import.meta.url));
const patience = 20_000; // ms for an answer; a kernel that needs longer does not have the behaviour

/** Everything that cells of a session show, and how they end. */
class Session {
  constructor(contender, folder, { kernel, run }) {
    Object.assign(this, { contender, folder, kernel, rawRun: run });
    /** All that came, also after the end of its cell. */
    this.messages = [];
    kernel.on("message", (channel, message) => channel === "iopub" && this.messages.push(message));
  }

  /** Runs a cell. @throws Error if it does not end in time */
  async run(code, content = {}) {
    const messages = [];
    const reply = await inTime(
      this.rawRun(code, { ...content, onIopub: (message) => messages.push(message) }),
      `no end of ${JSON.stringify(code.slice(0, 40))}`,
    );
    return { reply: reply.content, messages, shown: textOf(messages) };
  }

  ask(type, content = {}, channel = "shell") {
    return inTime(this.kernel.request(type, content, { channel }), `no answer to ${type}`).then(
      (each) => each.content,
    );
  }

  /** Waits until something that matches is shown, or patience ends. */
  async shows(pattern) {
    const until = Date.now() + patience;
    while (!pattern.test(textOf(this.messages)) && Date.now() < until) await wait(50);
  }

  /** Starts a cell that prints `ready` and goes on, and interrupts it. @throws Error if it does not end in time */
  async interrupt(code) {
    let ready = () => {};
    const started = new Promise((resolve) => {
      ready = resolve;
    });
    const ended = this.rawRun(code, {
      onIopub: ({ header, content }) => header.msg_type === "stream" && /ready/.test(content.text) && ready(),
    });
    ended.catch(() => {}); // the kernel may die of it
    await inTime(started, "the cell does not start");
    await inTime(this.kernel.interrupt(), "no answer to the interrupt");
    await inTime(ended, "the cell goes on after the interrupt");
  }
}

function inTime(promise, problem) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(problem)), patience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI colours begin with one
const colours = /\u001b\[[0-9;]*m/g;

/** All that a front end would show, as text. */
function textOf(messages) {
  return messages
    .map(({ header, content }) => {
      if (header.msg_type === "stream") return content.text;
      if (/^(execute_result|display_data|update_display_data)$/.test(header.msg_type))
        return Object.values(content.data).join("\n");
      return header.msg_type === "error" ? content.traceback.join("\n") : "";
    })
    .join("")
    .replaceAll(colours, "");
}

const ofType = (messages, type) => messages.filter(({ header }) => header.msg_type === type);
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @type {{ name: string, check(session: Session): Promise<string | undefined> }[]} `check` gives what is wrong */
export const behaviours = [
  {
    name: "a function of cell 1 sees a variable that cell 3 assigns",
    async check(session) {
      await session.run("let seen = 'old'; function look() { return seen }");
      await session.run("let unrelated = 1");
      await session.run("seen = 'new'");
      const { shown } = await session.run("look()");
      return shown.includes("new") ? undefined : `it sees ${shown.trim()}`;
    },
  },
  {
    name: "an edited module is loaded again, two levels down",
    async check(session) {
      const { folder, contender } = session;
      const suffix = contender.importSuffix ?? "";
      writeFileSync(join(folder, "deep.ts"), "export const depth = 'first';\n");
      writeFileSync(join(folder, "middle.ts"), `export { depth } from "./deep${suffix}";\n`);
      const first = await session.run(`import { depth } from "./middle${suffix}"; depth`);
      if (!first.shown.includes("first")) return `the import fails: ${first.shown.trim().slice(0, 80)}`;
      writeFileSync(join(folder, "deep.ts"), "export const depth = 'second';\n");
      await wait(300);
      const { shown } = await session.run(`import { depth } from "./middle${suffix}"; depth`);
      return shown.includes("second") ? undefined : "it stays stale";
    },
  },
  {
    name: "20,000 lines of one burst arrive in order, then idle",
    async check(session) {
      const { shown } = await session.run(session.contender.burst(20_000));
      const expected = Array.from({ length: 20_000 }, (_, line) => `${line}\n`).join("");
      return shown === expected ? undefined : `${shown.split("\n").length - 1} lines arrive`;
    },
  },
  {
    name: "cells queued behind an error are aborted with a reply, and later ones run",
    async check(session) {
      const cells = ["throw new Error('stop')", "1 + 1", "2 + 2"].map((code) => session.run(code));
      const replies = (await Promise.all(cells)).map(({ reply }) => reply.status);
      const later = await session.run("3 + 3");
      if (later.reply.status !== "ok") return "a later cell does not run";
      return replies.join() === "error,aborted,aborted" ? undefined : `replies: ${replies.join(", ")}`;
    },
  },
  {
    name: "with stop_on_error false they run",
    async check(session) {
      const cells = ["throw new Error('stop')", "1 + 1"].map((code) =>
        session.run(code, { stop_on_error: false }),
      );
      const replies = (await Promise.all(cells)).map(({ reply }) => reply.status);
      return replies.join() === "error,ok" ? undefined : `replies: ${replies.join(", ")}`;
    },
  },
  {
    name: "a result is an execute_result with MIME types",
    async check(session) {
      const { messages } = await session.run("[1, 2]");
      const [result] = ofType(messages, "execute_result");
      return result?.content.data["text/plain"] === undefined ? "it is printed" : undefined;
    },
  },
  {
    name: "an error is an error message that names the line of the TypeScript cell",
    async check(session) {
      const { messages } = await session.run(
        "interface Unused {\n  a: number;\n}\n\nthrow new RangeError('far');",
      );
      const [error] = ofType(messages, "error");
      if (error === undefined) return "it is printed to stderr";
      const text = error.content.traceback.join("\n");
      if (error.content.ename !== "RangeError") return `its name is ${error.content.ename}`;
      return /:5:7/.test(text) ? undefined : "its line is missing or wrong";
    },
  },
  {
    name: "a type error is shown with its code, and the cell runs",
    async check(session) {
      await session.run("const wrong: number = 'text'; console.log('it runs')");
      await session.shows(/not assignable/); // the checker may speak after the cell's end
      const text = textOf(session.messages);
      if (!/not assignable/.test(text)) return "it is not shown";
      return /it runs/.test(text) ? undefined : "it blocks the cell";
    },
  },
  ...[
    ["an endless loop", "console.log('ready'); while (true) {}"],
    [
      "an endless loop after an await",
      "await new Promise((r) => setTimeout(r, 10)); console.log('ready'); while (true) {}",
    ],
    [
      "an endless loop in a timer",
      "await new Promise(() => setTimeout(() => { console.log('ready'); while (true) {} }, 10))",
    ],
  ].map(([name, code]) => ({
    name: `${name} is interrupted, and variables keep their values`,
    async check(session) {
      await session.run("let kept = 41");
      await session.interrupt(code);
      await wait(500); // tslab drops what comes right after
      const { shown } = await session.run("kept + 1");
      return shown.includes("42") ? undefined : "the variables are gone";
    },
  })),
  {
    name: "the kernel answers while a cell computes",
    async check(session) {
      const length = 3000;
      const busy = session.run(`const until = Date.now() + ${length}; while (Date.now() < until) {}`);
      await wait(300); // no message tells the start: some kernels send none before the cell's end
      const before = performance.now();
      await session.ask("kernel_info_request", {}, "control");
      const milliseconds = performance.now() - before;
      await busy;
      return milliseconds < length / 2 ? undefined : `after ${Math.round(milliseconds)} ms`;
    },
  },
  {
    name: "packages of ES modules only, local modules and ../ can be imported",
    async check(session) {
      const { folder, contender } = session;
      const suffix = contender.importSuffix ?? "";
      const modules = join(folder, "node_modules", "esm-only");
      mkdirSync(modules, { recursive: true });
      writeFileSync(
        join(modules, "package.json"),
        '{ "name": "esm-only", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
      );
      writeFileSync(join(modules, "index.js"), "export const answer = await Promise.resolve('esm');\n");
      writeFileSync(join(folder, "near.ts"), "export const near: string = 'near';\n");
      writeFileSync(join(folder, "..", "above.ts"), "export const above: string = 'above';\n");
      const missing = [];
      for (const [name, source] of [
        ["answer", "esm-only"],
        ["near", `./near${suffix}`],
        ["above", `../above${suffix}`],
      ]) {
        const { reply, shown } = await session.run(`import { ${name} } from "${source}"; ${name}`);
        if (reply.status !== "ok" || !/'(esm|near|above)'|"(esm|near|above)"/.test(shown))
          missing.push(source);
      }
      return missing.length === 0 ? undefined : `not ${missing.join(", ")}`;
    },
  },
  {
    name: "every request of the protocol is answered",
    async check(session) {
      const code = "Math.ma";
      const requests = [
        ["complete_request", { code, cursor_pos: 7 }],
        ["inspect_request", { code: "Math.max", cursor_pos: 8, detail_level: 0 }],
        ["is_complete_request", { code: "if (1) {" }],
        ["history_request", { hist_access_type: "tail", n: 1, output: false, raw: true }],
        ["comm_info_request", {}],
        ["debug_request", { seq: 1, type: "request", command: "debugInfo" }, "control"],
        ["interrupt_request", {}, "control"],
      ];
      const missing = [];
      for (const [type, content, channel] of requests) {
        const answer = await session.ask(type, content, channel).catch(() => undefined);
        if (answer === undefined || answer.status === "error") missing.push(type);
      }
      return missing.length === 0 ? undefined : `not ${missing.join(", ")}`;
    },
  },
  {
    name: "cells can ask the user",
    async check({ kernel, contender }) {
      const asked = [];
      const content = { code: "prompt('name?')", silent: false, store_history: true, allow_stdin: true };
      const reply = await inTime(
        kernel.request("execute_request", content, {
          onStdin: (message) => {
            asked.push(message.content.prompt);
            void kernel.send("stdin", inputReply(message));
          },
        }),
        `${contender.name} does not ask`,
      );
      return reply.content.status === "ok" && asked.length === 1 ? undefined : "no input_request";
    },
  },
];

function inputReply(message) {
  const header = { ...message.header, msg_id: crypto.randomUUID(), msg_type: "input_reply" };
  return {
    header,
    parent_header: message.header,
    metadata: {},
    content: { status: "ok", value: "Ada" },
    buffers: [],
  };
}

/** Runs one behaviour in a kernel of its own. @returns what is wrong, or undefined */
export async function checkBehaviour({ check }, contender) {
  const temporary = mkdtempSync(join(tmpdir(), "behaviours "));
  const folder = join(temporary, "note book");
  mkdirSync(folder);
  const { packageType = "module" } = contender;
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: packageType }));
  // tslab knows `console` and `process` only where the project has Node's types.
  mkdirSync(join(folder, "node_modules", "@types"), { recursive: true });
  symlinkSync(nodeTypes, join(folder, "node_modules", "@types", "node"), "junction");
  const started = await startKernel(contender, folder);
  try {
    return await check(new Session(contender, folder, started));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await Promise.race([started.kernel.shutdown().catch(() => {}), wait(3000)]);
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
}
