// The protocol counts cursors in code points, JavaScript in UTF-16 code units: an emoji is 1 there and 2 here.

/** UTF-16 offset of a cursor that counts code points. Past the end gives the end. */
export function toUtf16(text: string, codePoints: number): number {
  let offset = 0;
  for (let seen = 0; seen < codePoints && offset < text.length; seen++) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}

/** Code points before a UTF-16 offset. */
export function toCodePoints(text: string, offset: number): number {
  let count = 0;
  for (const _ of text.slice(0, offset)) count++;
  return count;
}
