import WeftTensors

extension RecipeReader {
  /// The keys by which a file or folder is given.
  static let sourceKeys = ["path", "sample_sha256", "bytes", "files"]

  /// A model of `models`.
  func model(_ entry: RecipeNode.Entry) throws(RecipeProblem) -> RecipeModel {
    if case .scalar = entry.value.kind {
      guard let path = entry.value.text, !path.isEmpty else {
        throw origin.wrongValue("the model '\(entry.key)'", entry.value, wanted: "a path")
      }
      return RecipeModel(name: entry.key, path: path, position: entry.position)
    }
    let object = try RecipeObject(
      entry.value, "the model '\(entry.key)'",
      keys: Self.sourceKeys + ["ema"] + (isMetadata ? ["recipe"] : []), origin: origin)
    let source = try source(object)
    return RecipeModel(
      name: entry.key, path: source.path, files: source.files,
      averages: try averages(object), position: entry.position)
  }

  /// The word of `ema`, or nil when the key is absent.
  func averages(_ object: RecipeObject) throws(RecipeProblem) -> RecipeAverages? {
    let words = RecipeAverages.allCases.map(\.rawValue)
    return try object.word("ema", of: words).flatMap(RecipeAverages.init)
  }

  /// The path and the files of a model or adapter, at least one of which is given.
  func source(
    _ object: RecipeObject
  ) throws(RecipeProblem) -> (path: String?, files: [FileIdentity]) {
    let path = try object.text("path")
    var files: [FileIdentity] = []
    for node in try object.list("files") ?? [] {
      let file = try RecipeObject(
        node, "a file of \(object.subject)",
        keys: ["sample_sha256", "bytes"] + (isMetadata ? ["sha256"] : []), origin: origin)
      files.append(try identity(file))
    }
    if object["sample_sha256"] != nil || object["bytes"] != nil {
      guard object["files"] == nil else {
        throw origin.malformed(
          "\(object.subject) has both 'files' and 'sample_sha256'", at: object.position,
          advice: "put all of its files into 'files'")
      }
      files = [try identity(object)]
    }
    guard path != nil || !files.isEmpty else {
      throw object.missing("path", advice: "give a path, or sample_sha256 and bytes")
    }
    return (path, files)
  }

  private func identity(_ object: RecipeObject) throws(RecipeProblem) -> FileIdentity {
    guard let hash = object["sample_sha256"], let size = object["bytes"] else {
      let key = object["bytes"] == nil ? "bytes" : "sample_sha256"
      throw object.missing(key, advice: "sample_sha256 and bytes go together")
    }
    guard let text = hash.text, text.utf8.count == 64,
      text.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) })
    else {
      throw object.wrongType("sample_sha256", hash, wanted: "64 hexadecimal digits in lower case")
    }
    guard let byteCount = size.integer, byteCount >= 0 else {
      throw object.wrongType("bytes", size, wanted: "a whole number of bytes")
    }
    return FileIdentity(sampleSHA256: text, byteCount: byteCount)
  }
}
