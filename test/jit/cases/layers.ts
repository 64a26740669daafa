// One small model for each type of layer and each way to use it that leads to other operations.
import { layers, type Shape, type SymbolicTensor } from "@tensorflow/tfjs-layers";

export interface LayerCase {
  name: string;
  /** Of one row. */
  input: Shape;
  /** Numbers in [0, 1), or class numbers 0 … 4. */
  values?: "indices";
  apply(x: SymbolicTensor): SymbolicTensor;
  tolerance?: number;
}

const image = [6, 6, 2];
const series = [8, 3];
const volume = [3, 4, 4, 2];
const row = [6];

type Layer = layers.Layer;
const on =
  (input: Shape, values?: "indices") =>
  (name: string, stack: () => Layer[]): LayerCase => ({
    ...{ name, input, ...(values ? { values } : {}) },
    apply: (x) => stack().reduce((value, layer) => layer.apply(value) as SymbolicTensor, x),
  });
const [onImage, onSeries, onVolume, onRow] = [on(image), on(series), on(volume), on(row)];
const onIndices = on([8], "indices");

const convolutional: LayerCase[] = [
  onImage("conv2d", () => [
    layers.conv2d({ filters: 3, kernelSize: 3, activation: "relu", padding: "same" }),
  ]),
  onImage("conv2d twice, with strides", () => [
    layers.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: "same", activation: "elu" }),
    layers.conv2d({ filters: 2, kernelSize: 2, useBias: false }),
  ]),
  onImage("conv2d, channels first", () => [
    layers.conv2d({ filters: 2, kernelSize: 2, dataFormat: "channelsFirst" }),
  ]),
  onImage("conv2dTranspose", () => [
    layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: "same" }),
  ]),
  onImage("depthwiseConv2d", () => [
    layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, activation: "tanh" }),
  ]),
  onImage("separableConv2d", () => [
    layers.separableConv2d({ filters: 3, kernelSize: 3, depthMultiplier: 2 }),
  ]),
  onSeries("conv1d", () => [layers.conv1d({ filters: 3, kernelSize: 3, strides: 2, activation: "relu" })]),
  onVolume("conv3d", () => [layers.conv3d({ filters: 2, kernelSize: 2, activation: "relu" })]),
  onImage("upSampling2d", () => [
    layers.upSampling2d({ size: [2, 3] }),
    layers.conv2d({ filters: 2, kernelSize: 3 }),
  ]),
  onImage("upSampling2d, bilinear", () => [layers.upSampling2d({ size: [2, 2], interpolation: "bilinear" })]),
  onImage("zeroPadding2d", () => [
    layers.zeroPadding2d({ padding: [1, 2] }),
    layers.conv2d({ filters: 2, kernelSize: 3 }),
  ]),
  onImage("cropping2D", () => [
    layers.conv2d({ filters: 2, kernelSize: 2 }),
    layers.cropping2D({
      cropping: [
        [1, 0],
        [1, 1],
      ],
    }),
  ]),
];

const pooling: LayerCase[] = [
  onImage("maxPooling2d", () => [
    layers.conv2d({ filters: 2, kernelSize: 2 }),
    layers.maxPooling2d({ poolSize: 2 }),
  ]),
  onImage("averagePooling2d", () => [
    layers.conv2d({ filters: 2, kernelSize: 2 }),
    layers.averagePooling2d({ poolSize: 2, padding: "same" }),
  ]),
  onImage("globalMaxPooling2d", () => [
    layers.conv2d({ filters: 4, kernelSize: 2 }),
    layers.globalMaxPooling2d({}),
  ]),
  onImage("globalAveragePooling2d", () => [
    layers.conv2d({ filters: 4, kernelSize: 2 }),
    layers.globalAveragePooling2d({}),
  ]),
  onSeries("maxPooling1d", () => [layers.dense({ units: 2 }), layers.maxPooling1d({ poolSize: 2 })]),
  onSeries("averagePooling1d", () => [
    layers.dense({ units: 2 }),
    layers.averagePooling1d({ poolSize: 3, strides: 2 }),
  ]),
  onSeries("globalMaxPooling1d", () => [layers.dense({ units: 4 }), layers.globalMaxPooling1d({})]),
  onSeries("globalAveragePooling1d", () => [layers.dense({ units: 4 }), layers.globalAveragePooling1d({})]),
  onVolume("maxPooling3d", () => [
    layers.dense({ units: 2 }),
    layers.maxPooling3d({ poolSize: 2, padding: "same" }),
  ]),
  onVolume("averagePooling3d", () => [layers.dense({ units: 2 }), layers.averagePooling3d({ poolSize: 2 })]),
];

const normalization: LayerCase[] = [
  onRow("batchNormalization", () => [
    layers.dense({ units: 4 }),
    layers.batchNormalization({ momentum: 0.8 }),
  ]),
  onImage("batchNormalization of images", () => [
    layers.conv2d({ filters: 3, kernelSize: 2 }),
    layers.batchNormalization({}),
    layers.activation({ activation: "relu" }),
  ]),
  onRow("layerNormalization", () => [layers.dense({ units: 4 }), layers.layerNormalization({})]),
  onImage("layerNormalization over two axes", () => [layers.layerNormalization({ axis: [2, 3] })]),
];

