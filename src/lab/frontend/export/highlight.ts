// Code as coloured tokens, for the site: Shiki with the grammars that our pages need, and two themes whose colours have
// the contrast that WCAG AA asks for. Bundled for Node at build time (scripts/build-frontend.mjs).
import { createHighlighterCoreSync } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import bash from "shiki/langs/bash.mjs";
import css from "shiki/langs/css.mjs";
import json from "shiki/langs/json.mjs";
import python from "shiki/langs/python.mjs";
import typescript from "shiki/langs/typescript.mjs";
import yaml from "shiki/langs/yaml.mjs";
import dark from "shiki/themes/github-dark-high-contrast.mjs";
import light from "shiki/themes/github-light-high-contrast.mjs";

/** A piece of code in one colour. */
export interface Token {
  /** Place in the code, in UTF-16 code units. */
  start: number;
  text: string;
  /** A CSS colour for light and dark pages; empty for text that is no code of a known language. */
  color: string;
}

const highlighter = createHighlighterCoreSync({
  themes: [light, dark],
  langs: [typescript, bash, json, yaml, css, python],
  engine: createJavaScriptRegexEngine(),
});

/** `language` is a name as fences have it; of an unknown one the whole code is one token. */
export function highlight(code: string, language: string): Token[] {
  if (!highlighter.getLoadedLanguages().includes(language)) return [{ start: 0, text: code, color: "" }];
  const { tokens } = highlighter.codeToTokens(code, {
    lang: language,
    themes: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    defaultColor: "light-dark()",
  });
  return tokens.flat().map(({ offset, content, htmlStyle }) => ({
    start: offset,
    text: content,
    color: htmlStyle?.color ?? "",
  }));
}
