import Testing
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("Every merge method is what its peer or its formula gives")
struct MergeRuleTests {
  static let parts = ["mergekit", "mecha", "numpy"]

  @Test("the values are those of mergekit, sd-mecha, numpy and scipy", arguments: parts)
  func goldens(part: String) throws {
    let goldens = try MergeGoldens(part)
    #expect(goldens.cases.count > 40)
    for golden in goldens.cases {
      let found = try Self.value(golden, goldens).values()
      let expected = try goldens.values(golden)
      try #require(found.count == expected.count)
      let largest = expected.map(\.magnitude).max() ?? 0
      let worst = zip(found, expected).map { ($0 - $1).magnitude }.max() ?? 0
      #expect(
        worst <= golden.tolerance * largest, "\(golden.name) \(golden.options): \(worst)")
    }
  }

  @Test("every method is tested against something")
  func complete() throws {
    let tested = try Set(Self.parts.flatMap { try MergeGoldens($0).cases.map(\.method) })
    #expect(tested.sorted() == MergeRules.names)
  }

  @Test(
    "neither rectangles nor instruction sets show in the result", arguments: parts,
    [(1, 1), (1, Int.max), (2, 7), (5, 3), (Int.max, 4)])
  func tilings(part: String, tile: (Int, Int)) throws {
    let goldens = try MergeGoldens(part)
    for golden in goldens.cases {
      let value = try Self.value(golden, goldens)
      let whole = try value.values()
      #expect(try value.values(kernels: .scalar, tile: tile) == whole, "\(golden.name)")
    }
  }

  static func value(
    _ golden: MergeGoldens.Case, _ goldens: MergeGoldens
  ) throws -> ComputedValue {
    var rule = try MergeRules.rule(golden.method)
    if golden.survey {
      let all = try ["linear", "conv", "conv1", "vector"].map {
        try goldens.tensor(golden, of: $0)
      }
      let spaces = (0..<2).map { _ in Workspace(kernels: .best) }
      rule = try rule.surveyed(all, spaces)
    }
    return try rule.value(of: try goldens.tensor(golden))
  }
}
