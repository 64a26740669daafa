// The script of a deck: reveal.js with its speaker notes; text as large as fits, never smaller than can be read from the
// back row; figures that fill their slide.
import "reveal.js/reveal.css";
import "./deck.css";
import Reveal from "reveal.js";
import Notes from "reveal.js/plugin/notes";
import { draw } from "./figures";

/** In the deck's own pixels; the screen scales them. */
const size = { width: 1280, height: 720 };
/** Sizes of text to try, largest first. Code is four fifths of it: a 41st of the height, readable from the back row. */
const textSizes = [40, 36, 32, 30, 28, 26, 24, 22];

const leastFigureHeight = 340;
/** For the controls, and what margins take. */
const roomBelow = 40;

/** What may be wider than the slide; code breaks its lines. */
const wideParts = "table, pre.output, .output, math";

const deck = new Reveal({
  ...size,
  margin: 0.03,
  center: false,
  hash: true,
  slideNumber: "c/t",
  transition: "none",
  controlsTutorial: false,
  viewDistance: 2,
  pdfSeparateFragments: false,
  plugins: [Notes],
});

void deck.initialize().then(() => {
  for (const slide of deck.getSlides()) whileShown(slide, () => fitText(slide));
  const drawNow = (): void => drawFigures(deck.getCurrentSlide());
  deck.on("slidechanged", drawNow);
  if (/print-pdf/.test(location.search)) for (const slide of deck.getSlides()) drawFigures(slide);
  else drawNow();
});

/** Reveal hides slides that are far away, which have no size then. */
function whileShown(slide: HTMLElement, action: () => void): void {
  const { display, visibility } = slide.style;
  slide.style.setProperty("display", "block", "important");
  slide.style.visibility = "hidden";
  action();
  slide.style.display = display;
  slide.style.visibility = visibility;
}

/** The largest text with which the slide's content fits. */
function fitText(slide: HTMLElement): void {
  const content = slide.querySelector<HTMLElement>(".content");
  if (content === null) return;
  const room = size.height - (slide.querySelector(".figure") ? leastFigureHeight + roomBelow : 0);
  for (const textSize of textSizes) {
    content.style.fontSize = `${textSize}px`;
    const wide = [...content.querySelectorAll(wideParts)].some(
      (each) => each.scrollWidth > each.clientWidth + 1,
    );
    if (content.scrollHeight <= room && !wide) return;
  }
}

function drawFigures(slide: HTMLElement | null): void {
  if (slide === null || !("Plotly" in window)) return;
  const figures = [...slide.querySelectorAll<HTMLElement>(".figure")];
  const others = slide.querySelector<HTMLElement>(".content")?.scrollHeight ?? 0;
  const taken = others - figures.reduce((sum, each) => sum + each.offsetHeight, 0);
  const height = Math.max(leastFigureHeight, (size.height - taken - roomBelow) / Math.max(1, figures.length));
  for (const node of figures) draw(node, { height, width: size.width - 20, autosize: false });
}
