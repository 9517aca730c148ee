import Testing
import WeftPipelines

@Suite("Slices of tasks")
struct SlicesTests {
  static let shapes: [(tasks: Int, slices: Int)] = [
    (0, 3), (1, 1), (1, 4), (5, 8), (64, 64), (1000, 7), (6000, 61),
  ]

  /// Sizes without a pattern, with many equal and some of nothing.
  static func sizes(_ count: Int) -> [Int] {
    var state: UInt64 = 88_172_645_463_325_252
    return (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state % 5 == 0 ? 0 : state % 3 == 0 ? 7_000_000_000 : Int(state % 9_000_000_000)
    }
  }

  static func slices(_ count: Int, of sizes: [Int]) -> [[Int]] {
    (1...count).map { Slices.indices(of: $0, count: count, byteCounts: sizes) }
  }

  @Test("have every task once", arguments: shapes)
  func everyTaskOnce(shape: (tasks: Int, slices: Int)) {
    let slices = Self.slices(shape.slices, of: Self.sizes(shape.tasks))
    #expect(slices.joined().sorted() == Array(0..<shape.tasks))
  }

  @Test("differ in work by no more than the largest task", arguments: shapes)
  func balance(shape: (tasks: Int, slices: Int)) throws {
    let sizes = Self.sizes(shape.tasks)
    let loads = Self.slices(shape.slices, of: sizes).map { $0.reduce(0) { $0 + max(1, sizes[$1]) } }
    let (least, most) = (try #require(loads.min()), try #require(loads.max()))
    #expect(most - least <= max(1, sizes.max() ?? 0))
  }

  @Test("start with their largest tasks", arguments: shapes)
  func largestFirst(shape: (tasks: Int, slices: Int)) {
    let sizes = Self.sizes(shape.tasks)
    for slice in Self.slices(shape.slices, of: sizes) {
      #expect(slice.map { sizes[$0] } == slice.map { sizes[$0] }.sorted(by: >))
    }
  }

  @Test("of number 0 and of the last number are the same", arguments: shapes)
  func zeroIsLast(shape: (tasks: Int, slices: Int)) {
    let sizes = Self.sizes(shape.tasks)
    #expect(
      Slices.indices(of: 0, count: shape.slices, byteCounts: sizes)
        == Slices.indices(of: shape.slices, count: shape.slices, byteCounts: sizes))
  }

  /// Workers of different machines and versions must agree, so the split is written down.
  @Test(
    "are those that every worker works out",
    arguments: [
      ([5, 3, 3, 2, 2, 1], [[0, 3, 5], [1, 2, 4]]), ([1, 1, 1, 1], [[0, 3], [1, 2]]),
      ([0, 9, 0], [[1], [0, 2]]), ([4], [[0], []]),
    ])
  func golden(sizes: [Int], expected: [[Int]]) {
    #expect(Self.slices(2, of: sizes) == expected)
  }
}
