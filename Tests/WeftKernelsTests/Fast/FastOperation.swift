import Testing
import WeftKernels
import WeftTensors

/// An operation of the fast backend on a picture of any size.
struct FastOperation: Sendable, CustomTestStringConvertible {
  let name: String
  let run: @Sendable (FastBackend, _ picture: Tensor) throws -> Tensor

  var testDescription: String { name }

  /// `[N, C, H, W]`: channels that fill vectors and that do not, one pixel, and pixels that fill no block.
  static let sizes: [Shape] = [
    [1, 3, 64, 64], [2, 4, 1, 1], [1, 4, 64, 64], [2, 8, 18, 22], [1, 32, 1, 1], [2, 37, 18, 22],
    [1, 40, 64, 64], [1, 320, 1, 1], [2, 320, 18, 22], [1, 320, 32, 32], [1, 1280, 1, 1],
    [1, 1280, 18, 22],
  ]

  /// A picture of each size.
  static let pictures = sizes.map { randomTensor($0, seed: 1, 2) }

  /// Groups of one channel, and of as many as there are.
  private static func groups(_ channels: Int) -> Int {
    [32, 8, 3, 1].first { channels % $0 == 0 } ?? 1
  }

  private static func norm(_ channels: Int) -> NormParameters {
    NormParameters(
      weight: randomTensor([channels], seed: 2), bias: randomTensor([channels], seed: 3),
      epsilon: 1e-5)
  }

  private static func grouped(_ activation: Activation?) -> FastOperation {
    FastOperation(name: "groupNorm \(activation?.rawValue ?? "")") { backend, x in
      try backend.groupNorm(x, norm(x[1]), groups: groups(x[1]), activation)
    }
  }

  static let all: [FastOperation] =
    [
      grouped(nil), grouped(.silu), grouped(.gelu),
      FastOperation(name: "layerNorm") { backend, x in
        try backend.layerNorm(backend.tokens(x), norm(x[1]))
      },
      FastOperation(name: "softmax") { backend, x in try backend.softmax(backend.tokens(x)) },
      FastOperation(name: "gate") { backend, x in
        try backend.gate(
          backend.concatenate([backend.tokens(x), backend.tokens(x)])
            .reshaped([x[0], x[2] * x[3], 2 * x[1]]), .gelu)
      },
      FastOperation(name: "finish") { backend, x in
        try backend.finish(
          x,
          Epilogue(
            channelBias: randomTensor([x[0], x[1]], seed: 4), activation: .silu, residual: x))
      },
      FastOperation(name: "add") { backend, x in try backend.add(x, x, factor: -0.3) },
      FastOperation(name: "scale") { backend, x in try backend.scale(x, by: 0.3) },
      FastOperation(name: "averagePool") { backend, x in try backend.averagePool(x) },
      FastOperation(name: "resize") { backend, x in
        try backend.resize(x, height: 2 * x[2], width: 2 * x[3], .nearest)
      },
      FastOperation(name: "bicubic") { backend, x in
        try backend.resize(x, height: 7, width: 5, .bicubic(antialias: true))
      },
    ]
    + Activation.allCases.map { activation in
      FastOperation(name: "activate \(activation)") { try $0.activate($1, activation) }
    }
}
