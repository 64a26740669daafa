// Images whose pixels come from places of others that are known when the function is recorded: crops, rotations,
// projections. TensorFlow.js's CPU kernel gets an image of places instead of colours, and so tells them by its own rules;
// the program gathers pixels from there. TensorFlow.js has no gradients of these.
import type * as tf from "@tensorflow/tfjs-core";
import { computedOnCpu, type Known } from "../../../core/on-cpu.js";
import { sizeOf, type Value } from "../../graph/program.js";
import { cast, demand, type KernelCall, type KernelTable, reshape } from "../kernel.js";

export const samples: KernelTable = {
  CropAndResize: (call) => {
    const image = call.input("image");
    const [boxes, boxInd] = [known(call, "boxes"), known(call, "boxInd")];
    const images = Array.from(boxInd.data as Int32Array);
    demand(call, Math.max(...images) < (image.shape[0] as number), "boxes of images that are not there");
    const cropSize = call.attribute<number[]>("cropSize");
    const told = (colours: Colours, method: string): Known =>
      toldBy(call, image, { boxes, boxInd }, { cropSize, method, extrapolationValue: outside })(colours);
    const places = told(placesOf, "nearest");
    const x = cast(call, image, "float32");
    const pixels =
      call.attribute("method") === "nearest"
        ? picked(call, x, places)
        : blended(call, x, places, [told(rowsOf, "bilinear"), told(columnsOf, "bilinear")]);
    return filled(call, pixels, places, [call.attribute<number>("extrapolationValue")]);
  },
  RotateWithOffset: (call) => {
    const image = call.input("image");
    const [radians, center] = [call.attribute<number>("radians"), call.attribute<number>("center")];
    const places = toldBy(call, image, {}, { radians, center, fillValue: outside })(placesOf);
    const fill = call.attribute<number | number[]>("fillValue");
    const colour = typeof fill === "number" ? [fill] : [...fill.slice(0, 3), opaque];
    return filled(call, picked(call, image, places), places, colour.slice(0, image.shape[3]));
  },
  Transform: (call) => {
    const image = call.input("image");
    demand(call, call.attribute("interpolation") === "nearest", "bilinear interpolation");
    const outputShape = call.attribute<number[]>("outputShape");
    const fillMode = call.attribute<string>("fillMode");
    const attributes = { outputShape, fillMode, interpolation: "nearest", fillValue: outside };
    const places = toldBy(call, image, { transforms: known(call, "transforms") }, attributes)(placesOf);
    return filled(call, picked(call, image, places), places, [call.attribute<number>("fillValue")]);
  },
};

/** What the images of places have where a new pixel comes from outside. */
const outside = -1;
/** TensorFlow.js's fourth channel outside of a rotated image. */
const opaque = 255;
/** Places are told as float32. */
const mostPlaces = 2 ** 24;

/** The colour of a pixel, by its place among all of these images. */
type Colours = (place: number, size: { height: number; width: number }) => number;
const placesOf: Colours = (place) => place;
const rowsOf: Colours = (place, { height, width }) => Math.floor(place / width) % height;
const columnsOf: Colours = (place, { width }) => place % width;

function known(call: KernelCall, name: string): Known {
  const value = call.input(name);
  const data = call.known(value);
  demand(call, data !== undefined, `${name} that depend on arguments`);
  return { data: data as Float32Array, shape: value.shape, dtype: value.dtype as tf.DataType };
}

/** What the CPU's kernel makes of images [n, height, width, 1] in such colours. */
function toldBy(
  call: KernelCall,
  { shape }: Value,
  others: Record<string, Known>,
  attributes: tf.NamedAttrMap,
) {
  const [n, height, width] = shape as [number, number, number];
  demand(call, n * height * width <= mostPlaces, `more than ${mostPlaces} pixels`);
  return (colours: Colours): Known => {
    const data = Float32Array.from({ length: n * height * width }, (_, place) =>
      colours(place, { height, width }),
    );
    const image: Known = { data, shape: [n, height, width, 1], dtype: "float32" };
    const [told] = computedOnCpu(call.name, { image, ...others }, attributes) ?? [];
    demand(call, told !== undefined, "no CPU backend of TensorFlow.js beside it");
    return told as Known;
  };
}

/** The pixels at places [m, rows, columns, 1], as [m · rows · columns, channels]; outside any. */
function picked(call: KernelCall, image: Value, { data }: Pick<Known, "data">): Value {
  const channels = image.shape[3] as number;
  const list = Int32Array.from(data as Float32Array, (place) => Math.max(0, place));
  const pixels = reshape(call, image, [sizeOf(image.shape.slice(0, 3)), channels]);
  const inputs = [pixels, call.graph.constant(list, [list.length], "int32")];
  return call.graph.node(
    "Gather",
    inputs,
    { shape: [list.length, channels], dtype: image.dtype },
    { axis: 0 },
  );
}

/** Mixtures of the four pixels around rows and columns between them. */
function blended(call: KernelCall, image: Value, places: Known, [rows, columns]: [Known, Known]): Value {
  const [, height, width] = image.shape as [number, number, number];
  const [y, x, nearest] = [rows, columns, places].map(({ data }) => data as Float32Array) as Three;
  const corner = (down: Side, right: Side): Value => {
    const at = y.map((row, each) => {
      const first = Math.floor((nearest[each] as number) / (height * width)) * height * width;
      return first + down.pixel(row) * width + right.pixel(x[each] as number);
    });
    const weights = y.map((row, each) => down.weight(row) * right.weight(x[each] as number));
    const pixels = picked(call, image, { data: at });
    return call.graph.node(
      "Mul",
      [pixels, call.graph.constant(weights, [weights.length, 1], "float32")],
      pixels,
    );
  };
  const corners = [
    corner(before, before),
    corner(before, after),
    corner(after, before),
    corner(after, after),
  ];
  return corners.reduce((sum, each) => call.graph.node("Add", [sum, each], sum));
}

type Three = [Float32Array, Float32Array, Float32Array];

/** One of the two pixels around a place between them. */
interface Side {
  pixel(place: number): number;
  weight(place: number): number;
}
const before: Side = { pixel: Math.floor, weight: (place) => 1 - (place - Math.floor(place)) };
const after: Side = { pixel: Math.ceil, weight: (place) => place - Math.floor(place) };

/** The images [m, rows, columns, channels], with a colour where pixels come from outside. */
function filled(call: KernelCall, pixels: Value, { data, shape }: Known, colour: readonly number[]): Value {
  const { graph } = call;
  const channels = pixels.shape[1] as number;
  const lost = Uint8Array.from(data as Float32Array, (place) => (place === outside ? 1 : 0));
  const mask = graph.constant(lost, [lost.length, 1], "bool");
  const fill = graph.constant(Float32Array.from(colour), [colour.length], "float32");
  const whole = lost.includes(1)
    ? graph.node("Where", [mask, cast(call, fill, pixels.dtype), pixels], pixels)
    : pixels;
  return reshape(call, whole, [...shape.slice(0, 3), channels]);
}
