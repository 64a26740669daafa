// What a test file has started ends after its tests, the last first.
import { afterAll } from "vitest";

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

export function atEnd(end: () => Promise<unknown>): void {
  ends.push(end);
}
