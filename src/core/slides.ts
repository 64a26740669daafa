// A notebook as slides: which pieces of which cells stand on which slide, and what is left for the speaker's notes. The
// site's decks and the lab's "Present" show the same. Cells say it themselves, as Jupyter's `slideshow` metadata
// (slide, subslide, fragment, skip, notes); in a notebook without any, headings begin slides, long prose goes to the
// notes, code and its result stand alone, and what belongs to exercises (hints, solutions, checks) is left out.

/** What is known of a cell. */
export interface SlideCell {
  type: string;
  source: string;
  metadata: Record<string, unknown>;
  /** Whether it has something to show when it has run. */
  hasOutputs: boolean;
}

/** One thing on a slide. `cell` is the cell's place in the notebook. */
export type SlidePart =
  | { kind: "markdown"; cell: number; source: string; fragment: boolean }
  | { kind: "code"; cell: number; fragment: boolean }
  | { kind: "output"; cell: number; fragment: boolean };

export interface Slide {
  /** The heading of the part of the notebook that it belongs to; shown where the slide has none of its own. */
  section: string;
  parts: SlidePart[];
  /** Markdown. */
  notes: string[];
}

const slideTypes = ["slide", "subslide", "fragment", "skip", "notes", "-"] as const;
type SlideType = (typeof slideTypes)[number];

/** The slides of a notebook, in order. */
export function slidesOf(cells: readonly SlideCell[]): Slide[] {
  const types = cells.map(slideTypeOf);
  const slides = types.some((type) => type !== undefined) ? asTheCellsSay(cells, types) : byHeadings(cells);
  return withSections(slides.filter(({ parts }) => parts.length > 0));
}

function slideTypeOf({ metadata }: SlideCell): SlideType | undefined {
  const type = (metadata.slideshow as { slide_type?: unknown } | undefined)?.slide_type;
  return slideTypes.find((each) => each === type);
}

function asTheCellsSay(cells: readonly SlideCell[], types: readonly (SlideType | undefined)[]): Slide[] {
  const slides = [emptySlide()];
  for (const [at, cell] of cells.entries()) {
    const type = types[at] ?? "-";
    if (type === "skip") continue;
    if (type === "slide" || type === "subslide") slides.push(emptySlide());
    const slide = slides.at(-1) ?? emptySlide();
    if (type === "notes") slide.notes.push(cell.source);
    else slide.parts.push(...partsOf(cell, at, type === "fragment"));
  }
  return slides;
}

function partsOf({ type, source, hasOutputs }: SlideCell, cell: number, fragment: boolean): SlidePart[] {
  if (type === "markdown") return [{ kind: "markdown", cell, source, fragment }];
  if (type !== "code") return [];
  const output: SlidePart[] = hasOutputs ? [{ kind: "output", cell, fragment }] : [];
  return [{ kind: "code", cell, fragment }, ...output];
}

function byHeadings(cells: readonly SlideCell[]): Slide[] {
  const slides: Slide[] = [];
  for (const [at, cell] of cells.entries()) {
    if (belongsToExercise(cell)) continue;
    if (cell.type === "markdown") proseSlides(cell.source, at, slides);
    else if (cell.type === "code" && cell.source.trim() !== "") {
      const part: SlidePart = { kind: "code", cell: at, fragment: false };
      const before = slides.at(-1);
      if (before !== undefined && introduces(before, cell)) before.parts.push(part);
      else slides.push({ ...emptySlide(), parts: [part] });
      if (cell.hasOutputs)
        slides.push({ ...emptySlide(), parts: [{ kind: "output", cell: at, fragment: false }] });
    }
  }
  return slides;
}

/** Whether few words and a few lines of code stand on one slide: a task and where it is done. */
function introduces({ parts }: Slide, code: SlideCell): boolean {
  const prose = parts.map((part) =>
    part.kind === "markdown" ? linesOf(part.source) : Number.POSITIVE_INFINITY,
  );
  return prose.reduce((sum, lines) => sum + lines, 0) + code.source.split("\n").length <= mostLines - 4;
}

