// Which line of the user's code, and which function of TensorFlow.js that it called, led to an error.

const ours = /[\\/](src|dist)[\\/]jit[\\/]/;
const libraries = /node_modules|node:internal|<anonymous>/;

/** ` in dataSync at model.ts:12:5`, as far as the stack tells; else empty. */
export function callSite(error: Error): string {
  const frames = (error.stack ?? "").split("\n").filter((line) => line.trimStart().startsWith("at "));
  const users = frames.findIndex((line) => !ours.test(line) && !libraries.test(line));
  const called = users > 0 ? frames[users - 1] : undefined;
  const operations = frames
    .slice(0, users < 0 ? frames.length : users)
    .flatMap((line) => /at (?:\w+\.)?(\w+?)_ /.exec(line)?.[1] ?? []);
  const name = operations.at(-1) ?? /at (?:async )?(?:\w+\.)?(\w+) /.exec(called ?? "")?.[1];
  const place = users < 0 ? undefined : /\(?([^\s()]+:\d+:\d+)\)?$/.exec(frames[users] as string)?.[1];
  return `${name ? ` in ${name}` : ""}${place ? ` at ${place}` : ""}`;
}
