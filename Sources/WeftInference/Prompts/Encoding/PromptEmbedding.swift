import WeftFiles
package import WeftNetworks

/// A textual inversion with the word that stands for it in prompts.
package struct PromptEmbedding: Sendable {
  /// The word.
  package let word: String
  /// The vectors.
  package let vectors: TextualInversion

  /// Names vectors.
  package init(word: String, _ vectors: TextualInversion) {
    (self.word, self.vectors) = (word, vectors)
  }

  /// Opens an embedding's file, or an adapter's with embeddings in it.
  ///
  /// The word is the file's name without its extension; in the plain style it is the one that the file has, if it has one.
  /// Embeddings in an adapter have their own words.
  ///
  /// - Throws: for a file that cannot be read, and for one without vectors.
  package static func open(_ path: String, style: PromptStyle) throws -> [PromptEmbedding] {
    let file = try Checkpoint.open(path)
    let bundled = try TextualInversion.bundled(in: file)
    guard bundled.isEmpty else {
      return bundled.map { PromptEmbedding(word: $0.word ?? "", $0) }
    }
    let vectors = try TextualInversion(file)
    let own = style == .plain ? vectors.word : nil
    return [PromptEmbedding(word: own ?? stem(of: path), vectors)]
  }

  /// The name of a file without its extension.
  private static func stem(of path: String) -> String {
    let name = Paths.name(of: path)
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }
}
