// A kernel that takes more memory than it may have.
import { once } from "node:events";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { NotebookClient } from "../notebook-client.js";

it("out of memory is said in words, and the kernel comes back by itself", async () => {
  const client = await NotebookClient.start(tmpdir(), ["--max-old-space-size=150"]);
  const died = once(client.kernel, "died");
  const restarted = once(client.kernel, "restarted");
  const cell = client.run(
    "const all: number[][] = []; for (;;) all.push(new Array(1e5).fill(Math.random()))",
  );
  await expect(cell).rejects.toThrow("The kernel ran out of memory; its variables are gone.");
  expect(String((await died)[0])).toContain("--max-old-space-size");
  await restarted;
  expect((await client.run("1 + 1")).result).toBe("2");
  await client.stop();
});