const recurrent: LayerCase[] = [
  onSeries("simpleRNN", () => [layers.simpleRNN({ units: 4 })]),
  onSeries("simpleRNN, goBackwards", () => [
    layers.simpleRNN({ units: 4, goBackwards: true, activation: "relu" }),
  ]),
  onSeries("gru", () => [layers.gru({ units: 4 })]),
  onSeries("gru, returnSequences, implementation 2", () => [
    layers.gru({ units: 4, returnSequences: true, implementation: 2 }),
  ]),
  onSeries("lstm", () => [layers.lstm({ units: 4 })]),
  onSeries("lstm, returnSequences, goBackwards", () => [
    layers.lstm({ units: 3, returnSequences: true, goBackwards: true }),
  ]),
  onSeries("lstm stacked", () => [
    layers.lstm({ units: 4, returnSequences: true }),
    layers.lstm({ units: 3, implementation: 2 }),
  ]),
  onSeries("rnn of cells", () => [
    layers.rnn({
      cell: [
        layers.gruCell({ units: 3, recurrentActivation: "sigmoid" }),
        layers.lstmCell({ units: 4 }),
        layers.simpleRNNCell({ units: 2 }),
      ] as never,
    }),
  ]),
  onSeries("bidirectional", () => [
    layers.bidirectional({ layer: layers.lstm({ units: 3 }) as never, mergeMode: "concat" }),
  ]),
  onSeries("bidirectional, sum of sequences", () => [
    layers.bidirectional({
      layer: layers.gru({ units: 3, returnSequences: true, recurrentActivation: "sigmoid" }) as never,
      mergeMode: "sum",
    }),
  ]),
  onSeries("masking", () => [layers.masking({ maskValue: 0 }), layers.lstm({ units: 3 })]),
  onRow("repeatVector", () => [
    layers.dense({ units: 3 }),
    layers.repeatVector({ n: 4 }),
    layers.lstm({ units: 3, returnSequences: true }),
    layers.timeDistributed({ layer: layers.dense({ units: 2 }) }),
  ]),
  { ...on([3, 5, 5, 1])("convLstm2d", () => [layers.convLstm2d({ filters: 2, kernelSize: 2 }) as Layer]) },
  onIndices("embedding", () => [layers.embedding({ inputDim: 5, outputDim: 3 })]),
  onIndices("embedding with a mask, into an lstm", () => [
    layers.embedding({ inputDim: 5, outputDim: 3, maskZero: true }),
    layers.lstm({ units: 3 }),
  ]),
];

const shaping: LayerCase[] = [
  onRow("reshape", () => [
    layers.dense({ units: 6 }),
    layers.reshape({ targetShape: [3, 2] }),
    layers.dense({ units: 3 }),
  ]),
  onSeries("permute", () => [layers.permute({ dims: [2, 1] }), layers.dense({ units: 3 })]),
  onImage("flatten", () => [layers.conv2d({ filters: 2, kernelSize: 2 }), layers.flatten()]),
  onImage("rescaling", () => [
    layers.rescaling({ scale: 2, offset: -1 }) as Layer,
    layers.conv2d({ filters: 2, kernelSize: 2 }),
  ]),
];

const activationNames = [
  ...["elu", "hardSigmoid", "linear", "relu", "relu6", "selu", "sigmoid", "softmax", "softplus", "softsign"],
  ...["tanh", "swish", "mish", "gelu", "gelu_new"],
] as const;

const activations: LayerCase[] = [
  ...activationNames.map((activation) =>
    onRow(`activation ${activation}`, () => [
      layers.dense({ units: 5 }),
      layers.activation({ activation: activation as "relu" }),
    ]),
  ),
  onRow("reLU", () => [layers.dense({ units: 5 }), layers.reLU({ maxValue: 0.5 })]),
  onRow("leakyReLU", () => [layers.dense({ units: 5 }), layers.leakyReLU({ alpha: 0.2 })]),
  onRow("elu", () => [layers.dense({ units: 5 }), layers.elu({})]),
  onRow("prelu", () => [layers.dense({ units: 5 }), layers.prelu({})]),
  onRow("softmax", () => [layers.dense({ units: 5 }), layers.softmax({})]),
];

const merged = (name: string, merge: () => Layer): LayerCase => ({
  ...{ name, input: row },
  apply: (x) => {
    const parts = [4, 4].map(
      (units) => layers.dense({ units, activation: "tanh" }).apply(x) as SymbolicTensor,
    );
    return merge().apply(parts) as SymbolicTensor;
  },
});

const merging: LayerCase[] = [
  merged("add", () => layers.add()),
  merged("multiply", () => layers.multiply()),
  merged("average", () => layers.average()),
  merged("maximum", () => layers.maximum()),
  merged("minimum", () => layers.minimum()),
  merged("concatenate", () => layers.concatenate()),
  merged("dot", () => layers.dot({ axes: 1 })),
  merged("dot, normalized", () => layers.dot({ axes: 1, normalize: true })),
];

export const layerCases: readonly LayerCase[] = [
  ...[...convolutional, ...pooling, ...normalization, ...recurrent, ...shaping, ...activations, ...merging],
];

/** Layers for which TensorFlow.js has no gradient, or that do not fit between others: only computed. */
export const forwardCases: readonly [name: string, input: Shape, make: () => Layer][] = [
  ["conv3dTranspose", volume, () => layers.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2 })],
  ["resizing", image, () => layers.resizing({ height: 4, width: 5 }) as Layer],
  [
    "resizing to the nearest",
    image,
    () => layers.resizing({ height: 9, width: 5, interpolation: "nearest" }) as Layer,
  ],
  ["centerCrop", image, () => layers.centerCrop({ height: 2, width: 3 }) as Layer],
  ["thresholdedReLU", row, () => layers.thresholdedReLU({ theta: 0.5 })],
  ["batchNormalization", row, () => layers.batchNormalization({})],
  ["batchNormalization along another axis", series, () => layers.batchNormalization({ axis: 1 })],
  ["layerNormalization", image, () => layers.layerNormalization({})],
  ["dropout", row, () => layers.dropout({ rate: 0.5 })],
  ["spatialDropout1d", series, () => layers.spatialDropout1d({ rate: 0.5 })],
];
