import WeftTensors

/// The files of `formats/` while they are read; it keeps count of those that nobody has read.
struct FormatFolders {
  let files: [String: JSONValue]
  /// The files that are not JSON.
  let texts: [String: [UInt8]]
  private(set) var unread: Set<String>

  /// Starts to read files.
  init(files: [String: JSONValue], texts: [String: [UInt8]]) {
    self.files = files
    self.texts = texts
    self.unread = Set(files.keys).union(texts.keys)
  }

  mutating func folder(_ name: String) -> [(file: String, value: JSONValue)] {
    let found = files.filter { $0.key.hasPrefix(name + "/") }.sorted { $0.key < $1.key }
    unread.subtract(found.map(\.key))
    return found.map { ($0.key, $0.value) }
  }

  /// The files of a folder; one that is like another comes after it.
  mutating func heirsLast(_ name: String) -> [(file: String, value: JSONValue)] {
    // Without the extension: of equals the first is chosen, and 'sdxl' is likelier than 'sdxl-refiner'.
    let files = folder(name).sorted { $0.file.dropLast(5) < $1.file.dropLast(5) }
    return files.filter { $0.value["like"] == nil } + files.filter { $0.value["like"] != nil }
  }

  /// Counts texts as read.
  mutating func markRead(_ paths: [String]) { unread.subtract(paths) }

  mutating func single(_ file: String) throws(FormatError) -> JSONValue {
    guard let value = files[file] else {
      throw .malformed(file: file, what: "the file is missing")
    }
    unread.remove(file)
    return value
  }

  /// The text of a file that is not JSON, or that is not read as such.
  mutating func text(_ file: String) throws(FormatError) -> String {
    guard let bytes = texts[file], let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed(file: file, what: "the file is missing or not UTF-8")
    }
    unread.remove(file)
    return text
  }

  /// The schemas by name; one that is like another comes after it.
  mutating func schemas() throws(FormatError) -> [String: Schema] {
    var schemas: [String: Schema] = [:]
    for (file, value) in heirsLast("schemas") {
      let schema = try Schema(value, file: file, known: schemas)
      schemas[schema.id] = schema
    }
    return schemas
  }

  /// The key maps by name.
  mutating func keyMaps() throws(FormatError) -> [String: KeyMap] {
    var maps: [String: KeyMap] = [:]
    for (file, value) in heirsLast("keymaps") {
      let map = try KeyMap(value, file: file, known: maps)
      maps[map.id] = map
    }
    return maps
  }

  /// The layouts and the places that all architectures share; `ldm` is looked for first.
  mutating func layouts(
    _ maps: [String: KeyMap]
  ) throws(FormatError) -> [(id: String, places: [String: [Place]])] {
    var layouts: [(order: Int, id: String, places: [String: [Place]])] = []
    for (file, value) in folder("layouts") {
      let object = try FormatObject(value, file: file, keys: ["id", "order", "places"])
      let places = try Place.lists(object["places"] ?? .null, file: file, maps)
      layouts.append((try object.optionalInteger("order") ?? 100, try object.text("id"), places))
    }
    return layouts.sorted { ($0.order, $0.id) < ($1.order, $1.id) }.map { ($0.id, $0.places) }
  }

  /// The architectures; one that is like another comes after it.
  mutating func architectures(
    _ schemas: [String: Schema], _ maps: [String: KeyMap], _ places: [String: [String: [Place]]]
  ) throws(FormatError) -> [Architecture] {
    var result: [Architecture] = []
    for (file, value) in heirsLast("architectures") {
      let context = ArchitectureContext(
        schemas: schemas, keyMaps: maps, places: places, architectures: result)
      result.append(try Architecture(value, file: file, context))
    }
    return result
  }

  /// The naming schemes.
  mutating func schemes() throws(FormatError) -> [NamingScheme] {
    var schemes: [NamingScheme] = []
    for (file, value) in folder("naming") { schemes.append(try NamingScheme(value, file: file)) }
    return schemes
  }

  /// The ways in which adapters are written.
  mutating func spellings() throws(FormatError) -> [AdapterSpelling] {
    var spellings: [AdapterSpelling] = []
    for (file, value) in folder("spellings") {
      spellings.append(try AdapterSpelling(value, file: file))
    }
    return spellings
  }

  /// What programs read of adapters.
  mutating func programs() throws(FormatError) -> [AdapterProgram] {
    let file = "programs.json"
    let object = try FormatObject(try single(file), file: file, keys: ["programs"])
    var programs: [AdapterProgram] = []
    for row in try object.objects("programs", keys: ["id", "title", "naming", "reads"]) {
      programs.append(
        AdapterProgram(
          id: try row.text("id"), title: try row.text("title"), naming: try row.text("naming"),
          roles: Set(try row.texts("reads"))))
    }
    return programs
  }

  /// The adapter families, the most particular first.
  mutating func families() throws(FormatError) -> [AdapterFamily] {
    var families: [AdapterFamily] = []
    for (file, value) in folder("adapters") {
      families.append(try AdapterFamily(value, file: file))
    }
    return families.sorted { ($0.order, $0.id) < ($1.order, $1.id) }
  }

  /// The names of a file with a reason each.
  mutating func reasons(_ file: String, key: String) throws(FormatError) -> [NamedReason] {
    let object = try FormatObject(try single(file), file: file, keys: [key])
    var reasons: [NamedReason] = []
    for row in try object.objects(key, keys: ["name", "reason", "essential"]) {
      reasons.append(
        NamedReason(
          glob: Glob(try row.text("name")), reason: try row.text("reason"),
          isEssential: try row.optionalFlag("essential") ?? false))
    }
    return reasons
  }

  private static let kindKeys = ["id", "kind", "title", "belongs", "has", "last", "only"]

  /// The things that are neither models nor adapters.
  mutating func otherKinds() throws(FormatError) -> [OtherKind] {
    let object = try FormatObject(try single("kinds.json"), file: "kinds.json", keys: ["kinds"])
    var kinds: [OtherKind] = []
    for row in try object.objects("kinds", keys: Self.kindKeys) {
      guard let kind = ModelKind(rawValue: try row.text("kind")) else {
        throw row.failure("kind", "is not one of those that are printed")
      }
      kinds.append(
        OtherKind(
          id: try row.text("id"), kind: kind, title: try row.text("title"),
          belongs: try row.optionalText("belongs"), has: try row.texts("has").map(Glob.init),
          isLastResort: try row.optionalFlag("last") ?? false,
          isAll: try row.optionalFlag("only") ?? false))
    }
    return kinds
  }

  /// How adapters of models that are not known here spell their modules.
  mutating func strangers() throws(FormatError) -> [Stranger] {
    let file = "strangers.json"
    let object = try FormatObject(try single(file), file: file, keys: ["strangers"])
    var strangers: [Stranger] = []
    for row in try object.objects("strangers", keys: ["name", "title"]) {
      strangers.append(Stranger(glob: Glob(try row.text("name")), title: try row.text("title")))
    }
    return strangers
  }

  /// What the functions and classes that pickles name can do.
  mutating func pickleNames() throws(FormatError) -> PickleNames {
    let file = "pickles.json"
    let object = try FormatObject(
      try single(file), file: file, keys: ["harmless", "training", "dangerous"])
    return PickleNames(
      harmless: Set(try object.texts("harmless")),
      training: try object.texts("training").map { Glob($0) },
      dangerous: try object.texts("dangerous").map { Glob($0) })
  }
}
