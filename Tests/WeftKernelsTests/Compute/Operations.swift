import Testing
import WeftKernels
import WeftTensors

/// An operation with inputs of odd sizes that are more than one tile or run.
struct Operation: Sendable, CustomTestStringConvertible {
  let name: String
  let run: @Sendable (any Backend) throws -> Tensor

  var testDescription: String { name }

  private static let picture = randomTensor([2, 6, 131, 67], seed: 11)
  private static let tokens = randomTensor([2, 301, 462], seed: 12)
  private static let norm = NormParameters(
    weight: randomTensor([6], seed: 13), bias: randomTensor([6], seed: 14), epsilon: 1e-5)
  private static let rowNorm = NormParameters(
    weight: randomTensor([462], seed: 15), bias: randomTensor([462], seed: 16), epsilon: 1e-5)

  /// A convolution with all that may follow it.
  private static func convolution(_ backend: any Backend) throws -> Tensor {
    let weight = try backend.prepare(
      weight: randomTensor([9, 64, 3, 3], seed: 17), bias: randomTensor([9], seed: 18), layer: "")
    return try backend.convolve(
      randomTensor([1, 64, 61, 63], seed: 19), weight,
      ConvolutionGeometry(padding: .init(all: 1)),
      Epilogue(
        channelBias: randomTensor([1, 9], seed: 20), activation: .silu,
        residual: randomTensor([1, 9, 61, 63], seed: 21)))
  }

  private static func strided(_ backend: any Backend) throws -> Tensor {
    let weight = try backend.prepare(
      weight: randomTensor([1300, 3, 3, 3], seed: 22), bias: nil, layer: "")
    return try backend.convolve(
      randomTensor([1, 3, 13, 11], seed: 23), weight,
      ConvolutionGeometry(stride: 2, padding: .init(top: 0, left: 1, bottom: 2, right: 1)), .none)
  }

  private static func layer(_ backend: any Backend) throws -> Tensor {
    let weight = try backend.prepare(
      weight: randomTensor([1301, 462], seed: 24), bias: randomTensor([1301], seed: 25), layer: "")
    return try backend.linear(
      tokens, weight,
      Epilogue(activation: .gelu, residual: randomTensor([2, 301, 1301], seed: 26)))
  }

  private static func epilogue(_ backend: any Backend) throws -> Tensor {
    try backend.finish(
      picture,
      Epilogue(
        channelBias: randomTensor([2, 6], seed: 27), activation: .tanh, residual: picture))
  }

  static let all = products + elements

  /// Those that multiply matrices.
  private static let products: [Operation] = [
    Operation(name: "convolve", run: convolution), Operation(name: "convolve 2", run: strided),
    Operation(name: "linear", run: layer),
    Operation(name: "matmul") {
      try $0.matmul(tokens, tokens, transposesSecond: true)
    },
    Operation(name: "attention") {
      try $0.attention(tokens, tokens, tokens, AttentionOptions(heads: 7, isCausal: true))
    },
  ]

  /// Those that go over elements, rows and pixels.
  static let elements: [Operation] =
    [
      Operation(name: "finish", run: epilogue),
      Operation(name: "softmax") { try $0.softmax(tokens) },
      Operation(name: "groupNorm") { try $0.groupNorm(picture, norm, groups: 3, .silu) },
      Operation(name: "layerNorm") { try $0.layerNorm(tokens, rowNorm) },
      Operation(name: "add") { try $0.add(tokens, tokens, factor: 0.3) },
      Operation(name: "scale") { try $0.scale(tokens, by: 0.3) },
      Operation(name: "concatenate") { try $0.concatenate([picture, picture]) },
      Operation(name: "slice") { try $0.slice(picture, 1..<4) },
      Operation(name: "resize") {
        try $0.resize(picture, height: 61, width: 90, .bicubic(antialias: true))
      },
      Operation(name: "averagePool") { try $0.averagePool(picture) },
      Operation(name: "unshuffle") { try $0.unshuffle(picture, factor: 1) },
      Operation(name: "tokens") { try $0.tokens(picture) },
      Operation(name: "picture") { try $0.picture(tokens, height: 7, width: 43) },
    ]
    + Activation.allCases.flatMap { activation in
      [
        Operation(name: "activate \(activation)") { try $0.activate(tokens, activation) },
        Operation(name: "gate \(activation)") { try $0.gate(tokens, activation) },
      ]
    }
}
