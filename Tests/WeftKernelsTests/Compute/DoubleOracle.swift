import Foundation
import WeftKernels
import WeftTensors

/// The operations by their formulas in float64, without any thought of speed.
enum DoubleOracle {
  /// A function of one element.
  static func activation(_ x: Double, _ activation: Activation?) -> Double {
    switch activation {
    case nil: x
    case .silu: x / (1 + exp(-x))
    case .gelu: x / 2 * erfc(-x / 2.0.squareRoot())
    case .geluTanh: x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .quickGELU: x / (1 + exp(-1.702 * x))
    case .relu: max(0, x)
    case .tanh: tanh(x)
    }
  }

  /// Convolution of `[N, inputs, H, W]`, every sum by itself.
  static func convolution(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ geometry: ConvolutionGeometry
  ) -> [Double] {
    let (pixels, kernel) = (x.floats, weight.floats)
    let (height, width) =
      geometry.output(
        height: x[2], width: x[3], kernel: (weight[2], weight[3])) ?? (0, 0)
    var result: [Double] = []
    for n in 0..<x[0] {
      for o in 0..<weight[0] {
        for i in 0..<height * width {
          var sum = Double(bias.floats[o])
          for k in 0..<weight[1] * weight[2] * weight[3] {
            let (c, ky, kx) = (
              k / (weight[2] * weight[3]), k / weight[3] % weight[2], k % weight[3]
            )
            let y = i / width * geometry.stride + ky - geometry.padding.top
            let column = i % width * geometry.stride + kx - geometry.padding.left
            guard (0..<x[2]).contains(y), (0..<x[3]).contains(column) else { continue }
            let pixel = pixels[((n * x[1] + c) * x[2] + y) * x[3] + column]
            sum += Double(pixel) * Double(kernel[o * weight[1] * weight[2] * weight[3] + k])
          }
          result.append(sum)
        }
      }
    }
    return result
  }

  /// `a [rows, inner]` times the transpose of `b [columns, inner]`.
  static func product(_ a: [Double], _ b: [Double], inner: Int) -> [Double] {
    var result: [Double] = []
    for row in 0..<a.count / inner {
      for column in 0..<b.count / inner {
        var sum = 0.0
        for i in 0..<inner { sum += a[row * inner + i] * b[column * inner + i] }
        result.append(sum)
      }
    }
    return result
  }

  /// `exp(x - max) / sum`.
  static func softmax(_ row: [Double]) -> [Double] {
    let largest = row.max() ?? 0
    let exponentials = row.map { exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }

  /// Attention of `[N, T, C]`, token by token.
  static func attention(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ options: AttentionOptions
  ) -> [Double] {
    let (q, k, v) = (query.floats, key.floats, value.floats)
    let (tokens, seen, channels) = (query[1], key[1], query[2])
    let size = channels / options.heads
    let scale = Double(options.scale ?? Float(1 / Double(size).squareRoot()))
    var result = [Double](repeating: 0, count: q.count)
    for row in 0..<query[0] * tokens {
      for head in 0..<options.heads {
        let visible = options.isCausal ? min(seen, row % tokens + 1) : seen
        let first = row / tokens * seen * channels + head * size
        let scores = (0..<visible).map { token in
          var sum = 0.0
          for c in 0..<size {
            let other = Double(k[first + token * channels + c])
            sum += Double(q[row * channels + head * size + c]) * other
          }
          return sum * scale
        }
        for (token, weight) in softmax(scores).enumerated() {
          for c in 0..<size {
            result[row * channels + head * size + c] +=
              weight * Double(v[first + token * channels + c])
          }
        }
      }
    }
    return result
  }

  /// `(x - mean) / sqrt(variance + epsilon)`.
  static func normalized(_ x: [Double], epsilon: Float) -> [Double] {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    return x.map { ($0 - mean) / (variance + Double(epsilon)).squareRoot() }
  }
}

extension Tensor {
  /// The values as float64.
  var doubles: [Double] { floats.map(Double.init) }
}
