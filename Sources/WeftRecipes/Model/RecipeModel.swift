package import WeftTensors

/// A model that a recipe reads.
package struct RecipeModel: Sendable, Equatable {
  /// The name by which steps call it.
  package var name: String
  /// The file, shard index or folder; nil when the model is only known by its files.
  package var path: String?
  /// The files by which the model is known, in the order in which weft reads them; empty when any will do.
  package var files: [FileIdentity] = []
  /// What becomes of the moving averages of its UNet; nil leaves it to the output.
  package var averages: RecipeAverages?
  /// The recipe that the model's own metadata holds, as it stands there; nil when there is none or it is not known.
  package var history: JSONValue?
  /// Where the name is in the text.
  package var position: SourcePosition?

  /// Makes a model.
  package init(
    name: String, path: String? = nil, files: [FileIdentity] = [],
    averages: RecipeAverages? = nil, position: SourcePosition? = nil
  ) {
    self.name = name
    self.path = path
    self.files = files
    self.averages = averages
    self.position = position
  }

  /// Whether the models are equal, wherever they are in a text.
  package static func == (left: RecipeModel, right: RecipeModel) -> Bool {
    left.name == right.name && left.path == right.path && left.files == right.files
      && left.averages == right.averages && left.history == right.history
  }
}

/// What tells a file from others cheaply: its size and the hash of samples of it.
package struct FileIdentity: Sendable, Hashable {
  /// The SHA-256 of samples, as `Checkpoint.sampleHashes` takes them, in lower-case hexadecimal digits.
  package let sampleSHA256: String
  /// The size of the file, in bytes.
  package let byteCount: Int

  /// Makes an identity.
  package init(sampleSHA256: String, byteCount: Int) {
    self.sampleSHA256 = sampleSHA256
    self.byteCount = byteCount
  }
}

/// What becomes of the moving averages (EMA) of a UNet's weights; the words are those of `weft convert`.
package enum RecipeAverages: String, Sendable, CaseIterable {
  /// They stay beside the weights.
  case keep
  /// They are left out.
  case drop
  /// They take the place of the weights.
  case prefer
}
