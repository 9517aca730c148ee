import WeftTensors

/// Where the library has a vocabulary: the text of its merges, and the tokens around a text.
package struct VocabularySource: Sendable {
  let id: String
  /// The file of the merges, for messages.
  package let file: String
  /// The text of `merges.txt`.
  package let merges: [UInt8]
  let start: String
  let end: String

  /// Reads the source from its file; `text` gives the bytes of the texts that the file names.
  init(
    _ value: JSONValue, file: String, text: (String) throws(FormatError) -> [UInt8]
  ) throws(FormatError) {
    let object = try FormatObject(
      value, file: file, keys: ["id", "merges", "licence", "start", "end"])
    id = try object.text("id")
    self.file = try object.text("merges")
    merges = try text(self.file)
    _ = try text(try object.text("licence"))
    start = try object.text("start")
    end = try object.text("end")
  }
}

extension FormatLibrary {
  /// The text of which the vocabulary of a name is made, such as `clip`.
  package func vocabularySource(_ id: String) throws(FormatError) -> VocabularySource {
    guard let source = vocabularySources[id] else {
      throw .malformed(file: "tokenizers", what: "there is no vocabulary '\(id)'")
    }
    return source
  }

  /// The vocabulary of a name, such as `clip`; it is derived from the merges at every call.
  package func vocabulary(_ id: String) throws(FormatError) -> BytePairVocabulary {
    let source = try vocabularySource(id)
    return try BytePairVocabulary(
      merges: source.merges, start: source.start, end: source.end, file: source.file)
  }
}
