import WeftTensors

/// The knowledge in `formats/`: architectures, layouts, naming schemes and adapter families.
package struct FormatLibrary: Sendable {
  /// A file of the library.
  package typealias File = (path: String, bytes: [UInt8])

  /// The architectures, each after the one that it is like.
  package let architectures: [Architecture]
  /// The layouts of whole models, in the order in which they are looked for.
  package let layoutIDs: [String]
  /// The naming schemes of adapters.
  package let schemes: [NamingScheme]
  /// The ways in which adapters are written.
  package let spellings: [AdapterSpelling]
  /// What programs read of adapters.
  package let programs: [AdapterProgram]
  /// The adapter families, the most particular first.
  package let families: [AdapterFamily]
  /// What the functions and classes that pickles name can do.
  package let pickleNames: PickleNames
  let auxiliary: [NamedReason]
  let leftovers: [NamedReason]
  let otherKinds: [OtherKind]
  let pipelines: [String: Pipeline]
  let weightStems: [String: String]
  let vocabularySources: [String: VocabularySource]

  /// Reads the files that are compiled in, with those of `overlay` in the place of or beside them.
  package init(overlay: [File] = []) throws(FormatError) {
    var files: [String: JSONValue] = [:]
    var texts: [String: [UInt8]] = [:]
    for file in Self.embeddedFiles() + overlay {
      if file.path.hasSuffix(".txt") {
        texts[file.path] = file.bytes
      } else {
        files[file.path] = try Self.parse(file)
      }
    }
    try self.init(files: files, texts: texts)
  }

  /// The library that is compiled in.
  package static func embedded() throws(FormatError) -> FormatLibrary { try FormatLibrary() }

  /// The architecture of a name, or nil.
  package func architecture(_ id: String) -> Architecture? {
    architectures.first { $0.id == id }
  }

  /// The family of a name, or nil.
  package func family(_ id: String) -> AdapterFamily? { families.first { $0.id == id } }

  private static func parse(_ file: File) throws(FormatError) -> JSONValue {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: file.bytes)
    } catch {
      throw .malformed(file: file.path, what: "the file is not JSON: \(error)")
    }
    guard value["source"]?.text != nil else {
      throw .malformed(file: file.path, what: "the file names no 'source'")
    }
    return value
  }
}

extension FormatLibrary {
  private init(files: [String: JSONValue], texts: [String: [UInt8]]) throws(FormatError) {
    var folders = FormatFolders(files: files, texts: texts)
    let schemas = try folders.schemas()
    let maps = try folders.keyMaps()
    let layouts = try folders.layouts(maps)
    layoutIDs = layouts.map(\.id)
    architectures = try folders.architectures(
      schemas, maps, Dictionary(uniqueKeysWithValues: layouts.map { ($0.id, $0.places) }))
    schemes = try folders.schemes()
    spellings = try folders.spellings()
    programs = try folders.programs()
    families = try folders.families()
    auxiliary = try folders.reasons("auxiliary.json", key: "tensors")
    leftovers = try folders.reasons("leftovers.json", key: "leftovers")
    otherKinds = try folders.otherKinds()
    pipelines = try folders.pipelines()
    weightStems = try folders.weightStems()
    vocabularySources = try folders.vocabularySources()
    pickleNames = try folders.pickleNames()
    if let stray = folders.unread.min() {
      throw .malformed(file: stray, what: "the file is in no known folder")
    }
  }
}
