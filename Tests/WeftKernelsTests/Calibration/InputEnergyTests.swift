import Testing
import WeftKernels
import WeftTensors

struct InputEnergyTests {
  /// Sums of float64 in another order.
  private let tolerance = 1e-12

  private func values(_ shape: Shape, seed: UInt64) -> Tensor {
    var generator = Generator(state: seed)
    return Tensor(
      shape, (0..<(shape.checkedElementCount ?? 0)).map { _ in Float(generator.normal(1)) })
  }

  private func expectClose(_ found: [Double], _ expected: [Double]) {
    #expect(found.count == expected.count)
    for (a, b) in zip(found, expected) { #expect(abs(a - b) <= tolerance * b) }
  }

  struct Case: Sendable {
    var shape: Shape
    var kernel: (height: Int, width: Int)
    var stride = 1
    var padding = ConvolutionGeometry.Padding(all: 1)
    var geometry: ConvolutionGeometry { ConvolutionGeometry(stride: stride, padding: padding) }
  }

  static let cases = [
    Case(shape: [2, 3, 7, 9], kernel: (3, 3)),
    Case(shape: [1, 70, 8, 8], kernel: (3, 3), stride: 2),
    Case(
      shape: [1, 2, 9, 7], kernel: (3, 3), stride: 2,
      padding: .init(top: 0, left: 0, bottom: 1, right: 1)),
    Case(shape: [3, 5, 4, 20], kernel: (1, 1), padding: .init(all: 0)),
    Case(shape: [1, 1, 1, 1], kernel: (3, 3)),
    Case(shape: [1, 3, 28, 28], kernel: (14, 14), stride: 14, padding: .init(all: 0)),
    Case(
      shape: [1, 2, 6, 6], kernel: (5, 4), stride: 3,
      padding: .init(top: 4, left: 3, bottom: 4, right: 3)),
  ]

  /// Every product of a convolution by itself: what each weight of a row meets, squared.
  private func squares(_ x: Tensor, _ one: Case) -> [Double] {
    let (pixels, kernel, geometry) = (x.floats, one.kernel, one.geometry)
    let size = geometry.output(height: x[2], width: x[3], kernel: kernel) ?? (0, 0)
    return (0..<x[1] * kernel.height * kernel.width).map { index in
      let (channel, tap) = (
        index / (kernel.height * kernel.width), index % (kernel.height * kernel.width)
      )
      var sum = 0.0
      for pixel in 0..<x[0] * size.height * size.width {
        let (picture, place) = (
          pixel / (size.height * size.width), pixel % (size.height * size.width)
        )
        let y = place / size.width * one.stride + tap / kernel.width - one.padding.top
        let column = place % size.width * one.stride + tap % kernel.width - one.padding.left
        guard (0..<x[2]).contains(y), (0..<x[3]).contains(column) else { continue }
        let value = Double(pixels[((picture * x[1] + channel) * x[2] + y) * x[3] + column])
        sum += value * value
      }
      return sum
    }
  }

  @Test(arguments: cases)
  func `a convolution's weights each meet what the kernel sees, nothing beyond the border`(
    _ one: Case
  ) throws {
    let x = values(one.shape, seed: 3)
    let found = try InputEnergy(of: x, kernel: one.kernel, one.geometry, threads: 2)
    let size = try #require(
      one.geometry.output(height: x[2], width: x[3], kernel: one.kernel))
    expectClose(found.sums, squares(x, one))
    #expect(found.count == x[0] * size.height * size.width)
    #expect(found.largest == x.floats.map(abs).max())
  }

  @Test(arguments: [[1, 1], [5, 3], [2, 77, 130], [4, 1, 64]] as [Shape])
  func `a linear layer's weights each meet a column`(_ shape: Shape) throws {
    let x = values(shape, seed: 5)
    let columns = x[shape.rank - 1]
    let found = try InputEnergy(of: x, threads: 2)
    let expected = (0..<columns).map { column in
      stride(from: column, to: x.elementCount, by: columns).reduce(0.0) {
        $0 + Double(x.floats[$1]) * Double(x.floats[$1])
      }
    }
    expectClose(found.sums, expected)
    #expect(found.count == x.elementCount / columns)
    expectClose(found.means, expected.map { $0 / Double(found.count) })
  }

  @Test func `any number of threads gives the same bits`() throws {
    let x = values([2, 200, 9, 9], seed: 7)
    let found = try [1, 2, 5].map {
      try InputEnergy(
        of: x, kernel: (3, 3), ConvolutionGeometry(padding: .init(all: 1)), threads: $0)
    }
    #expect(found[0] == found[1] && found[0] == found[2])
  }

  @Test func `parts add up, and a value that is not finite is not lost`() throws {
    let (one, two) = (values([3, 4], seed: 1), values([5, 4], seed: 2))
    var sum = try InputEnergy(of: one, threads: 1)
    sum += try InputEnergy(of: two, threads: 1)
    let whole = try InputEnergy(of: Tensor([8, 4], one.floats + two.floats), threads: 1)
    expectClose(sum.sums, whole.sums)
    #expect(sum.count == 8 && sum.largest == whole.largest)
    sum += try InputEnergy(of: Tensor([1, 4], [1, .nan, 0, 2]), threads: 1)
    #expect(sum.largest.isNaN && sum.sums[1].isNaN && sum.sums[0].isFinite)
    sum += try InputEnergy(of: one, threads: 1)
    #expect(sum.largest.isNaN)
    #expect(try InputEnergy(of: Tensor([1, 2], [-.infinity, 1]), threads: 1).largest == .infinity)
  }
}
