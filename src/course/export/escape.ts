// Text that stands inside HTML.

/** Text as HTML shows it, also within a quoted attribute. */
export function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

/** The text that `escaped` was given, from what it, or marked, made of it. */
export function unescaped(html: string): string {
  const characters: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name] ?? "");
}

/** Text that cannot end the script element it stands in. */
export function inScript(text: string): string {
  return text.replace(/<(?=\/script|!--)/gi, "\\u003c");
}
