import Testing
import WeftFormats
import WeftTensors
import WeftTransform

@Suite("Differences that are thinned out")
struct SparseMergeTests {
  private static let rows = 60
  private static let columns = 90
  private static let count = rows * columns

  /// A merge of differences from a base of zeros, so that the result is the thinned differences themselves.
  private func merged(
    _ method: String, _ numbers: [NumberMatrix], name: String = "x.weight", seed: Int = 1,
    each: [String: Double], options: [String: MergeOption.Value] = [:]
  ) throws -> [Double] {
    let standard: [String: MergeOption.Value] = [
      "lambda": .number(1), "normalize": .flag(false), "rescale": .word("none"),
      "seed": .number(Double(seed)),
    ]
    let model = MergeOptions(
      each.mapValues { .number($0) }.merging(["weight": .number(1)]) { $1 })
    let first = numbers[0]
    let shape: Shape = [first.rows, first.columns]
    let zeros = NumberMatrix(rows: first.rows, columns: first.columns) { _ in 0 }
    return try MergeRules.rule(method).value(
      of: MergedTensor(
        name: CanonicalName(component: "unet", path: name),
        models: numbers.map {
          MergedTensor.Input(ComputedValue($0), shape: shape, options: model, origin: "model")
        },
        base: MergedTensor.Input(ComputedValue(zeros), shape: shape, origin: "base"),
        options: MergeOptions(standard.merging(options) { $1 }))
    ).values()
  }

  private static let spread = NumberMatrix(rows: rows, columns: columns) {
    Double(($0 * 7919) % count + 1) * ($0 % 2 == 0 ? 1 : -1)
  }

  @Test("exactly the largest are kept", arguments: [0.001, 0.2, 0.5, 0.999])
  func largest(density: Double) throws {
    let found = try merged("ties", [Self.spread], each: ["density": density])
    let kept = Int(density * Double(Self.count))
    let floor = Double(Self.count - kept)
    #expect(found == Self.spread.numbers.map { $0.magnitude > floor ? $0 : 0 })
    #expect(found.count { $0 != 0 } == kept)
  }

  @Test("the very largest and the smallest are dropped")
  func outliers() throws {
    let found = try merged(
      "breadcrumbs", [Self.spread], each: ["density": 0.6, "gamma": 0.1])
    let range = Double(Self.count) * 0.3 + 1...Double(Self.count) * 0.9
    #expect(found == Self.spread.numbers.map { range.contains($0.magnitude) ? $0 : 0 })
    // Where there are too few others, fewer of the largest are dropped.
    let dense = try merged("breadcrumbs", [Self.spread], each: ["density": 0.95, "gamma": 0.1])
    #expect(dense.count { $0 != 0 } == Int(0.95 * Double(Self.count)))
    #expect(dense.allSatisfy { $0 == 0 || $0.magnitude <= 0.95 * Double(Self.count) })
  }

  @Test(
    "where magnitudes are equal the first are kept",
    arguments: [(60, 90), (1, 5400), (5400, 1), (1200, 1000), (1, 1_200_000)])
  func ties(rows: Int, columns: Int) throws {
    // A third is twice as large; the last two shapes have more equal magnitudes than places are collected.
    let numbers = NumberMatrix(rows: rows, columns: columns) {
      ($0 % 3 == 0 ? 2.0 : 1) * ($0 % 5 == 0 ? -1 : 1)
    }
    let count = rows * columns
    let found = try merged("ties", [numbers], each: ["density": 0.9])
    let larger = count / 3
    let smaller = Int(0.9 * Double(count)) - larger
    var seen = 0
    let expected = numbers.numbers.map { number in
      if number.magnitude == 2 { return number }
      seen += 1
      return seen <= smaller ? number : 0
    }
    #expect(found == expected)
  }

  @Test("seeds, names and models have chances of their own, and the same ones again")
  func seeds() throws {
    let ones = NumberMatrix(rows: Self.rows, columns: Self.columns) { _ in 1 }
    let each = ["density": 0.4]
    let one = try merged("dare-linear", [ones], each: each)
    #expect(try merged("dare-linear", [ones], each: each) == one)
    #expect(try merged("dare-linear", [ones], seed: 2, each: each) != one)
    #expect(try merged("dare-linear", [ones], name: "y.weight", each: each) != one)
    let two = try merged("dare-linear", [ones, ones], each: each)
    // Independent choices: 0, 1 and 2 occur as often as the binomial distribution says, to four deviations.
    for (value, chance) in [(0.0, 0.36), (1, 0.48), (2, 0.16)] {
      let expected = chance * Double(Self.count)
      let found = Double(two.count { $0 == value })
      #expect((found - expected).magnitude < 4 * (expected * (1 - chance)).squareRoot())
    }
  }

  @Test("rescaling restores the sum of magnitudes, or the expectation")
  func rescaling() throws {
    let total = Self.spread.numbers.reduce(0.0) { $0 + $1.magnitude }
    for method in ["dare-linear", "della-linear"] {
      let each = ["density": 0.4, "epsilon": 0.1]
      let exact = try merged(
        method, [Self.spread], each: each, options: ["rescale": .word("l1")])
      #expect((exact.reduce(0.0) { $0 + $1.magnitude } / total - 1).magnitude < 1e-12)
      let mean = try merged(
        method, [Self.spread], each: each, options: ["rescale": .word("inverse")])
      // About four deviations of the mean of so many elements.
      #expect((mean.reduce(0.0) { $0 + $1.magnitude } / total - 1).magnitude < 0.08)
    }
  }

  @Test("larger magnitudes of a row are kept more often")
  func ranked() throws {
    let found = try merged(
      "della-linear", [Self.spread], each: ["density": 0.5, "epsilon": 0.4])
    var kept = [0, 0]
    for row in 0..<Self.rows {
      let range = row * Self.columns..<(row + 1) * Self.columns
      let order = range.sorted {
        Self.spread.numbers[$0].magnitude < Self.spread.numbers[$1].magnitude
      }
      for (rank, place) in order.enumerated() where found[place] != 0 {
        kept[rank * 2 / Self.columns] += 1
      }
    }
    // Chances are 0.3 and 0.7 on the average.
    #expect((Double(kept[0]) / Double(Self.count / 2) - 0.3).magnitude < 0.04)
    #expect((Double(kept[1]) / Double(Self.count / 2) - 0.7).magnitude < 0.04)
  }

  @Test("with everything kept, a sum of thinned differences is the sum of differences")
  func dense() throws {
    for method in ["dare-linear", "della-linear", "breadcrumbs"] {
      let found = try merged(
        method, [Self.spread, Self.spread],
        each: ["density": 1, "gamma": 0.1, "epsilon": 0.1])
      #expect(found == Self.spread.numbers.map { 2 * $0 })
    }
  }

  @Test("with nothing kept, the base stays", arguments: ["ties", "dare-ties", "della"])
  func empty(method: String) throws {
    let found = try merged(method, [Self.spread], each: ["density": 0, "epsilon": 0.1])
    #expect(found == [Double](repeating: 0, count: Self.count))
  }

  @Test("chances beyond 0 and 1 are refused")
  func impossible() {
    #expect(throws: TransformError.self) {
      try merged("della", [Self.spread], each: ["density": 0.9, "epsilon": 0.1])
    }
  }
}
