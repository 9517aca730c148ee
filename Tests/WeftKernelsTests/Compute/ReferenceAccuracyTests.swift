import Foundation
import Testing
import WeftKernels
import WeftTensors

/// Float32's own rounding, 6e-8, a few times: in vectors of sums, and in scores of about 10 whose exponentials are taken.
private let tolerance = 6e-7

struct ReferenceAccuracyTests {
  private let backend: ReferenceBackend

  init() throws { backend = try ReferenceBackend(threads: 2) }

  /// `[N, inputs, H, W]` and `[outputs, inputs, kernel height, kernel width]`.
  private static let convolutions: [(Shape, Shape, ConvolutionGeometry)] = [
    ([1, 1, 1, 1], [1, 1, 1, 1], .init()),
    ([2, 3, 7, 5], [4, 3, 3, 3], .init(padding: .init(all: 1))),
    ([2, 3, 7, 6], [5, 3, 3, 3], .init(stride: 2, padding: .init(all: 1))),
    (
      [3, 2, 8, 7], [3, 2, 3, 3],
      .init(stride: 2, padding: .init(top: 0, left: 0, bottom: 1, right: 1))
    ),
    (
      [1, 2, 6, 9], [3, 2, 5, 2],
      .init(stride: 3, padding: .init(top: 3, left: 0, bottom: 1, right: 4))
    ),
    ([1, 2, 2, 2], [1, 2, 3, 3], .init(padding: .init(all: 4))),
    ([2, 5, 3, 4], [6, 5, 1, 1], .init()),
    ([1, 5, 5, 4], [6, 5, 1, 1], .init(stride: 2)),
    ([1, 5, 3, 4], [2, 5, 1, 1], .init(padding: .init(all: 1))),
    // more than one tile of pixels, and of channels
    ([1, 64, 61, 63], [3, 64, 3, 3], .init(padding: .init(all: 1))),
    ([2, 4, 5, 3], [700, 4, 3, 3], .init(padding: .init(all: 1))),
  ]

  @Test(arguments: convolutions)
  func `convolution is the sum of its formula`(
    picture: Shape, kernel: Shape, geometry: ConvolutionGeometry
  ) throws {
    let x = randomTensor(picture, seed: 1)
    let (weight, bias) = (
      randomTensor(kernel, seed: 2), randomTensor([kernel.dimensions[0]], seed: 3)
    )
    let result = try backend.convolve(
      x, backend.prepare(weight: weight, bias: bias), geometry, .none)
    let expected = DoubleOracle.convolution(x, weight, bias, geometry)
    #expect(relativeL2(result.doubles, expected) < tolerance)
  }

  @Test(arguments: [(1, 1, 1), (3, 5, 7), (77, 64, 33), (1030, 12, 650)])
  func `a layer is the product with its transposed weight`(
    rows: Int, inputs: Int, outputs: Int
  ) throws {
    let x = randomTensor([1, rows, inputs], seed: 1)
    let weight = randomTensor([outputs, inputs], seed: 2)
    let bias = randomTensor([outputs], seed: 3)
    let result = try backend.linear(x, backend.prepare(weight: weight, bias: bias), .none)
    var expected = DoubleOracle.product(x.doubles, weight.doubles, inner: inputs)
    for i in expected.indices { expected[i] += bias.doubles[i % outputs] }
    #expect(result.shape == [1, rows, outputs])
    #expect(relativeL2(result.doubles, expected) < tolerance)
  }

  @Test(arguments: [true, false], [(2, 3, 4, 5), (3, 520, 7, 641)])
  func `matrices are multiplied one by one`(
    transposes: Bool, sizes: (count: Int, rows: Int, inner: Int, columns: Int)
  ) throws {
    let (count, rows, inner, columns) = sizes
    let a = randomTensor([count, rows, inner], seed: 1)
    let b = randomTensor([count, columns, inner], seed: 2)
    // [count, inner, columns]
    let second = transposes ? b : try backend.tokens(b.reshaped([count, columns, inner, 1]))
    let result = try backend.matmul(a, second, transposesSecond: transposes)
    var expected: [Double] = []
    for i in 0..<count {
      expected += DoubleOracle.product(
        Array(a.doubles[i * rows * inner..<(i + 1) * rows * inner]),
        Array(b.doubles[i * columns * inner..<(i + 1) * columns * inner]), inner: inner)
    }
    #expect(result.shape == [count, rows, columns])
    #expect(relativeL2(result.doubles, expected) < tolerance)
  }

