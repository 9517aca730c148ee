package import WeftTensors

/// Which tensors of a model stay as they are when it is quantised, and what the readers of the output need.
package struct QuantPolicy: Sendable {
  /// How tensors are reshaped so that their rows are whole blocks.
  package struct Reshape: Sendable {
    /// The length of the rows; rows that are a multiple of it keep their shape.
    package let multiple: Int
    /// The fewest elements of a tensor that is reshaped.
    package let leastElementCount: Int
  }

  /// The name.
  package let id: String
  /// What it is for, in words.
  package let title: String
  /// The containers that it is for; empty for any.
  package let containers: [String]
  /// The one component that is written, under the names that it has in a file of its own; nil for all.
  package let component: String?
  /// The layout that is written; nil for the input's.
  package let layout: String?
  /// The most bytes of a name that the readers take; nil without limit.
  package let longestName: Int?
  /// How tensors are reshaped; nil when they are not.
  package let reshape: Reshape?
  /// What takes the place of a type that does not fit: nil for the type's own fallbacks, `keep` for the stored type.
  package let fallback: String?
  /// Whether tensors are written in the order of their names.
  package let sortsNames: Bool
  /// The readers' names of architectures.
  package let architectureNames: [String: String]
  /// What is not quantised; the first rule that fits decides.
  package let keeps: [QuantRule]
  /// Tensors that are left out.
  package let drops: [Glob]
}

extension QuantPolicy {
  private static let keys = [
    "id", "title", "containers", "component", "layout", "longest_name", "reshape", "fallback",
    "sorts_names", "architecture_names", "keeps", "drops",
  ]

  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(value, file: file, keys: Self.keys)
    id = try object.text("id")
    title = try object.text("title")
    containers = try object.texts("containers")
    component = try object.optionalText("component")
    layout = try object.optionalText("layout")
    longestName = try object.optionalInteger("longest_name")
    reshape = try object["reshape"].map { value throws(FormatError) in
      let reshape = try FormatObject(value, file: file, keys: ["multiple", "least_elements"])
      return Reshape(
        multiple: try reshape.optionalInteger("multiple") ?? 1,
        leastElementCount: try reshape.optionalInteger("least_elements") ?? 0)
    }
    fallback = try object.optionalText("fallback")
    sortsNames = try object.optionalFlag("sorts_names") ?? false
    var names: [String: String] = [:]
    for entry in try object.entries("architecture_names") { names[entry.key] = entry.value.text }
    architectureNames = names
    keeps = try QuantRule.list(object, "keeps")
    drops = try object.texts("drops").map(Glob.init)
  }

  /// The shape in which a tensor is stored.
  package func storedShape(_ shape: Shape) -> Shape {
    guard let reshape, shape.rank > 1, let count = shape.checkedElementCount,
      count >= reshape.leastElementCount, count % reshape.multiple == 0,
      let last = shape.dimensions.last, last % reshape.multiple != 0
    else { return shape }
    return [count / reshape.multiple, reshape.multiple]
  }
}

extension FormatFolders {
  /// The policies, sorted by name.
  mutating func quantPolicies() throws(FormatError) -> [QuantPolicy] {
    var policies: [QuantPolicy] = []
    for (file, value) in folder("policies") { policies.append(try QuantPolicy(value, file: file)) }
    return policies.sorted { $0.id < $1.id }
  }

  /// The types that tensors can be quantised to.
  mutating func quantTypes(_ formats: [ScaledFormat]) throws(FormatError) -> [QuantType] {
    try QuantType.list(try single("quants/types.json"), file: "quants/types.json", formats)
  }
}
