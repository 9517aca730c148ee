import Testing
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("Merge methods and what formats/merges says of them")
struct MergeTableTests {
  /// A tensor whose models and base are the same matrix.
  private func tensor(
    _ method: MergeMethod, models: Int? = nil, base: Bool? = nil,
    shapes: [Shape] = [], name: String = "x.weight"
  ) -> MergedTensor {
    func input(_ shape: Shape) -> MergedTensor.Input {
      let count = shape.checkedElementCount ?? 0
      let rows = shape.rank > 1 ? shape.rowCount : 1
      return MergedTensor.Input(
        ComputedValue(
          NumberMatrix(rows: rows, columns: count / rows) {
            Double(($0 * 31) % 101 - 50) / 64 + 0.001 * Double(shape.dimensions.last ?? 0)
          }), shape: shape, options: MergeOptions(standard: method.modelOptions), origin: "model")
    }
    let count = models ?? method.leastModelCount
    let shape = { (index: Int) in shapes.isEmpty ? [6, 4, 3, 3] : shapes[index % shapes.count] }
    return MergedTensor(
      name: CanonicalName(component: "unet", path: name),
      models: (0..<count).map { input(shape($0)) },
      base: base ?? method.needsBase ? input(shape(1)) : nil,
      options: MergeOptions(standard: method.options))
  }

  private func rule(_ method: MergeMethod, _ tensor: MergedTensor) throws -> any MergeRule {
    try MergeRules.rule(method.id).surveyed([tensor], [Workspace(kernels: .best)])
  }

  @Test("names, numbers of models and bases agree")
  func table() throws {
    let methods = try FormatLibrary.embedded().mergeMethods
    #expect(methods.map(\.id).sorted() == MergeRules.names)
    for method in methods {
      let rule = try MergeRules.rule(method.id)
      #expect(rule.modelCounts.lowerBound == method.leastModelCount, "\(method.id)")
      #expect(rule.modelCounts.upperBound == method.mostModelCount ?? .max, "\(method.id)")
      #expect(rule.needsBase == method.needsBase, "\(method.id)")
    }
  }

  @Test("models that are all the same stay as they are, whatever the method")
  func identity() throws {
    for method in try FormatLibrary.embedded().mergeMethods {
      let tensor = tensor(method)
      let found = try rule(method, tensor).value(of: tensor).values()
      let model = try tensor.models[0].value.values()
      // The weights of a plain sum need not add up to one.
      let weight = method.id == "sum" ? 0.3 : 1
      for (value, expected) in zip(found, model) {
        #expect((value - weight * expected).magnitude <= 1e-14, "\(method.id)")
      }
    }
  }

  @Test("too few models, too many, or no base are refused")
  func counts() throws {
    for method in try FormatLibrary.embedded().mergeMethods {
      let counts = [method.leastModelCount - 1, (method.mostModelCount ?? 0) + 1]
      for count in counts where count > 0 && (count < method.leastModelCount || count > 1) {
        guard method.mostModelCount != nil || count < method.leastModelCount else { continue }
        #expect(throws: TransformError.self, "\(method.id)") {
          try MergeRules.rule(method.id).value(of: tensor(method, models: count))
        }
      }
      guard method.needsBase else { continue }
      #expect(throws: TransformError.self, "\(method.id)") {
        try MergeRules.rule(method.id).value(of: tensor(method, base: false))
      }
    }
    #expect(throws: TransformError.self) { try MergeRules.rule("average") }
  }

  @Test("an option that is missing is refused")
  func options() throws {
    for method in try FormatLibrary.embedded().mergeMethods {
      let whole = tensor(method)
      let bare = MergedTensor(
        name: whole.name,
        models: whole.models.map {
          MergedTensor.Input($0.value, shape: $0.shape, origin: $0.origin)
        }, base: whole.base)
      #expect(throws: TransformError.self, "\(method.id)") {
        try MergeRules.rule(method.id).value(of: bare)
      }
    }
  }

  @Test(
    "of a wider first convolution the channels are merged that the others have",
    arguments: [8, 9])
  func channels(count: Int) throws {
    let wide: Shape = [6, count, 3, 3]
    for method in try FormatLibrary.embedded().mergeMethods where method.leastModelCount > 1 {
      let mixed = tensor(method, shapes: [wide, [6, 4, 3, 3]], name: "conv_in.weight")
      let rule = try rule(method, tensor(method))
      let value = try rule.value(of: mixed)
      let (found, first) = (try value.values(), try mixed.models[0].value.values())
      let columns = count * 9
      try #require(found.count == 6 * columns)
      for row in 0..<6 {
        let rest = row * columns + 36..<(row + 1) * columns
        #expect(found[rest] == first[rest], "\(method.id)")
      }
      #expect(try value.values(tile: (2, 5)) == found, "\(method.id)")
    }
  }

  static let odd: [(shapes: [Shape], name: String)] = [
    ([[6, 4, 3, 3], [6, 9, 3, 3]], "conv_in.weight"),
    ([[6, 9, 3, 3], [6, 4, 3, 3]], "conv_out.weight"),
    ([[6, 9, 3, 3], [5, 4, 3, 3]], "conv_in.weight"),
    ([[6, 5, 3, 3], [6, 4, 3, 3]], "conv_in.weight"), ([[12], [13]], "conv_in.bias"),
  ]

  @Test("other differences of shape are refused", arguments: odd)
  func shapes(shapes: [Shape], name: String) throws {
    let method = try #require(try FormatLibrary.embedded().mergeMethod("weighted-sum"))
    #expect(throws: TransformError.self) {
      try MergeRules.rule("weighted-sum").value(
        of: tensor(method, shapes: shapes, name: name))
    }
  }

  @Test("similarities of a whole model must be surveyed")
  func unsurveyed() throws {
    let method = try #require(try FormatLibrary.embedded().mergeMethod("cosine-a"))
    #expect(throws: TransformError.self) {
      try MergeRules.rule("cosine-a").value(of: tensor(method)).values()
    }
  }
}
