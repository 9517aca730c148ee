import WeftFiles
package import WeftTensors

extension Int8Calibration {
  private static let format = "weft-int8-calibration"
  private static let version = 1

  /// The text of a file.
  package var json: JSONValue {
    .object([
      "format": .string(Self.format),
      "version": .integer(Self.version),
      "component": .string(component),
      "model": .object(["shapes": .string(model.shapes), "samples": .string(model.samples)]),
      "runs": .integer(runCount),
      "error": error.map { .number($0) },
      "layers": .object(
        layers.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
          .map { JSONValue.Member($0.key, $0.value.json) }),
    ])
  }

  /// Reads a file.
  ///
  /// - Throws: `NetworkError` for what is no calibration, or one of a later version; errors of files and of JSON.
  package static func read(_ path: String) throws -> Int8Calibration {
    try Int8Calibration(try readJSON(path), path: path)
  }

  init(_ value: JSONValue, path: String) throws(NetworkError) {
    guard value["format"]?.text == Self.format else {
      throw Self.malformed("this is no calibration for 8-bit integers", path)
    }
    guard value["version"]?.integer == Self.version else {
      throw Self.malformed(
        "its version is \(value["version"]?.compactText ?? "missing"), not \(Self.version)", path)
    }
    guard let component = value["component"]?.text, ComponentKind.named(component) != nil else {
      throw Self.malformed("'component' must be a network, such as unet", path)
    }
    guard let runs = value["runs"]?.integer, runs > 0 else {
      throw Self.malformed("'runs' must be a number from 1 up", path)
    }
    guard let members = value["layers"]?.members, !members.isEmpty else {
      throw Self.malformed("'layers' must have a layer", path)
    }
    var layers: [String: Layer] = [:]
    for member in members { layers[member.key] = try Layer(member, path: path) }
    self.init(
      component: component, model: try ModelFingerprint(value["model"], path: path),
      runCount: runs, layers: layers)
    error = value["error"]?.double
  }

  fileprivate static func malformed(_ what: String, _ path: String) -> NetworkError {
    NetworkError(
      status: .badData, what: what, place: path, advice: "make it again with weft calibrate --int8")
  }
}

extension Int8Calibration.Layer {
  fileprivate var json: JSONValue {
    let members = [
      JSONValue.Member("input_max", .number(Double(inputMaximum))),
      JSONValue.Member("products", .number(productCount)),
      sensitivity.map { JSONValue.Member("sensitivity", .number($0)) },
      choice.map { JSONValue.Member("use", .string($0.rawValue)) },
    ]
    return .object(members.compactMap(\.self))
  }

  fileprivate init(_ member: JSONValue.Member, path: String) throws(NetworkError) {
    func wrong(_ key: String, _ wanted: String) -> NetworkError {
      Int8Calibration.malformed("'\(key)' of the layer '\(member.key)' must be \(wanted)", path)
    }
    guard let largest = member.value["input_max"]?.double, largest >= 0, Float(largest).isFinite
    else { throw wrong("input_max", "a number from 0 up") }
    guard let products = member.value["products"]?.double, products >= 0 else {
      throw wrong("products", "a number from 0 up")
    }
    let sensitivity = member.value["sensitivity"]
    guard sensitivity.map({ $0.double ?? -1 >= 0 }) ?? true else {
      throw wrong("sensitivity", "a number from 0 up")
    }
    let choice = member.value["use"]
    guard choice.map({ Int8Calibration.Choice(rawValue: $0.text ?? "") != nil }) ?? true else {
      throw wrong("use", "int8 or bf16")
    }
    self.init(
      inputMaximum: Float(largest), productCount: products, sensitivity: sensitivity?.double,
      choice: choice?.text.flatMap(Int8Calibration.Choice.init))
  }
}

extension ModelFingerprint {
  fileprivate init(_ value: JSONValue?, path: String) throws(NetworkError) {
    let digests = ["shapes", "samples"].map { value?[$0]?.text ?? "" }
    let digits = Set("0123456789abcdef")
    guard digests.allSatisfy({ $0.count == 64 && $0.allSatisfy(digits.contains) }) else {
      throw Int8Calibration.malformed("'model' must have two SHA-256, 'shapes' and 'samples'", path)
    }
    self.init(shapes: digests[0], samples: digests[1])
  }
}
