// Notebooks on their way between disk and page: text joined and split, byte for byte as Jupyter writes it, and
// trust, which only this lab's own signature gives.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { notebookHash } from "../../src/lab/index.js";
import { type LabUnderTest, startTestLab } from "./lab-under-test.js";

let lab: LabUnderTest;

beforeEach(async () => {
  lab = await startTestLab();
});

afterEach(() => lab.dispose());

const path = "/api/contents/n%20%F0%9F%A7%AA.ipynb";
const file = () => join(lab.root, "n 🧪.ipynb");

interface Cell {
  cell_type: string;
  source: string;
  metadata: Record<string, unknown>;
  outputs?: Record<string, unknown>[];
}

interface Content {
  cells: Cell[];
  metadata: Record<string, unknown>;
}

/** As nbformat 5 wrote it (Python), with a trailing line break. */
const onDisk = `{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 1,
   "id": "a",
   "metadata": {},
   "outputs": [
    {
     "data": {
      "application/vnd.plotly.v1+json": {
       "data": [
        "kept",
        "apart"
       ]
      },
      "text/html": [
       "<b>1</b>\\n",
       "<i>2</i>"
      ]
     },
     "execution_count": 1,
     "metadata": {},
     "output_type": "execute_result"
    },
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "1\\n",
      "2\\n"
     ]
    }
   ],
   "source": [
    "let é = 1;\\n",
    "é"
   ]
  }
 ],
 "metadata": {
  "language_info": {
   "name": "typescript"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

async function read(from = lab): Promise<Content> {
  return (await from.api(path)).json<{ content: Content }>().content;
}

function save(content: Content, to = lab) {
  return to.api(path, { method: "PUT", body: { type: "notebook", format: "json", content } });
}

function trustOf({ cells }: Content): unknown {
  return cells[0]?.metadata.trusted;
}

function withTrust(content: Content, trusted: boolean): Content {
  return {
    ...content,
    cells: content.cells.map((cell) => ({ ...cell, metadata: { ...cell.metadata, trusted } })),
  };
}

describe("a notebook", () => {
  it("has whole strings in the page and lists of lines on the disk, unchanged by opening and saving", async () => {
    await writeFile(file(), onDisk);
    const content = await read();
    expect(content.cells[0]?.source).toBe("let é = 1;\né");
    expect(content.cells[0]?.outputs?.[0]?.data).toEqual({
      "application/vnd.plotly.v1+json": { data: ["kept", "apart"] },
      "text/html": "<b>1</b>\n<i>2</i>",
    });
    expect(content.cells[0]?.outputs?.[1]?.text).toBe("1\n2\n");
    expect((await save(content)).status).toBe(200);
    expect(await readFile(file(), "utf8")).toBe(onDisk);
  });

  it("that came from elsewhere is not trusted, whatever it says of itself", async () => {
    await writeFile(
      file(),
      onDisk.replace('"metadata": {},\n   "outputs"', '"metadata": {"trusted": true},\n   "outputs"'),
    );
    expect(trustOf(await read())).toBe(false);
  });

  it("saved without the front end's marks stays untrusted", async () => {
    await writeFile(file(), onDisk);
    await save(await read());
    expect(trustOf(await read())).toBe(false);
  });

  it("saved with all cells marked is trusted from then on, also after a restart, with no mark on the disk", async () => {
    await writeFile(file(), onDisk);
    await save(withTrust(await read(), true));
    expect(trustOf(await read())).toBe(true);
    expect(await readFile(file(), "utf8")).toBe(onDisk);
    const again = await startTestLab({ root: lab.root, stateDir: lab.stateDir });
    expect(trustOf(await read(again))).toBe(true);
    await again.dispose();
  });

  it("changed by another program loses its trust", async () => {
    await writeFile(file(), onDisk);
    await save(withTrust(await read(), true));
    await writeFile(file(), onDisk.replace("<i>2</i>", "<script>alert(1)</script>"));
    expect(trustOf(await read())).toBe(false);
  });

  it("signed by another lab is not trusted here", async () => {
    await writeFile(file(), onDisk);
    const other = await startTestLab({ root: lab.root });
    await save(withTrust(await read(other), true), other);
    expect(trustOf(await read(other))).toBe(true);
    expect(trustOf(await read())).toBe(false);
    await other.dispose();
  });

  it("without outputs that could hold HTML is trusted when saved", async () => {
    await writeFile(file(), onDisk);
    const content = await read();
    const cells = content.cells.map((cell) => ({ ...cell, outputs: cell.outputs?.slice(1) ?? [] }));
    await save({ ...content, cells });
    expect(trustOf(await read())).toBe(true);
  });

  it("of the course is trusted as shipped, in any layout", async () => {
    const again = await startTestLab({
      root: lab.root,
      trustedHashes: () => new Set([notebookHash(onDisk)]),
    });
    await writeFile(file(), JSON.stringify(JSON.parse(onDisk)));
    expect(trustOf(await read(again))).toBe(true);
    await writeFile(file(), onDisk.replace("<b>1</b>", "<b>2</b>"));
    expect(trustOf(await read(again))).toBe(false);
    await again.dispose();
  });
});
