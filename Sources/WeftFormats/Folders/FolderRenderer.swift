import WeftTensors

/// The work of turning the templates of a pipeline into files for one model.
struct FolderRenderer {
  let library: FormatLibrary
  let pipeline: Pipeline
  /// The components whose weights are in the folder.
  let given: Set<String>
  private let dimensions: [String: Dimensions]
  private let prediction: Prediction

  init(
    _ library: FormatLibrary, _ architecture: Architecture, components: [String],
    dimensions: [String: Dimensions], prediction: Prediction
  ) throws(FormatError) {
    self.library = library
    self.prediction = prediction
    pipeline = try library.pipeline(for: architecture)
    given = Set(components)
    let names = Set(architecture.components.map(\.name)).union(pipeline.defaults.keys)
      .union(components)
    var all: [String: Dimensions] = [:]
    for name in names {
      let measured = dimensions[name] ?? [:]
      let stated = try architecture.component(name)?.dimensions(measured) ?? measured
      all[name] = stated.merging(pipeline.defaults[name] ?? [:]) { known, _ in known }
    }
    self.dimensions = all
  }

  /// Whether a sub-folder belongs to the weights that are given.
  private func isPresent(_ folder: String) -> Bool { given.contains(pipeline.owner(of: folder)) }

  /// The configurations of every part that is there, in the order of their paths.
  func configurations() throws(FormatError) -> [(path: String, value: JSONValue)] {
    var result: [(path: String, value: JSONValue)] = []
    for file in pipeline.files where isPresent(file.folder) {
      result.append((file.path, try value(of: file)))
    }
    for name in given.sorted() where !result.contains(where: { $0.path == Self.config(name) }) {
      throw .malformed(
        file: "pipelines/\(pipeline.id).json", what: "there is no '\(Self.config(name))'")
    }
    return result.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// The path of the configuration of a component.
  static func config(_ component: String) -> String { "\(component)/config.json" }

  /// The value of a template; everything that is not there is an empty object.
  func value(of file: Pipeline.File) throws(FormatError) -> JSONValue {
    try file.template.rendered(in: scope(of: file.folder)) ?? .object([])
  }

  /// The names of a sub-folder's expressions: its own dimensions plain, those of others after the component's name.
  private func scope(of folder: String) -> Scope {
    var names = prediction.dimensions
    for (component, dimensions) in dimensions {
      for (name, value) in dimensions { names["\(component)_\(name)"] = value }
    }
    return Scope(
      dimensions: names.merging(dimensions[pipeline.owner(of: folder)] ?? [:]) { _, own in own })
  }

  /// The index of the folder, which names the class of every part.
  func modelIndex(
    _ configurations: [(path: String, value: JSONValue)]
  ) throws(FormatError) -> JSONValue {
    var members = try pipeline.index.rendered(in: scope(of: "unet"))?.members ?? []
    for component in pipeline.components {
      var entry: [JSONValue] = [.null, .null]
      if let content = component.content, isPresent(component.name) {
        let own = configurations.filter { $0.path.hasPrefix(component.name + "/") }
        let named = own.compactMap { $0.value["_class_name"]?.text }.first
        entry = [.string(content.library), .string(content.className ?? named ?? "")]
      }
      members.append(JSONValue.Member(component.name, .array(entry)))
    }
    return .object(members)
  }

  /// The vocabulary of every tokenizer that is there.
  func vocabularies() throws(FormatError) -> [FolderFile] {
    var known: [String: (merges: [UInt8], tokens: [UInt8])] = [:]
    var files: [FolderFile] = []
    for component in pipeline.components where isPresent(component.name) {
      guard let id = component.content?.vocabulary else { continue }
      if known[id] == nil { known[id] = Self.texts(of: try library.vocabulary(id)) }
      guard let (merges, tokens) = known[id] else { continue }
      files.append(FolderFile(path: "\(component.name)/merges.txt", bytes: merges))
      files.append(FolderFile(path: "\(component.name)/vocab.json", bytes: tokens))
    }
    return files
  }

  private static func texts(
    of vocabulary: BytePairVocabulary
  ) -> (merges: [UInt8], tokens: [UInt8]) {
    (vocabulary.mergesText, vocabulary.json.fileBytes)
  }
}

extension JSONValue {
  /// The file of a configuration, spelled as diffusers and transformers spell theirs: sorted keys, two spaces.
  var fileBytes: [UInt8] { Array((canonical.pythonText + "\n").utf8) }
}
