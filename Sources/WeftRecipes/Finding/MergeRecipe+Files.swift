package import WeftFiles
import WeftTensors

extension FileIdentity {
  /// The files of an open model or adapter, in the order in which they were read.
  ///
  /// Throws what reading samples of them throws.
  package static func identities(of checkpoint: Checkpoint) throws -> [FileIdentity] {
    zip(try checkpoint.sampleHashes(), checkpoint.files).map {
      FileIdentity(sampleSHA256: $0, byteCount: $1.byteCount)
    }
  }
}

extension MergeRecipe {
  /// Throws (exit code 66) when a model or adapter has no path: it was given by its files alone and was not found.
  ///
  /// `path` is the recipe's.
  package func requirePaths(path: String) throws(RecipeProblem) {
    guard let missing = missingFiles.first else { return }
    let others = missingFiles.count - 1
    throw RecipeProblem(
      status: .noInput,
      what: "\(missing) was not found" + (others > 0 ? ", nor \(others) more" : ""),
      place: path, advice: "say with --models DIR where it may be, or give its path")
  }
}

extension RecipeModel {
  /// Throws (exit code 2) when the recipe names other files than those of the model at its path.
  package func check(_ checkpoint: Checkpoint) throws {
    try files.check(checkpoint, subject: "the model '\(name)'")
  }
}

extension RecipeAdapter {
  /// Throws (exit code 2) when the recipe names other files than those of the adapter at its path.
  ///
  /// `checkpoints` are those of its files, in the order in which weft reads them.
  package func check(_ checkpoints: [Checkpoint]) throws {
    guard !files.isEmpty, let first = checkpoints.first else { return }
    let found = try checkpoints.flatMap(FileIdentity.identities)
    try files.check(found, path: path ?? first.path, subject: "the adapter")
  }
}

extension [FileIdentity] {
  fileprivate func check(_ checkpoint: Checkpoint, subject: String) throws {
    guard !isEmpty else { return }
    try check(FileIdentity.identities(of: checkpoint), path: checkpoint.path, subject: subject)
  }

  fileprivate func check(
    _ found: [FileIdentity], path: String, subject: String
  ) throws(RecipeProblem) {
    guard !isEmpty, found != self else { return }
    throw RecipeProblem(
      status: .refused,
      what: "\(subject) is not the one that the recipe names: \(difference(found))",
      place: path, advice: "give the right one, or take sample_sha256 and bytes out of the recipe")
  }

  private func difference(_ found: [FileIdentity]) -> String {
    if found.count != count { return "it has \(found.count) files, not \(count)" }
    guard let (wanted, other) = zip(self, found).first(where: { $0 != $1 }) else { return "" }
    if wanted.byteCount != other.byteCount {
      return "it has \(other.byteCount) bytes, not \(wanted.byteCount)"
    }
    return "the hash of its samples starts with \(other.sampleSHA256.prefix(12)), "
      + "not \(wanted.sampleSHA256.prefix(12))"
  }
}
