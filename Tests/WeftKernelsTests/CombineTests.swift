import Testing
import WeftKernels
import WeftTensors

@Suite("Combination and comparison")
struct CombineTests {
  @Test("scalar and best agree for every type", arguments: floatTypes)
  func agreement(to: DType) {
    var generator = Generator(state: 20)
    for count in [0, 1, 7, 8, 100, 1003] {
      let hostile = count == 100
      let sources = floatTypes.map { dtype in
        let source =
          hostile
          ? anyBits(count, dtype, &generator)
          : slice((0..<count).map { _ in generator.normal(0.5) }, dtype)
        return Addend(source, dtype, coefficient: generator.normal(1))
      }
      let (first, second) = (room(count, to), room(count, to))
      var (one, two) = (Tally(), Tally())
      Kernels.scalar.combine(sources, into: first, to, tally: &one)
      Kernels.best.combine(sources, into: second, to, tally: &two)
      #expect(first.array == second.array && one == two)
    }
  }

  @Test("products and sums are rounded each, in order", arguments: [Kernels.scalar, .best])
  func order(kernels: Kernels) {
    var generator = Generator(state: 21)
    let terms = (0..<3).map { _ in (0..<50).map { _ in generator.normal(1) } }
    let c = [0.3, -1.7, 0.11]
    let target = room(50, .f64)
    var tally = Tally()
    kernels.combine(
      (0..<3).map { Addend(slice(terms[$0]), .f64, coefficient: c[$0]) }, into: target, .f64,
      tally: &tally)
    let expected = (0..<50).map {
      (c[0] * terms[0][$0] + c[1] * terms[1][$0]) + c[2] * terms[2][$0]
    }
    #expect(values(target, as: Double.self) == expected)
  }

  @Test("a term with coefficient zero is not read, and no term gives zeros")
  func absent() {
    let target = slice([Float](repeating: 9, count: 10))
    var tally = Tally()
    let poison = slice([Float](repeating: .nan, count: 10))
    Kernels.best.combine(
      [Addend(poison, .f32, coefficient: 0)], into: target, .f32, tally: &tally)
    #expect(values(target, as: Float.self) == [Float](repeating: 0, count: 10))
    #expect(tally == Tally())
  }

  @Test("small numbers give the exact sums, and the first greatest difference")
  func comparison() {
    let a = slice([1, 2, 3, 4, -5, 6] as [Double], .f16)
    let b = slice([1, 4, 3, 4, -7, 6.00390625] as [Double], .f16)
    let result = Kernels.best.compare(a, .f16, b, .f16, firstIndex: 100)
    #expect(result.count == 6 && result.different == 3 && result.beyondOneUnit == 2)
    #expect(result.maxDifference == 2 && result.maxIndex == 101)
    #expect(result.sumSquaredA == 91 && result.sumSquaredDifference == 8 + 0x1p-16)
  }

  @Test("NaN equals NaN, and other values that are not finite are mismatches")
  func nonFinite() {
    let a = slice([.nan, .infinity, .infinity, 1, 0] as [Float])
    let b = slice([.nan, .infinity, -.infinity, .nan, -0.0] as [Double])
    let result = Kernels.best.compare(a, .f32, b, .f64)
    #expect(result.different == 2 && result.nonFiniteMismatches == 2 && result.beyondOneUnit == 0)
    #expect(result.maxIndex == nil && result.dot == 0)
  }

  @Test(
    "values that become zero are counted, zeros that stay zero are not",
    arguments: [Kernels.scalar, Kernels.best])
  func flushed(kernels: Kernels) {
    let a = slice(
      [0, -0.0, 1, -1, 1e-30, 2, 0, 3, 4, .leastNonzeroMagnitude, .infinity] as [Float])
    let b = slice([0, 0, 1, 0, -0.0, 0, 1, 3, 0, 0, 0] as [Float])
    #expect(kernels.compare(a, .f32, b, .f32).flushed == 5)
  }

  @Test("scalar and best agree on any bits, and parts add up", arguments: floatTypes)
  func compareAgreement(dtype: DType) {
    var generator = Generator(state: 22)
    // Bits of f64 would overflow the sums, so that type gets what float32 holds.
    let pair = (0..<2).map { _ in
      let source = anyBits(1003, dtype == .f64 ? .f32 : dtype, &generator)
      guard dtype == .f64 else { return source }
      let target = room(1003, .f64)
      Kernels.scalar.widen(source, .f32, into: target, .f64)
      return target
    }
    let (a, b) = (pair[0], pair[1])
    let whole = Kernels.scalar.compare(a, dtype, b, dtype)
    #expect(Kernels.best.compare(a, dtype, b, dtype) == whole)
    let width = a.byteCount / 1003
    var sum = Comparison()
    for part in [0..<400, 400..<1003] {
      let bytes = part.lowerBound * width..<part.upperBound * width
      sum += Kernels.best.compare(a[bytes], dtype, b[bytes], dtype, firstIndex: part.lowerBound)
    }
    #expect(sum.count == whole.count && sum.different == whole.different)
    #expect(sum.beyondOneUnit == whole.beyondOneUnit && sum.maxIndex == whole.maxIndex)
    #expect(sum.nonFiniteMismatches == whole.nonFiniteMismatches)
    #expect(sum.flushed == whole.flushed)
  }
}
