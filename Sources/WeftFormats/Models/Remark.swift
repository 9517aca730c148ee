import WeftTensors

/// What a number in a file means to people, such as the channels that go into a UNet.
struct Remark: Sendable {
  let tensor: String
  let axis: Int
  let values: [String: String]
  let otherwise: String

  /// Reads a remark from its file.
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(
      value, file: file, keys: ["tensor", "axis", "values", "otherwise"])
    tensor = try object.text("tensor")
    axis = try object.optionalInteger("axis") ?? 0
    otherwise = try object.text("otherwise")
    var values: [String: String] = [:]
    for entry in try object.entries("values") { values[entry.key] = entry.value.text }
    self.values = values
  }

  /// The words for a shape.
  func words(for shape: Shape) -> String? {
    guard axis < shape.rank else { return nil }
    return values[String(shape.dimensions[axis])] ?? otherwise
  }
}
