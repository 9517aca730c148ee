import WeftTensors

/// Where a layout keeps a component: a prefix, and how the names after it are spelled.
struct Place: Sendable {
  /// A tensor that the layout does not keep.
  struct Omission: Sendable {
    let pattern: NamePattern
    let reason: String
  }

  let prefix: String
  let map: KeyMap
  let omissions: [Omission]
  /// Whether a file of the component alone is written so, prefix and all.
  let isWrittenAlone: Bool

  /// Whether the component stands alone in its file.
  var isAlone: Bool { prefix.isEmpty }

  /// The reason for which the layout does not keep a tensor, or nil.
  func omission(of path: String) -> String? {
    guard !omissions.isEmpty else { return nil }
    let parts = path.nameParts
    return omissions.first { $0.pattern.match(parts) != nil }?.reason
  }
}

extension Place {
  /// Reads the places of each component from an object.
  static func lists(
    _ value: JSONValue, file: String, _ maps: [String: KeyMap]
  ) throws(FormatError) -> [String: [Place]] {
    var lists: [String: [Place]] = [:]
    for entry in value.members ?? [] {
      for element in entry.value.elements ?? [] {
        lists[entry.key, default: []].append(try Place(element, file: file, maps))
      }
    }
    return lists
  }

  private init(
    _ value: JSONValue, file: String, _ maps: [String: KeyMap]
  ) throws(FormatError) {
    let object = try FormatObject(value, file: file, keys: ["prefix", "map", "omits", "alone"])
    prefix = try object.text("prefix")
    let id = try object.text("map")
    guard let map = maps[id] else {
      throw object.failure("map", "names '\(id)', which is not in keymaps/")
    }
    self.map = map
    isWrittenAlone = try object.optionalFlag("alone") ?? prefix.isEmpty
    var omissions: [Omission] = []
    for row in try object.objects("omits", keys: ["name", "reason"]) {
      omissions.append(
        Omission(
          pattern: try NamePattern(try row.text("name"), file: file),
          reason: try row.text("reason")))
    }
    self.omissions = omissions
  }
}
