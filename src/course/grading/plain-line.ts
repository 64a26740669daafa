// What learners wrote, a name, an error's message, as one line that neither a terminal nor a spreadsheet obeys.
import { stripVTControlCharacters } from "node:util";

/** Longest line, in characters. */
const longest = 200;
/** Control characters, and those that turn the direction of what follows (Unicode's annex 9). */
const controls = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The first line of a text, at most 200 characters, without escape sequences; other control characters are blanks. */
export function plainLine(text: string): string {
  const [line = ""] = stripVTControlCharacters(text.slice(0, 20 * longest)).split(/[\r\n\u2028\u2029]/);
  return [...line.replace(controls, " ")].slice(0, longest).join("");
}
