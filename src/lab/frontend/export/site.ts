// The script of each page of the site: figures, the theme's switch, types under the pointer, copying of code, search.
// Everything that can be read can be read without it.
import "./site.css";
import { drawFigures } from "./figures";
import { addSearch } from "./search";
import { addTheme } from "./theme-switch";
import { addTypes } from "./types-on-hover";

addTheme();
foldNavigation();
if ("Plotly" in window) drawFigures();
addTypes();
addSearch();
addCopyButtons();

/** Where the pages' list stands above the text, not beside it; see site.css. */
function foldNavigation(): void {
  const list = document.querySelector<HTMLDetailsElement>("nav.site details");
  if (list !== null && matchMedia("(max-width: 56rem)").matches) list.open = false;
}

/** A button in the corner of each piece of code. */
function addCopyButtons(): void {
  if (navigator.clipboard === undefined) return; // from a file, or an insecure address
  for (const code of document.querySelectorAll<HTMLElement>("pre.source")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.querySelector("code")?.textContent ?? "");
      button.textContent = "Copied";
      setTimeout(() => {
        button.textContent = "Copy";
      }, 1500);
    });
    const box = document.createElement("div");
    box.className = "with-copy";
    code.replaceWith(box);
    box.append(code, button);
  }
}
