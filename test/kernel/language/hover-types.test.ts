// What the site shows of each name: as the kernel would say it, of cells that have not run.
import { expect, it } from "vitest";
import { HoverTypes } from "../../../src/kernel/language/hover-types.js";

const types = new HoverTypes(process.cwd());
const of = (...cells: string[]) =>
  types
    .ofCells(cells)
    .map((hovers, at) =>
      Object.fromEntries(
        hovers.map(({ start, length, text }) => [
          cells[at]?.slice(start, start + length),
          text.split("\n")[0],
        ]),
      ),
    );

it("each name has its type, those of earlier cells and of the library included", () => {
  const [, second] = of(
    'import { load } from "latent-lab/data"; const count = 3;',
    'const iris = await load("iris"); const twice = count * 2;',
  );
  expect(second).toMatchObject({
    iris: "const iris: LabelledTable",
    count: "const count: 3",
    twice: "const twice: number",
  });
});

it("a name declared again has its own type in each cell", () => {
  const [first, second, third] = of('const a = "x";', "const a = [1];", "a");
  expect([first?.a, second?.a, third?.a]).toEqual(['const a: "x"', "const a: number[]", "const a: number[]"]);
});

it("the documentation stands below; another notebook knows nothing of the first", () => {
  const [[hover] = []] = types.ofCells(["/** Says what it is. */ const b = 1;"]);
  expect(hover?.text).toBe("const b: 1\n\nSays what it is.");
  expect(of("b")).toEqual([{}]);
});
