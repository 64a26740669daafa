// Cells that print more than a notebook can hold.
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { NotebookClient } from "../notebook-client.js";

const megabyte = 2 ** 20;
let client: NotebookClient;
let spills: string;
beforeEach(async () => {
  spills = mkdtempSync(join(tmpdir(), "spilled output "));
  client = await start(spills);
});
afterEach(() => client.stop());

const start = (folder: string) =>
  NotebookClient.start(tmpdir(), [], { LATENT_LAB_OUTPUT_LIMIT: "1", TMPDIR: folder, TEMP: folder });

it("what is beyond the limit is in a file that the cell names, with nothing lost", async () => {
  const { stdout, stderr } = await client.run("for (let i = 0; i < 500_000; i++) console.log(i)");
  const [file = ""] = readdirSync(spills);
  expect(stdout.length).toBe(megabyte);
  expect(stderr).toContain(
    `This cell has printed 1 MB, the most that is shown. The rest is in ${join(spills, file)}`,
  );
  const expected = Array.from({ length: 500_000 }, (_, i) => `${i}\n`).join("");
  expect(stdout + readFileSync(join(spills, file), "utf8")).toBe(expected);
});

it("the next cell prints as ever", async () => {
  await client.run('process.stdout.write("x".repeat(3e6))');
  expect(await client.run('console.log("y")')).toMatchObject({ stdout: "y\n", stderr: "" });
});

it("a loop that never ends neither fills the memory nor escapes the interrupt", async () => {
  const loop = client.start('console.log("ready"); for (;;) console.log("again ".repeat(100))');
  // The file, too, has an end, which takes 9 MB to reach.
  await loop.until(({ content }) => /is full, too/.test(String(content.text)));
  await client.kernel.interrupt();
  expect((await loop.finished).error?.ename).toBe("Interrupted");
  const { result } = await client.run("process.memoryUsage().rss / 2 ** 20");
  expect(Number(result)).toBeLessThan(1024);
});

it("a file that cannot be written is said to be lost", async () => {
  const nowhere = await start(join(spills, "missing"));
  const { stdout, stderr } = await nowhere.run('process.stdout.write("x".repeat(3e6))');
  expect(stdout.length).toBe(megabyte);
  expect(stderr).toMatch(/The rest is lost, as .* cannot be written: ENOENT/);
  await nowhere.stop();
});
