import WeftTensors

extension Pipeline {
  private static let keys = [
    "id", "like", "index", "components", "defaults", "files", "texts", "prediction",
  ]

  /// Reads a pipeline from its file, which has been laid over the one that it is like.
  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(value, file: file, keys: Self.keys)
    id = try object.text("id")
    index = try ConfigTemplate(object["index"] ?? .object([]), file: file)
    var components: [Component] = []
    for entry in try object.entries("components") {
      components.append(try Component(entry, file: file))
    }
    self.components = components
    var defaults: [String: Dimensions] = [:]
    for entry in try object.entries("defaults") {
      defaults[entry.key] = try Self.dimensions(entry.value, file: file)
    }
    self.defaults = defaults
    var files: [File] = []
    for entry in try object.entries("files") {
      files.append(
        File(path: entry.key, template: try ConfigTemplate(entry.value, file: file)))
    }
    self.files = files
    var texts: [Text] = []
    for entry in try object.entries("texts") where entry.value != .null {
      texts.append(try Text(entry, file: file))
    }
    self.texts = texts
    let prediction = try FormatObject(
      object["prediction"] ?? .object([]), file: file, keys: ["signs", "otherwise", "says"])
    var signs: [PredictionSign] = []
    for sign in try prediction.objects(
      "signs", keys: ["tensor", "metadata", "is", "prediction", "zero_snr"])
    {
      signs.append(try PredictionSign(sign))
    }
    self.signs = signs
    usual = (
      try prediction.optionalPrediction("otherwise") ?? .epsilon, try prediction.text("says")
    )
  }

  private static func dimensions(
    _ value: JSONValue, file: String
  ) throws(FormatError) -> Dimensions {
    var dimensions: Dimensions = [:]
    for entry in value.members ?? [] {
      if let integer = entry.value.integer {
        dimensions[entry.key] = .integer(integer)
      } else if let elements = entry.value.elements {
        dimensions[entry.key] = .list(elements.compactMap(\.integer))
      } else {
        throw .malformed(file: file, what: "'\(entry.key)' must be an integer or a list of them")
      }
    }
    return dimensions
  }
}

extension Pipeline.Component {
  fileprivate init(_ entry: JSONValue.Member, file: String) throws(FormatError) {
    name = entry.key
    guard entry.value != .null else {
      content = nil
      return
    }
    let object = try FormatObject(
      entry.value, file: file, keys: ["library", "class", "with", "vocabulary"])
    content = Pipeline.Content(
      library: try object.text("library"), className: try object.optionalText("class"),
      owner: try object.optionalText("with"), vocabulary: try object.optionalText("vocabulary"))
  }
}

extension Pipeline.Text {
  fileprivate init(_ entry: JSONValue.Member, file: String) throws(FormatError) {
    component = entry.key
    let object = try FormatObject(
      entry.value, file: file, keys: ["last", "state", "norm", "pooled"])
    states = TextRules.States(
      last: try object.integer("last"), usual: try object.integer("state"),
      isNormalized: try object.optionalFlag("norm") ?? false)
    isPooled = try object.optionalFlag("pooled") ?? false
    guard states.last > 0, states.usual >= states.last else {
      throw object.failure("state", "must be from 'last' up, which is from 1 up")
    }
  }
}

extension JSONValue {
  /// The pipeline of a data file laid over the one that it is like.
  func pipeline(over base: JSONValue) -> JSONValue {
    var merged = overlaid(on: base)
    for section in ["index", "components", "defaults", "texts"] {
      merged = merged.setting(section, to: self[section]?.overlaid(on: base[section]))
    }
    var files = (self["files"] ?? .object([])).overlaid(on: base["files"])
    for file in self["files"]?.members ?? [] {
      files = files.setting(file.key, to: file.value.overlaid(on: base["files"]?[file.key]))
    }
    let signs = [self, base].flatMap { $0["prediction"]?["signs"]?.elements ?? [] }
    let prediction = (self["prediction"] ?? .object([])).overlaid(on: base["prediction"])
      .setting("signs", to: .array(signs))
    return merged.setting("files", to: files).setting("prediction", to: prediction)
  }

  /// The members of the base with those of this object in the place of or after them.
  ///
  /// A list or a choice takes the place of all.
  private func overlaid(on base: JSONValue?) -> JSONValue {
    guard let members, let base, base.members != nil, !ConfigTemplate.isForm(self),
      !ConfigTemplate.isForm(base)
    else { return self }
    return members.reduce(base) { $0.setting($1.key, to: $1.value) }
  }

  /// The object with another value for a key; nil leaves it as it is.
  private func setting(_ key: String, to value: JSONValue?) -> JSONValue {
    guard let value, var members else { return self }
    let member = Member(key, value)
    if let place = members.firstIndex(where: { $0.key == key }) {
      members[place] = member
    } else {
      members.append(member)
    }
    return .object(members)
  }
}
