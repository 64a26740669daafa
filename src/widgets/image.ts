// A picture between other widgets; its bytes travel as they are, not as text.
import { checkWidgetOptions, refuse } from "./checks.js";
import { ValueWidget, type WidgetOptions } from "./widget.js";

export interface ImageOptions extends Pick<WidgetOptions, "width"> {
  /** The file's bytes. */
  value: Uint8Array;
  /** Default: `"png"`. */
  format?: "png" | "jpeg" | "gif" | "webp";
  /** One sentence that says what it shows. Default: none. */
  alternative?: string;
}

/** A picture from the bytes of a file; assign its `value` to change it. */
export function image(options: ImageOptions): ValueWidget<Uint8Array> {
  const own = { value: "checked", format: ["png", "jpeg", "gif", "webp"], alternative: "string" } as const;
  checkWidgetOptions("image", options, own, ["width"]);
  const { value, format = "png", alternative, width } = options;
  const check = (bytes: unknown): void => {
    if (!(bytes instanceof Uint8Array) || bytes.length === 0)
      refuse("image", "the bytes of a file", bytes, 'Read them by readFile("picture.png").');
  };
  const codec = {
    encode: (bytes: Uint8Array) => ({ value: bytes }),
    decode: () => undefined, // only the code changes it
    check,
    text: (bytes: Uint8Array) => `${alternative ?? "image"} (${format}, ${bytes.length} bytes)`,
  };
  return new ValueWidget<Uint8Array>(
    { name: "Image" },
    { format },
    value,
    codec,
    width === undefined ? {} : { width },
  );
}
