// A notebook as slides: what stands where, by the cells' own word or by their headings.
import { describe, expect, it } from "vitest";
import { type Slide, type SlideCell, slidesOf } from "../../src/core/slides.js";

const prose = (source: string, slideType?: string): SlideCell => ({
  ...{ type: "markdown", source, hasOutputs: false },
  metadata: slideType === undefined ? {} : { slideshow: { slide_type: slideType } },
});
const code = (source: string, more: Partial<SlideCell> = {}): SlideCell => ({
  ...{ type: "code", source, metadata: {}, hasOutputs: false, ...more },
});
/** `"text | code 2 | output 2"` for each slide. */
const shape = (slides: Slide[]) =>
  slides.map(({ parts }) =>
    parts
      .map((part) => (part.kind === "markdown" ? part.source.split("\n")[0] : `${part.kind} ${part.cell}`))
      .join(" | "),
  );

describe("by headings", () => {
  it("each begins a slide, and code and its result have one each", () => {
    const long = Array.from({ length: 14 }, (_, line) => `const a${line} = ${line};`).join("\n");
    const cells = [
      prose("# Title\n\nWords.\n\n## Part\n\nMore words."),
      code(long, { hasOutputs: true }),
      prose("## Next"),
    ];
    expect(shape(slidesOf(cells))).toEqual(["# Title", "## Part", "code 1", "output 1", "## Next"]);
  });

  it("a short piece of code stands below the words that introduce it", () => {
    expect(shape(slidesOf([prose("## Part\n\nTry it."), code("a + 1")]))).toEqual(["## Part | code 1"]);
  });

  it("slides without a heading of their own name the part that they belong to", () => {
    const cells = [prose("# Title"), prose("## Part"), code("x\n".repeat(20), { hasOutputs: true })];
    expect(slidesOf(cells).map(({ section }) => section)).toEqual(["Title", "Part", "Part", "Part"]);
  });

  it("long paragraphs go to the notes, and the slide keeps their first sentence", () => {
    const paragraph = `The first sentence says it. ${"The others say more. ".repeat(20)}`.trim();
    const [slide] = slidesOf([prose(`## Part\n\n${paragraph}`)]);
    expect(slide?.parts).toMatchObject([{ source: "## Part\n\nThe first sentence says it." }]);
    expect(slide?.notes).toEqual([paragraph]);
  });

  it("long lists, formulas and code fences are never cut; they go on on the next slide", () => {
    const list = Array.from({ length: 12 }, (_, at) => `- point ${at}`).join("\n");
    const fence = "```ts\nconst a = 1;\n\nconst b = 2;\n```";
    const slides = slidesOf([prose(`## Part\n\n${list}\n\n${list}\n\n${fence}\n\n$$x\n\\\\ y$$`)]);
    const text = slides.flatMap(({ parts }) =>
      parts.map((part) => (part.kind === "markdown" ? part.source : "")),
    );
    expect(slides.length).toBeGreaterThan(1);
    expect(text.join("\n\n")).toBe(`## Part\n\n${list}\n\n${list}\n\n${fence}\n\n$$x\n\\\\ y$$`);
  });

  it("a heading never stands alone at the end of a slide", () => {
    const list = Array.from({ length: 15 }, (_, at) => `- source ${at}`).join("\n");
    expect(shape(slidesOf([prose(`### Sources\n${list}`)]))).toEqual(["### Sources"]);
  });

  it("what is said about a figure goes to its notes; hints, solutions, quizzes and checks are left out", () => {
    const cells = [
      code("x\n".repeat(20), { hasOutputs: true }),
      prose("**What you see.** A line."),
      prose("<details><summary>Hint 1</summary>\n\nA hint.\n\n</details>"),
      code("await check()", { metadata: { latent_lab: { check: "02.1" } } }),
      prose("## Check yourself\n\nWhy?\n\n<details><summary>Because</summary>\n\nIt is.\n\n</details>"),
    ];
    const slides = slidesOf(cells);
    expect(shape(slides)).toEqual(["code 0", "output 0", "## Check yourself"]);
    expect(slides[1]?.notes).toEqual(["**What you see.** A line."]);
    expect(JSON.stringify(slides)).not.toContain("It is");
  });
});

it("a notebook whose cells say it themselves is divided as they say", () => {
  const slideshow = (slide_type: string) => ({ metadata: { slideshow: { slide_type } } });
  const cells = [
    prose("one", "slide"),
    code("2", { ...slideshow("-"), hasOutputs: true }),
    prose("three", "fragment"),
    prose("four", "subslide"),
    prose("spoken", "notes"),
    prose("never", "skip"),
  ];
  const slides = slidesOf(cells);
  expect(shape(slides)).toEqual(["one | code 1 | output 1 | three", "four"]);
  expect(slides[0]?.parts.map(({ fragment }) => fragment)).toEqual([false, false, false, true]);
  expect(slides[1]?.notes).toEqual(["spoken"]);
});

it("an empty notebook has no slides", () => {
  expect(slidesOf([])).toEqual([]);
  expect(slidesOf([code("  ")])).toEqual([]);
});
