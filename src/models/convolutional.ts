// The convolutional autoencoder: convolutions with stride 2 halve the picture on the way to the code, transposed ones double
// it on the way back. Neighbouring pixels share weights, which suits pictures larger than the digits.
import { initializers, input, layers } from "@tensorflow/tfjs-layers";
import { type Autoencoder, assemble, chain, dense, layerSeeds } from "./autoencoder.js";
import {
  type Activation,
  activation,
  type Check,
  checkModelOptions,
  positiveInteger,
  sizes,
  type TrainingOptions,
} from "./options.js";

export interface ConvolutionalOptions extends TrainingOptions {
  /** [height, width], or [height, width, channels]; the models' inputs and outputs have this shape. Default [8, 8]. */
  imageShape?: readonly [number, number] | readonly [number, number, number];
  /** Channels after each halving. Default [16, 32]. */
  filters?: readonly number[];
  /** Height and width of the convolutions' windows. Default 3. */
  kernelSize?: number;
  /** Neurons of the coding layer. Default 3. */
  codeDim?: number;
  /** Of the convolutions. Default "relu". */
  activation?: Activation;
  /** Of the output layer. Default "sigmoid". */
  outputActivation?: Activation;
}

const imageShapes: Check = (value) =>
  Array.isArray(value) &&
  (value.length === 2 || value.length === 3) &&
  value.every((size) => !positiveInteger(size))
    ? undefined
    : "[height, width] or [height, width, channels]";

/**
 * A convolutional autoencoder of pictures, by default of 8×8: convolutions, a dense coding layer, and back.
 * Train it with `images` [rows, height, width], not `features`.
 * @returns models that hold the weights; the caller disposes, with `dispose()`
 * @throws UsageError if an option is out of range
 * @see Masci et al. 2011, Stacked convolutional auto-encoders, ICANN
 */
export function convolutional(options: ConvolutionalOptions = {}): Autoencoder {
  checkModelOptions("convolutional", options, {
    ...{ imageShape: imageShapes, filters: sizes, kernelSize: positiveInteger, codeDim: positiveInteger },
    ...{ activation, outputActivation: activation },
  });
  const { imageShape = [8, 8], filters = [16, 32], kernelSize = 3, codeDim = 3, seed } = options;
  const { activation: inner = "relu", outputActivation = "sigmoid" } = options;
  const next = layerSeeds(seed);
  const start = () => {
    const layerSeed = next();
    return initializers.glorotUniform(layerSeed === undefined ? {} : { seed: layerSeed });
  };
  const [height, width, channels = 1] = imageShape;
  const common = { kernelSize, padding: "same" as const };
  // [h, w, c] → [⌈h/2⌉, ⌈w/2⌉, f] → …
  const halved = filters.reduce<[number, number][]>(
    (shapes) => [...shapes, shapes.at(-1)?.map((size) => Math.ceil(size / 2)) as [number, number]],
    [[height, width]],
  );
  const [lowHeight, lowWidth] = halved.at(-1) as [number, number];
  const lowest = [lowHeight, lowWidth, filters.at(-1) ?? channels] as const;
  const encoderLayers = [
    layers.reshape({ name: "image", targetShape: [height, width, channels] }),
    ...filters.map((count, at) =>
      layers.conv2d({
        ...{ ...common, name: `encoder_${at + 1}`, filters: count, strides: 2, activation: inner },
        kernelInitializer: start(),
      }),
    ),
    layers.flatten({ name: "flatten" }),
    dense("code", codeDim, "linear", next()),
  ];
  const back = filters.map((_, at) => filters.length - 1 - at);
  const decoderLayers = [
    dense("decoder_dense", lowest[0] * lowest[1] * lowest[2], inner, next()),
    layers.reshape({ name: "decoder_image", targetShape: [...lowest] }),
    ...back.flatMap((at, step) => {
      const [tall, wide] = halved[at] as [number, number];
      const [halfTall, halfWide] = halved[at + 1] as [number, number];
      const doubled = layers.conv2dTranspose({
        ...{
          ...common,
          name: `decoder_${step + 1}`,
          filters: filters[at - 1] ?? filters[0] ?? channels,
          strides: 2,
        },
        ...{ activation: inner, kernelInitializer: start() },
      });
      // An odd size was rounded up on the way down, so doubling gives a row or column too many.
      const cut = [2 * halfTall - tall, 2 * halfWide - wide] as const;
      if (cut[0] === 0 && cut[1] === 0) return [doubled];
      return [
        doubled,
        layers.cropping2D({
          name: `crop_${step + 1}`,
          cropping: [
            [0, cut[0]],
            [0, cut[1]],
          ],
        }),
      ];
    }),
    layers.conv2d({
      ...{ ...common, name: "reconstruction_image", filters: channels, activation: outputActivation },
      kernelInitializer: start(),
    }),
    layers.reshape({ name: "reconstruction", targetShape: [...imageShape] }),
  ];
  const inputs = input({ shape: [...imageShape], name: "input" });
  const code = chain(encoderLayers, inputs);
  return assemble({ inputs, code, decode: (codes) => chain(decoderLayers, codes) }, options);
}