/** Checks, hints and solutions: what a learner opens alone. */
function belongsToExercise({ type, source, metadata }: SlideCell): boolean {
  const { check } = (metadata.latent_lab ?? {}) as { check?: unknown };
  return check !== undefined || (type === "markdown" && source.startsWith("<details>"));
}

/** Lines of text that a slide holds; longer prose goes on on the next one. */
const mostLines = 16;
const charactersInLine = 68;
/** A longer paragraph is for the notes; the slide keeps its first sentence. */
const longestParagraph = 240;

/** A cell's blocks on as many slides as they need. What is said about a figure goes to its notes. */
function proseSlides(source: string, cell: number, slides: Slide[]): void {
  const blocks = blocksOf(source);
  const previous = slides.at(-1);
  if (/^\*\*What you see\.?\*\*/.test(source) && previous !== undefined) {
    previous.notes.push(source);
    return;
  }
  let slide = emptySlide();
  let shown: string[] = [];
  let lines = 0;
  const finish = (): void => {
    if (shown.length > 0)
      slide.parts.push({ kind: "markdown", cell, source: shown.join("\n\n"), fragment: false });
    if (slide.parts.length > 0) slides.push(slide);
    slide = emptySlide();
    shown = [];
    lines = 0;
  };
  for (const block of blocks) {
    const { text, note } = shortened(block);
    const more = linesOf(text);
    const isHeading = /^#{1,3} /.test(text);
    const onlyHeadings = shown.every((each) => each.startsWith("#"));
    if (!onlyHeadings && (isHeading || lines + more > mostLines)) finish();
    shown.push(text);
    lines += more;
    if (note !== undefined) slide.notes.push(note);
  }
  finish();
}

/** Paragraphs, lists, formulas, fences and tables; what is folded away is left out. */
function blocksOf(source: string): string[] {
  const visible = source.replace(/<details>[\s\S]*<\/details>/g, "");
  const blocks: string[] = [];
  let open = "";
  for (const block of visible.split(/\n{2,}/)) {
    open = open === "" ? block : `${open}\n\n${block}`;
    const fences = open.match(/^```/gm)?.length ?? 0;
    if (fences % 2 === 1) continue; // an empty line inside a fence
    if (open.trim() !== "") blocks.push(...byHeading(open.trim()));
    open = "";
  }
  return open.trim() === "" ? blocks : [...blocks, open.trim()];
}

/** A heading and the text right below it are two blocks. */
function byHeading(block: string): string[] {
  const match = /^(#{1,6} [^\n]*)\n([\s\S]+)$/.exec(block);
  return match === null ? [block] : [match[1] ?? "", (match[2] ?? "").trim()];
}

function shortened(block: string): { text: string; note?: string } {
  const isProse = !/^(#|[-*+] |\d+\. |>|\||\$\$|```|!\[|<)/.test(block);
  if (!isProse || block.length <= longestParagraph) return { text: block };
  const first = /^[\s\S]*?[.!?:](?=\s+[A-Z*`$])/.exec(block)?.[0] ?? block;
  return first.length < block.length ? { text: first, note: block } : { text: block };
}

function linesOf(block: string): number {
  if (/^#/.test(block)) return 1.5;
  if (/^\$\$/.test(block)) return 2.5;
  const rows = block.split("\n");
  return rows.reduce((sum, row) => sum + Math.max(1, Math.ceil(row.length / charactersInLine)), 0.4);
}

function emptySlide(): Slide {
  return { section: "", parts: [], notes: [] };
}

/** Each slide with the last heading of level 1 or 2 before it. */
function withSections(slides: readonly Slide[]): Slide[] {
  let section = "";
  return slides.map((slide) => {
    const first = slide.parts.find(({ kind }) => kind === "markdown");
    const heading = first?.kind === "markdown" ? /^#{1,2} (.+)$/m.exec(first.source)?.[1] : undefined;
    if (heading !== undefined) section = heading.trim();
    return { ...slide, section };
  });
}
