// TensorFlow.js's own classes that are registered for saving and loading (tfjs-core and -layers 4.22). Being registered
// says nothing: people register theirs, too. What these do depends on their fields; what others do nobody knows.
export const libraryClasses: ReadonlySet<string> = new Set(
  (
    "Adadelta Adagrad Adam Adamax Momentum RMSProp SGD Zeros Ones Constant RandomUniform RandomNormal " +
    "TruncatedNormal Identity VarianceScaling GlorotUniform GlorotNormal HeNormal HeUniform LeCunNormal " +
    "LeCunUniform Orthogonal InputLayer MaxNorm UnitNorm NonNeg MinMaxNorm Model Functional Sequential elu " +
    "selu relu relu6 linear sigmoid hardSigmoid softplus softsign tanh softmax logSoftmax gelu gelu_new mish " +
    "swish L1L2 ReLU LeakyReLU PReLU ELU ThresholdedReLU Softmax Conv2D Conv3D Conv2DTranspose " +
    "Conv3DTranspose SeparableConv2D Conv1D Cropping2D UpSampling2D DepthwiseConv2D RNN SimpleRNNCell " +
    "SimpleRNN GRUCell GRU LSTMCell LSTM StackedRNNCells ConvLSTM2DCell ConvLSTM2D Dropout SpatialDropout1D " +
    "Dense Flatten Activation RepeatVector Reshape Permute Masking Embedding Add Multiply Average Maximum " +
    "Minimum Concatenate Dot GaussianNoise GaussianDropout AlphaDropout BatchNormalization LayerNormalization " +
    "ZeroPadding2D MaxPooling1D AveragePooling1D MaxPooling2D AveragePooling2D MaxPooling3D AveragePooling3D " +
    "GlobalAveragePooling1D GlobalMaxPooling1D GlobalAveragePooling2D GlobalMaxPooling2D TimeDistributed " +
    "Bidirectional Rescaling CenterCrop CategoryEncoding Resizing RandomWidth"
  ).split(" "),
);
