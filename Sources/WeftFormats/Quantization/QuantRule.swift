package import WeftTensors

/// A kind of tensors that are not quantised, and why.
package struct QuantRule: Sendable {
  /// A tensor, as the rules look at it.
  package struct Subject: Sendable {
    /// The name in the output.
    package let name: String
    /// The component that it is of; nil for none.
    package let component: String?
    /// The shape, as it is or as it is stored.
    package let shape: Shape
    /// The shape as it is stored.
    package let storedShape: Shape
    /// The type before.
    package let dtype: DType

    /// Describes a tensor.
    package init(name: String, component: String?, shape: Shape, storedShape: Shape, dtype: DType) {
      self.name = name
      self.component = component
      self.shape = shape
      self.storedShape = storedShape
      self.dtype = dtype
    }
  }

  /// Why such tensors are not quantised.
  package let why: String
  /// The type that they get; nil for the one that they have.
  package let type: String?
  private let names: [Glob]
  private let components: [String]
  private let leastDimensions: Int?
  private let mostDimensions: Int?
  private let mostElements: Int?
  private let stored: [DType]
  private let countsStoredDimensions: Bool

  /// Whether the rule looks at names.
  package var isByName: Bool { !names.isEmpty }

  /// Whether every condition of the rule holds for a tensor.
  package func fits(_ subject: Subject) -> Bool {
    let rank = (countsStoredDimensions ? subject.storedShape : subject.shape).rank
    let count = subject.shape.checkedElementCount ?? 0
    return (names.isEmpty || names.contains { $0.matches(subject.name) })
      && (components.isEmpty || components.contains(subject.component ?? ""))
      && (stored.isEmpty || stored.contains(subject.dtype))
      && (leastDimensions.map { rank >= $0 } ?? true) && (mostDimensions.map { rank <= $0 } ?? true)
      && (mostElements.map { count <= $0 } ?? true)
  }
}

extension QuantRule {
  private static let keys = [
    "why", "type", "names", "components", "least_dimensions", "most_dimensions", "most_elements",
    "stored", "stored_dimensions",
  ]

  static func list(_ object: FormatObject, _ key: String) throws(FormatError) -> [QuantRule] {
    var rules: [QuantRule] = []
    for row in try object.objects(key, keys: keys) { rules.append(try QuantRule(row)) }
    return rules
  }

  private init(_ row: FormatObject) throws(FormatError) {
    why = try row.text("why")
    type = try row.optionalText("type")
    names = try row.texts("names").map(Glob.init)
    components = try row.texts("components")
    leastDimensions = try row.optionalInteger("least_dimensions")
    mostDimensions = try row.optionalInteger("most_dimensions")
    mostElements = try row.optionalInteger("most_elements")
    stored = try row.texts("stored").compactMap(DType.init(rawValue:))
    countsStoredDimensions = try row.optionalFlag("stored_dimensions") ?? false
  }
}
