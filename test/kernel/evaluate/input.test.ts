// Cells ask the user for input.
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Message, newHeader } from "../../../src/kernel/protocol/wire.js";
import { NotebookClient } from "../notebook-client.js";

let client: NotebookClient;
beforeAll(async () => {
  client = await NotebookClient.start(tmpdir());
});
afterAll(() => client.stop());

/** @param parent  of the question, which some front ends leave out */
function type(value: string, parent: Message["parent_header"]): void {
  void client.kernel.send("stdin", {
    header: newHeader("input_reply", client.kernel.session),
    parent_header: parent,
    metadata: {},
    content: { value },
    buffers: [],
  });
}

/** Runs a cell and types the answers, one to each question. */
async function runAndType(code: string, answers: string[], parentOf = ({ header }: Message) => header) {
  const questions: Record<string, unknown>[] = [];
  const answer = (message: Message): void => {
    questions.push(message.content);
    type(answers[questions.length - 1] ?? "", parentOf(message));
  };
  const cell = await client.run(code, { allow_stdin: true }, answer);
  return { ...cell, questions };
}

describe("prompt()", () => {
  it("waits for the line, emoji and all", async () => {
    const { result, questions } = await runAndType('const name = prompt("Your name?"); name.toUpperCase()', [
      "ädä 😀",
    ]);
    expect(questions).toEqual([{ prompt: "Your name?", password: false }]);
    expect(result).toBe("'ÄDÄ 😀'");
  });

  it("asks several times, hides passwords, and has a fallback", async () => {
    const { result, questions } = await runAndType('[prompt("a", "x"), prompt.password("b"), prompt("c")]', [
      "",
      "secret",
      "3",
    ]);
    expect(questions.map(({ password }) => password)).toEqual([false, true, false]);
    expect(result).toBe("[ 'x', 'secret', '3' ]");
  });

  it("where the front end cannot ask, throws and says so", async () => {
    const { error } = await client.run('prompt("x")', { allow_stdin: false });
    expect(error).toMatchObject({
      ename: "InputError",
      evalue: expect.stringContaining("cannot ask for input"),
    });
  });

  it("can be interrupted, and a late answer goes nowhere", async () => {
    let asked = (_: Message): void => {};
    const question = new Promise<Message>((resolve) => {
      asked = resolve;
    });
    const running = client.run("globalThis.got = prompt('wait')", { allow_stdin: true }, asked);
    const { header } = await question;
    await client.kernel.interrupt();
    expect((await running).error?.ename).toBe("Interrupted");
    type("late", header); // no cell asks
    const { result } = await runAndType('[globalThis.got, prompt("again")]', ["fresh"], (next) => {
      type("later", header); // another one asks
      return next.header;
    });
    expect(result).toBe("[ undefined, 'fresh' ]");
  });

  it("takes an answer that names no question", async () => {
    const { result } = await runAndType('prompt("Your name?")', ["Ada"], () => ({}) as Message["header"]);
    expect(result).toBe("'Ada'");
  });
});

it("node:readline reads lines from the user", async () => {
  const code = `import { createInterface } from "node:readline/promises";
const lines = createInterface({ input: process.stdin, output: process.stdout });
const first = await lines.question("First? ");
const second = await lines.question("Second? ");
lines.close();
[first, second]`;
  const { result, stdout } = await runAndType(code, ["one", "two"]);
  expect(stdout).toContain("First? ");
  expect(result).toBe("[ 'one', 'two' ]");
});
