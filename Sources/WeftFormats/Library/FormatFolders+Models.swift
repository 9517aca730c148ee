import WeftTensors

extension FormatFolders {
  /// The pipelines by name, each laid over the one that it is like.
  mutating func pipelines() throws(FormatError) -> [String: Pipeline] {
    var waiting = folder("pipelines")
    var values: [String: JSONValue] = [:]
    var pipelines: [String: Pipeline] = [:]
    while !waiting.isEmpty {
      let ready = waiting.filter { file in
        file.value["like"]?.text.map { values[$0] != nil } ?? true
      }
      guard !ready.isEmpty else {
        throw .malformed(
          file: waiting[0].file, what: "'like' names a pipeline that is not known, or itself")
      }
      for (file, value) in ready {
        let base = value["like"]?.text.flatMap { values[$0] }
        let merged = base.map { value.pipeline(over: $0) } ?? value
        let pipeline = try Pipeline(merged, file: file)
        values[pipeline.id] = merged
        pipelines[pipeline.id] = pipeline
      }
      waiting.removeAll { file in ready.contains { $0.file == file.file } }
    }
    return pipelines
  }

  /// The stems of weight files by component.
  mutating func weightStems() throws(FormatError) -> [String: String] {
    let file = "weight-files.json"
    let object = try FormatObject(try single(file), file: file, keys: ["stems"])
    var stems: [String: String] = [:]
    for entry in try object.entries("stems") { stems[entry.key] = entry.value.text }
    return stems
  }

  /// The vocabularies by name.
  mutating func vocabularySources() throws(FormatError) -> [String: VocabularySource] {
    var sources: [String: VocabularySource] = [:]
    for (file, value) in folder("tokenizers") {
      var named: [String] = []
      let source = try VocabularySource(value, file: file) { path throws(FormatError) in
        named.append(path)
        guard let text = texts[path] else {
          throw .malformed(file: file, what: "it names '\(path)', which is missing")
        }
        return text
      }
      markRead(named)
      sources[source.id] = source
    }
    return sources
  }
}
