import Testing
import WeftKernels
import WeftTensors

@Suite("The kernels of merging")
struct MergeKernelsTests {
  private static let count = 4099
  private static let rectangle = Rectangle(rows: 3..<10, columns: 5..<78, stride: 100)

  private func random(_ count: Int, seed: UInt64) -> [Double] {
    var generator = Generator(state: seed)
    return (0..<count).map { _ in generator.normal(1) }
  }

  private func copy(_ numbers: [Double]) -> ByteSlice { slice(numbers) }

  /// What a kernel writes over a copy of the numbers, for both tables.
  private func both(
    _ numbers: [Double], _ body: (MergeKernels, ByteSlice) -> Void
  ) -> (plain: [Double], best: [Double]) {
    let (one, two) = (copy(numbers), copy(numbers))
    body(.plain, one)
    body(.best, two)
    return (one.doubles, two.doubles)
  }

  @Test("sums have the same bits for every instruction set", arguments: [0, 1, 7, 8, 9, count])
  func sums(count: Int) {
    let (a, b) = (copy(random(count, seed: 1)), copy(random(count, seed: 2)))
    #expect(MergeKernels.plain.dot(a, b) == MergeKernels.best.dot(a, b))
    #expect(MergeKernels.plain.sumOfMagnitudes(a) == MergeKernels.best.sumOfMagnitudes(a))
    let exact = zip(a.doubles, b.doubles).reduce(0.0) { $0 + $1.0 * $1.1 }
    // The order of the sum differs.
    #expect((MergeKernels.best.dot(a, b) - exact).magnitude <= 1e-13 * Double(count + 1))
    let magnitudes = a.doubles.reduce(0.0) { $0 + $1.magnitude }
    #expect(
      (MergeKernels.best.sumOfMagnitudes(a) - magnitudes).magnitude <= 1e-13 * Double(count + 1))
  }

  @Test("arithmetic by element has the same bits for every instruction set")
  func elementwise() {
    let all = (1...4).map { copy(random(Self.count, seed: $0)) }
    let start = [Double](repeating: 0, count: Self.count)
    for normalizes in [false, true] {
      let voted = both(start) {
        $0.elect(all, weights: [0.5, -1, 0.25, 2], normalizes: normalizes, into: $1)
      }
      #expect(voted.plain == voted.best && voted.best.contains { $0 != 0 })
    }
    let trained = both(start) {
      $0.trainDifference(all[0], all[1], all[2], factor: 1.3, into: $1)
    }
    #expect(trained.plain == trained.best)
    let shares = all[3].prefix(8 * Self.count)
    let blended = both(start) { $0.blendColumns(all[0], all[1], shares: shares, into: $1) }
    #expect(blended.plain == blended.best)
  }

  @Test("the digits of magnitudes are counted where all bits above agree")
  func digits() {
    let numbers = random(Self.count, seed: 5)
    let bits = numbers.map { $0.magnitude.bitPattern }
    for (shift, prefix) in [(48, 0 as UInt64), (32, bits[0] >> 48), (16, bits[1] >> 32)] {
      for kernels in [MergeKernels.plain, .best] {
        var counts = DigitCounts(shift: shift, prefix: prefix)
        counts.add(copy(numbers), kernels)
        let counted = bits.filter { shift == 48 || $0 >> (shift + 16) == prefix }
        #expect(!counted.isEmpty && counts.counts.reduce(0, +) == UInt64(counted.count))
        let digit = Int((counted[0] >> shift) & 0xFFFF)
        let same = counted.count { Int(($0 >> shift) & 0xFFFF) == digit }
        #expect(counts.counts[digit] == UInt64(same))
      }
    }
  }

  @Test("what is kept lies between two places in the order of magnitudes, ties by index")
  func window() {
    let part = Self.rectangle
    // Few different magnitudes, so that ties decide.
    var generator = Generator(state: 6)
    let numbers = (0..<part.elementCount).map { _ in Double(Int(generator.next() % 7)) - 3 }
    let places = MergeKernels.best.places(in: copy(numbers), part, shift: 63, prefix: 0)
    let order = numbers.indices.sorted { places[$0] < places[$1] }
    let (first, end) = (places[order[40]], places[order[200]])
    let kept = both(numbers) { $0.keep($1, part, from: first, to: end) }
    #expect(kept.plain == kept.best)
    var expected = [Double](repeating: 0, count: numbers.count)
    for index in order[40..<200] { expected[index] = numbers[index] }
    #expect(kept.best == expected)
    #expect(places[0].elementIndex == 305 && places.last?.elementIndex == 977)
    let all = both(numbers) { $0.keep($1, part, from: .start, to: .end) }
    #expect(all.best == numbers)
  }

  @Test("an element is kept or not wherever it is read, and as often as its chance says")
  func thinning() {
    let whole = Rectangle(rows: 0..<300, columns: 0..<100, stride: 100)
    let ones = [Double](repeating: 1, count: whole.elementCount)
    let thinned = both(ones) { $0.thin($1, whole, seed: 9, chance: 0.3, factor: 2) }
    #expect(thinned.plain == thinned.best)
    // Four standard deviations of a binomial distribution.
    let kept = Double(thinned.best.count { $0 != 0 })
    #expect((kept - 9000).magnitude < 4 * (30000 * 0.3 * 0.7).squareRoot())
    #expect(thinned.best.allSatisfy { $0 == 0 || $0 == 2 })
    let part = Self.rectangle
    let inner = both([Double](repeating: 1, count: part.elementCount)) {
      $0.thin($1, part, seed: 9, chance: 0.3, factor: 2)
    }
    let expected = part.rows.flatMap { row in
      part.columns.map { thinned.best[row * 100 + $0] }
    }
    #expect(inner.best == expected)
    let other = both(ones) { $0.thin($1, whole, seed: 10, chance: 0.3, factor: 2) }
    #expect(other.best != thinned.best)
    let edges = both(ones) { $0.thin($1, whole, seed: 9, chance: 1, factor: 1) }
    #expect(edges.best == ones)
  }

  @Test("chances rise with the ranks of a row's magnitudes", arguments: [1, 3, 12])
  func ranks(group: Int) {
    let (rows, columns) = (3, 24)
    let numbers = random(rows * columns, seed: 7)
    let rule = RankedChances(mean: 0.5, reach: 0.2, group: group)
    let (chances, scratch) = (room(rows * columns, .f64), room(3 * columns, .f64))
    MergeKernels.best.rank(
      copy(numbers), columns: columns, by: rule, into: chances, scratch: scratch)
    for row in 0..<rows {
      for offset in 0..<group {
        let places = stride(from: row * columns + offset, to: (row + 1) * columns, by: group)
        let ranked = places.sorted { numbers[$0].magnitude < numbers[$1].magnitude }
        for (rank, place) in ranked.enumerated() {
          let share = Double(rank) / Double(ranked.count - 1)
          #expect((chances.doubles[place] - (0.3 + 0.4 * share)).magnitude < 1e-15)
        }
      }
    }
  }

  @Test("equal magnitudes are ranked by column, and one element has the mean chance")
  func rankedTies() {
    let rule = RankedChances(mean: 0.5, reach: 0.25, group: 1)
    let (chances, scratch) = (room(5, .f64), room(15, .f64))
    MergeKernels.best.rank(
      copy([-2, 1, 2, 1, -1]), columns: 5, by: rule, into: chances, scratch: scratch)
    #expect(chances.doubles == [0.625, 0.25, 0.75, 0.375, 0.5])
    let single = room(5, .f64)
    MergeKernels.best.rank(
      copy([5, 4, 3, 2, 1]), columns: 1, by: rule, into: single, scratch: scratch)
    #expect(single.doubles == [Double](repeating: 0.5, count: 5))
  }

  @Test("filters give the same bits for every instruction set and any part")
  func filters() {
    let numbers = random(12 * 10 * 9, seed: 8)
    for (depth, width) in [(1, 1), (3, 3)] {
      let inputs = 90 / (depth * width)
      let whole = (
        FilterSpan(count: 12, wanted: 0..<12, radius: 1),
        FilterSpan(count: inputs, wanted: 0..<inputs, radius: 1)
      )
      let medians = both(numbers) { kernels, target in
        kernels.median(
          copy(numbers), rows: whole.0, columns: whole.1, depth: depth, width: width,
          into: target)
      }
      #expect(medians.plain == medians.best)
      let rows = FilterSpan(count: 12, wanted: 4..<6, radius: 1)
      let part = room(2 * 90, .f64)
      MergeKernels.best.median(
        copy(Array(numbers[3 * 90..<7 * 90])), rows: rows, columns: whole.1, depth: depth,
        width: width, into: part)
      #expect(part.doubles == Array(medians.best[4 * 90..<6 * 90]))
    }
    let weights = [0.01, 0.04, 0.1, 0.2, 0.3, 0.2, 0.1, 0.04, 0.01]
    let smoothed = both(numbers) { kernels, target in
      kernels.smooth(
        copy(numbers), outer: 12, FilterSpan(count: 10, wanted: 0..<10, radius: 4), inner: 9,
        weights: weights, into: target)
    }
    #expect(smoothed.plain == smoothed.best && smoothed.best != numbers)
  }
}
