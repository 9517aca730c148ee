import Testing
import WeftKernels
import WeftTensors

/// A weight, its low-rank operand, and the numbers they were made from.
struct FuseCase {
  let rows: Int
  let columns: Int
  let base: ByteSlice
  let dtype: DType
  let operand: LowRankOperand
  let terms: [LowRankTerm]

  init(
    rows: Int, columns: Int, rank: Int, _ dtype: DType, seed: UInt64, factors: DType = .f32,
    baseDeviation: Double = 0.02, factorDeviation: Double = 0.03
  ) {
    var generator = Generator(state: seed)
    (self.rows, self.columns, self.dtype) = (rows, columns, dtype)
    base = slice((0..<rows * columns).map { _ in generator.normal(baseDeviation) }, dtype)
    let split = max(rank / 3, 1)
    let parts = rank > split ? [split, rank - split] : [rank]
    terms = parts.enumerated().map { index, rank in
      let (outputs, inputs) = index == 1 ? (columns, rows) : (rows, columns)
      let up = (0..<outputs * rank).map { _ in generator.normal(factorDeviation) }
      let down = (0..<rank * inputs).map { _ in generator.normal(factorDeviation) }
      return LowRankTerm(
        up: slice(up, factors), factors, down: slice(down, factors), factors, rank: rank,
        scale: 0.7, transposed: index == 1)
    }
    operand = LowRankOperand(rows: rows, columns: columns, terms: terms)
  }

  func fuse(_ to: DType, _ kernels: Kernels) -> (bytes: [UInt8], tally: Tally, recomputed: Int) {
    let target = room(rows * columns, to)
    var tally = Tally()
    let recomputed = kernels.fuseLowRank(
      base: base, dtype, operand: operand, rows: 0..<rows, columns: 0..<columns, into: target, to,
      tally: &tally)
    return (target.array, tally, recomputed)
  }
}

@Suite("Fusing low-rank updates")
struct FuseTests {
  static let shapes: [[Int]] = [
    [1, 1, 1], [1, 40, 3], [40, 1, 3], [6, 16, 16], [7, 17, 17], [13, 35, 32], [5, 100, 130],
    [64, 48, 33], [3, 8, 64],
  ]

  @Test("scalar and best agree for every shape and pair of types", arguments: shapes)
  func agreement(shape: [Int]) {
    for from in floatTypes {
      for factors in [DType.f16, .f32, .f64] {
        let fuseCase = FuseCase(
          rows: shape[0], columns: shape[1], rank: shape[2], from, seed: 4, factors: factors)
        for to in floatTypes {
          let (one, two) = (fuseCase.fuse(to, .scalar), fuseCase.fuse(to, .best))
          #expect(one.bytes == two.bytes, "\(shape) \(from) \(factors) \(to)")
          #expect(one.tally == two.tally, "\(shape) \(from) \(factors) \(to)")
        }
      }
    }
  }

  @Test(
    "values near zero, subnormals, huge values and cancellation agree too",
    arguments: [
      (1e-7, 1e-4), (1e-5, 1e-2), (3e4, 30), (1e-30, 1e-18), (1e-38, 1e-22), (1e30, 1e15),
      (1e38, 1e18), (0, 0.01), (0.02, 0), (1, 1e-25),
    ] as [(Double, Double)])
  func extremes(base: Double, factor: Double) {
    for from in [DType.f16, .bf16, .f32] {
      let fuseCase = FuseCase(
        rows: 20, columns: 50, rank: 20, from, seed: 5, baseDeviation: base,
        factorDeviation: factor)
      for to in floatTypes {
        let (one, two) = (fuseCase.fuse(to, .scalar), fuseCase.fuse(to, .best))
        #expect(one.bytes == two.bytes && one.tally == two.tally, "\(from) \(to)")
      }
    }
  }

  @Test("any bits in the base agree, with the same counts")
  func anyBase() {
    var generator = Generator(state: 6)
    let fuseCase = FuseCase(rows: 24, columns: 40, rank: 8, .f32, seed: 7)
    for from in floatTypes {
      let base = anyBits(24 * 40, from, &generator)
      for to in floatTypes {
        let (first, second) = (room(24 * 40, to), room(24 * 40, to))
        var (one, two) = (Tally(), Tally())
        for (kernels, isFirst) in [(Kernels.scalar, true), (.best, false)] {
          var tally = Tally()
          kernels.fuseLowRank(
            base: base, from, operand: fuseCase.operand, rows: 0..<24, columns: 0..<40,
            into: isFirst ? first : second, to, tally: &tally)
          if isFirst { one = tally } else { two = tally }
        }
        #expect(first.array == second.array && one == two, "\(from) \(to)")
        #expect(one.nonFiniteInputs > 0)
      }
    }
  }

