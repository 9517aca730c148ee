package import WeftTensors

/// A type that tensors can be quantised to, as options name it.
package struct QuantType: Sendable {
  /// The name, as in `q4_0`.
  package let name: String
  /// The type of the stored elements; nil where scales beside them are needed.
  package let dtype: DType?
  /// How elements and scales are stored side by side in containers without blocks; nil where that is not possible.
  package let scaled: ScaledFormat?
  /// What takes its place for rows that are no whole number of its blocks, in order.
  package let fallbacks: [String]
  /// The number by which GGUF's `general.file_type` knows a model that is mostly of the type; nil where there is none.
  package let fileType: Int?
}

extension QuantType {
  private static let keys = ["name", "stored", "fallback", "file_type"]

  /// The types of a file, and one for each format with scales.
  static func list(
    _ value: JSONValue, file: String, _ formats: [ScaledFormat]
  ) throws(FormatError) -> [QuantType] {
    var types: [QuantType] = []
    let object = try FormatObject(value, file: file, keys: ["types"])
    for row in try object.objects("types", keys: keys) {
      let (name, code) = (try row.text("name"), try row.text("stored"))
      guard let dtype = DType(rawValue: code) else {
        throw row.failure("stored", "is no type: \(code)")
      }
      types.append(
        QuantType(
          name: name, dtype: dtype, scaled: formats.first { $0.id == name },
          fallbacks: try row.texts("fallback"), fileType: try row.optionalInteger("file_type")))
    }
    let names = Set(types.map(\.name))
    if let stray = types.flatMap(\.fallbacks).first(where: { !names.contains($0) }) {
      throw object.failure("fallback", "names no type: \(stray)")
    }
    return types
      + formats.filter { !names.contains($0.id) }.map {
        QuantType(name: $0.id, dtype: nil, scaled: $0, fallbacks: [], fileType: nil)
      }
  }
}