  @Test(arguments: [
    (1, 1, AttentionOptions(heads: 1)), (10, 7, AttentionOptions(heads: 3)),
    (300, 77, AttentionOptions(heads: 2, scale: 0.7)),
    (300, 300, AttentionOptions(heads: 2, isCausal: true)),
    (5, 3, AttentionOptions(heads: 6, isCausal: true)),
  ])
  func `attention is the softmax of its formula`(
    tokens: Int, seen: Int, options: AttentionOptions
  ) throws {
    let query = randomTensor([2, tokens, 30], seed: 1, 2)
    let key = randomTensor([2, seen, 30], seed: 2, 2)
    let value = randomTensor([2, seen, 30], seed: 3)
    let result = try backend.attention(query, key, value, options)
    let expected = DoubleOracle.attention(query, key, value, options)
    #expect(relativeL2(result.doubles, expected) < tolerance)
  }

  @Test(arguments: [nil] + Activation.allCases)
  func `a group norm is that of its formula`(activation: Activation?) throws {
    let x = randomTensor([2, 6, 7, 5], seed: 1, 3)
    let norm = NormParameters(
      weight: randomTensor([6], seed: 2), bias: randomTensor([6], seed: 3), epsilon: 1e-5)
    let result = try backend.groupNorm(x, norm, groups: 2, activation)
    var expected: [Double] = []
    for group in 0..<4 {
      expected += DoubleOracle.normalized(
        Array(x.doubles[group * 105..<(group + 1) * 105]), epsilon: 1e-5)
    }
    for i in expected.indices {
      let channel = i / 35 % 6
      expected[i] = DoubleOracle.activation(
        expected[i] * norm.weight.doubles[channel] + norm.bias.doubles[channel], activation)
    }
    #expect(relativeL2(result.doubles, expected) < tolerance)
  }

  @Test func `a norm of values far from zero keeps their digits`() throws {
    let x = try backend.add(
      randomTensor([4, 1000], seed: 1), Tensor([4, 1000], [Float](repeating: 64, count: 4000)),
      factor: 1)
    let norm = NormParameters(
      weight: Tensor([1000], [Float](repeating: 1, count: 1000)),
      bias: Tensor([1000], [Float](repeating: 0, count: 1000)), epsilon: 1e-5)
    var expected: [Double] = []
    for row in 0..<4 {
      expected += DoubleOracle.normalized(
        Array(x.doubles[row * 1000..<(row + 1) * 1000]), epsilon: 1e-5)
    }
    // The mean, 64, is rounded to 2^-18.
    #expect(relativeL2(try backend.layerNorm(x, norm).doubles, expected) < 0x1p-18)
  }

  @Test(arguments: Activation.allCases)
  func `a gate is the value times the activated other half`(activation: Activation) throws {
    let x = randomTensor([2, 3, 46], seed: 1, 2)
    let expected = (0..<6).flatMap { row in
      (0..<23).map { c in
        x.doubles[row * 46 + c]
          * DoubleOracle.activation(x.doubles[row * 46 + 23 + c], activation)
      }
    }
    let result = try backend.gate(x, activation)
    #expect(result.shape == [2, 3, 23])
    #expect(relativeL2(result.doubles, expected) < tolerance)
  }

  @Test(arguments: [(4, 6), (5, 7), (1, 1), (1, 4)])
  func `a mean at the border is that of the pixels there are`(height: Int, width: Int) throws {
    let x = randomTensor([2, 3, height, width], seed: 1)
    let (rows, columns) = ((height + 1) / 2, (width + 1) / 2)
    var expected: [Double] = []
    for plane in 0..<6 {
      for place in 0..<rows * columns {
        let seen = (0..<4).compactMap { i -> Double? in
          let (y, x0) = (place / columns * 2 + i / 2, place % columns * 2 + i % 2)
          return y < height && x0 < width
            ? x.doubles[(plane * height + y) * width + x0] : nil
        }
        expected.append(seen.reduce(0, +) / Double(seen.count))
      }
    }
    let result = try backend.averagePool(x)
    #expect(result.shape == [2, 3, rows, columns])
    #expect(relativeL2(result.doubles, expected) < tolerance)
  }
}