  @Test(
    "values on and beside rounding boundaries are recomputed and agree",
    arguments: [DType.f16, .bf16])
  func boundaries(to: DType) {
    // base + u * d is a midpoint of the output's grid, moved by a part in 2^30 or not at all.
    let (rows, columns) = (16, 64)
    let half = to == .f16 ? 0x1p-11 : 0x1p-8
    var generator = Generator(state: 8)
    let base = (0..<rows * columns).map { _ in Double(1 + Float(generator.next() % 64) / 64) }
    let nudges = [1, 1 + 0x1p-30, 1 - 0x1p-30, 1 + 0x1p-24]
    let up = (0..<rows).map { half * nudges[$0 % 4] }
    let term = LowRankTerm(
      up: slice(up), .f64, down: slice([Double](repeating: 1, count: columns), .f32), .f32,
      rank: 1, scale: 1)
    let operand = LowRankOperand(rows: rows, columns: columns, terms: [term])
    let exact = slice(base, .f32)
    let (first, second) = (room(base.count, to), room(base.count, to))
    var tally = Tally()
    Kernels.scalar.fuseLowRank(
      base: exact, .f32, operand: operand, rows: 0..<rows, columns: 0..<columns, into: first, to,
      tally: &tally)
    let recomputed = Kernels.best.fuseLowRank(
      base: exact, .f32, operand: operand, rows: 0..<rows, columns: 0..<columns, into: second, to,
      tally: &tally)
    #expect(first.array == second.array)
    #expect(Kernels.best.name == "scalar" || recomputed == rows * columns)
    let format = to == .f16 ? SmallFormat.half : .brain
    let bits = values(first, as: UInt16.self)
    #expect(base.indices.allSatisfy { bits[$0] == format.round(base[$0] + up[$0 / columns]) })
  }

  @Test(
    "few elements of a realistic weight are computed twice",
    .enabled(if: Kernels.best.name != "scalar"))
  func fallbackRate() {
    let fuseCase = FuseCase(
      rows: 96, columns: 320, rank: 32, .f16, seed: 9, factorDeviation: 0.02)
    let recomputed = fuseCase.fuse(.f16, .best).recomputed
    #expect(recomputed > 0 && recomputed < 96 * 320 / 50)  // measured: below one in a hundred
  }

  @Test("small integers give the exact product", arguments: [Kernels.scalar, .best])
  func exactIntegers(kernels: Kernels) {
    let (rows, columns, rank) = (9, 21, 5)
    let up = (0..<rows * rank).map { Double($0 % 7 - 3) }
    let down = (0..<rank * columns).map { Double($0 % 5 - 2) }
    let base = (0..<rows * columns).map { Double($0 % 11) }
    let term = LowRankTerm(
      up: slice(up, .f16), .f16, down: slice(down, .bf16), .bf16, rank: rank, scale: 2)
    let operand = LowRankOperand(rows: rows, columns: columns, terms: [term])
    for to in floatTypes {
      let target = room(base.count, to)
      var tally = Tally()
      kernels.fuseLowRank(
        base: slice(base, .f16), .f16, operand: operand, rows: 0..<rows, columns: 0..<columns,
        into: target, to, tally: &tally)
      let expected = base.indices.map { index in
        (0..<rank).reduce(base[index]) {
          $0 + 2 * up[index / columns * rank + $1] * down[$1 * columns + index % columns]
        }
      }
      #expect(target.array == slice(expected, to).array)
    }
  }

  @Test("the result does not depend on how the weight is cut, nor on a shared slice")
  func parts() {
    let fuseCase = FuseCase(rows: 23, columns: 75, rank: 19, .f16, seed: 10)
    let whole = fuseCase.fuse(.f16, .scalar).bytes
    for kernels in [Kernels.scalar, .best] {
      let target = slice(fuseCase.base.array)
      var tally = Tally()
      for rows in [0..<5, 5..<6, 6..<23] {
        let cuts = rows.count == 1 ? [0..<3, 3..<20, 20..<21, 21..<75] : [0..<75]
        for columns in cuts {
          let start = (rows.lowerBound * 75 + columns.lowerBound) * 2
          let part = target[start..<start + rows.count * columns.count * 2]
          kernels.fuseLowRank(
            base: part, .f16, operand: fuseCase.operand, rows: rows, columns: columns, into: part,
            .f16, tally: &tally)
        }
      }
      #expect(target.array == whole)
    }
  }

  @Test("one thread and two give the same bytes")
  func threads() throws {
    let fuseCase = FuseCase(rows: 40, columns: 64, rank: 24, .f16, seed: 11)
    let whole = fuseCase.fuse(.f16, .best).bytes
    let target = room(40 * 64, .f16)
    try Parallel.run(threads: 2, count: 10) { _, item in
      let bytes = item * 4 * 128..<(item + 1) * 4 * 128
      var tally = Tally()
      Kernels.best.fuseLowRank(
        base: fuseCase.base[bytes], .f16, operand: fuseCase.operand, rows: item * 4..<item * 4 + 4,
        columns: 0..<64, into: target[bytes], .f16, tally: &tally)
    }
    #expect(target.array == whole)
  }

  @Test("the reference, by OpenBLAS, agrees within the rounding of float64")
  func reference() throws {
    // Sums of 30 products below 0.02 in another order differ by less than 30 * 2^-53 * 0.6.
    let tolerance = 1e-16 * 30
    let fuseCase = FuseCase(rows: 21, columns: 33, rank: 30, .f16, seed: 12)
    let reference = try ReferenceFuse(rows: 21, columns: 33, terms: fuseCase.terms)
    let target = room(21 * 33, .f64)
    var tally = Tally()
    for rows in [0..<8, 8..<21] {
      reference.fuse(
        base: fuseCase.base[rows.lowerBound * 66..<rows.upperBound * 66], .f16, rows: rows,
        into: target[rows.lowerBound * 264..<rows.upperBound * 264], .f64,
        scratch: room(13 * 33, .f64), tally: &tally)
    }
    let fused = slice(fuseCase.fuse(.f64, .best).bytes)
    let comparison = Kernels.best.compare(target, .f64, fused, .f64)
    #expect(comparison.maxDifference < tolerance)
    #expect(comparison.sumSquaredA > 0)
  }
}
