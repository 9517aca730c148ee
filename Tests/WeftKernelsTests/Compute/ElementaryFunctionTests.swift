import Foundation
import Testing
import WeftKernels
import WeftTensors

/// Two units in the last place for the function itself, and one and a half for the operations around it.
private let tolerance = 3.5 * 0x1p-23

struct ElementaryFunctionTests {
  private let backend: ReferenceBackend

  init() throws { backend = try ReferenceBackend(threads: 2) }

  /// Places over a range, close together.
  private func places(_ range: ClosedRange<Double>) -> [Float] {
    let count = 200_000
    return (0...count).map {
      Float(range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(count))
    }
  }

  /// The largest error relative to `scale`, beside half of the least float.
  private func error(
    _ activation: Activation, _ places: [Float], scale: (Double, Double) -> Double
  ) throws -> Double {
    let values = try backend.activate(Tensor([places.count], places), activation).floats
    return zip(places, values).map { x, y in
      let exact = DoubleOracle.activation(Double(x), activation)
      return max(0, abs(Double(y) - exact) - 0x1p-149) / max(scale(Double(x), exact), 0x1p-126)
    }.max() ?? .infinity
  }

  @Test func `exp is right to the last places, down to the least float`() throws {
    let places = places(-104...0)
    // [places, 2]: the second element of each row is exp(x) / (1 + exp(x)).
    let rows = Tensor([places.count, 2], places.flatMap { [0, $0] })
    let values = try backend.softmax(rows).floats
    for (i, x) in places.enumerated() {
      let exact = exp(Double(x)) / (1 + exp(Double(x)))
      #expect(abs(Double(values[2 * i + 1]) - exact) <= max(exact * tolerance, 0x1p-149))
    }
  }

  @Test func `silu is right where exp is large`() throws {
    #expect(try error(.silu, places(-88...20)) { abs($1) } < tolerance)
  }

  @Test(arguments: [-12.0...12, -0.7...0.7, -1e-3...1e-3])
  func `tanh is right to the last places`(range: ClosedRange<Double>) throws {
    #expect(try error(.tanh, places(range)) { abs($1) } < tolerance)
  }

  @Test(arguments: [-8.0...8, -1.3...1.3, -1e-3...1e-3])
  func `erf is right to the last places`(range: ClosedRange<Double>) throws {
    // gelu of a negative number is the difference of two numbers of its own size.
    #expect(
      try error(.gelu, places(range)) { x, exact in max(abs(exact), abs(x) / 2) } < tolerance)
  }

  @Test(arguments: Activation.allCases)
  func `activations have limits and keep NaN`(activation: Activation) throws {
    let x: [Float] = [.nan, 1e30, -1e30, 0]
    let y = try backend.activate(Tensor([4], x), activation).floats
    #expect(y[0].isNaN)
    #expect(y[1] == (activation == .tanh ? 1 : 1e30))
    #expect(y[2] == (activation == .tanh ? -1 : 0))
    #expect(y[3] == 0)
  }
}
