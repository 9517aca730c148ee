package import WeftTensors

extension MergeMethod {
  private static let keys = [
    "id", "title", "formula", "models", "base", "weights", "blocks", "options", "per_model",
    "mergekit",
  ]

  /// Reads a method's description.
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(value, file: file, keys: Self.keys)
    let models = try FormatObject(
      object["models"] ?? .null, file: file, keys: ["least", "most"])
    id = try object.text("id")
    title = try object.text("title")
    formula = try object.text("formula")
    leastModelCount = try models.optionalInteger("least") ?? 1
    mostModelCount = try models.optionalInteger("most")
    needsBase = try object.optionalFlag("base") ?? false
    shares = try object.texts("weights")
    blockOption = try object.optionalText("blocks")
    let options = try MergeOption.list(object, "options")
    let modelOptions = try MergeOption.list(object, "per_model")
    mergekit = try object["mergekit"].map { value throws(FormatError) in
      try MergekitMethod(value, file: file, options: options + modelOptions)
    }
    self.options = options
    self.modelOptions = modelOptions
    for name in shares + (blockOption.map { [$0] } ?? []) where option(name) == nil {
      throw object.failure("options", "has no '\(name)'")
    }
  }
}

extension MergeOption {
  private static let keys = [
    "name", "title", "type", "least", "most", "choices", "default", "tensors",
  ]

  fileprivate static func list(
    _ object: FormatObject, _ key: String
  ) throws(FormatError) -> [MergeOption] {
    var options: [MergeOption] = []
    for row in try object.objects(key, keys: keys) { options.append(try MergeOption(row)) }
    return options
  }

  private init(_ row: FormatObject) throws(FormatError) {
    guard let kind = Kind(rawValue: try row.text("type")) else {
      throw row.failure("type", "must be number, integer, flag or choice")
    }
    let bare = MergeOption(
      name: try row.text("name"), title: try row.text("title"), kind: kind,
      least: row["least"]?.double, most: row["most"]?.double, choices: try row.texts("choices"))
    let standard = try row["default"].map { value throws(FormatError) in
      guard let standard = bare.value(value) else {
        throw row.failure("default", "must be \(bare.wanted)")
      }
      return standard
    }
    self.init(
      name: bare.name, title: bare.title, kind: kind, least: bare.least, most: bare.most,
      choices: bare.choices, standard: standard,
      variesByTensor: try row.optionalFlag("tensors") ?? false)
  }

  /// A value of JSON as the option's, or nil when it does not fit.
  package func value(_ json: JSONValue) -> Value? {
    switch kind {
    case .flag: json.bool.map(Value.flag)
    case .integer: json.integer.flatMap { allows(Double($0)) ? .integer($0) : nil }
    case .number: json.double.flatMap { allows($0) ? .number($0) : nil }
    case .choice: json.text.flatMap { choices.contains($0) ? .word($0) : nil }
    }
  }
}

extension MergekitMethod {
  fileprivate init(
    _ value: JSONValue, file: String, options: [MergeOption]
  ) throws(FormatError) {
    let object = try FormatObject(
      value, file: file, keys: ["method", "names", "defaults", "flags", "ignored"])
    method = try object.text("method")
    var names: [String: String] = [:]
    for entry in try object.entries("names") { names[entry.key] = entry.value.text }
    self.names = names
    var defaults: [String: MergeOption.Value] = [:]
    for entry in try object.entries("defaults") {
      let option = options.first { $0.name == entry.key }
      guard let value = option?.value(entry.value) else {
        throw object.failure("defaults", "has no option's value for '\(entry.key)'")
      }
      defaults[entry.key] = value
    }
    self.defaults = defaults
    var flags: [String: [String]] = [:]
    for entry in try object.entries("flags") {
      flags[entry.key] = entry.value.elements?.compactMap(\.text)
    }
    self.flags = flags
    var ignored: [String: MergeOption.Value] = [:]
    for entry in try object.entries("ignored") {
      ignored[entry.key] = entry.value.double.map(MergeOption.Value.number)
    }
    self.ignored = ignored
  }
}
