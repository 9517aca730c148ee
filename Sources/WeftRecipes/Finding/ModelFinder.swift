package import WeftFiles

/// Finds models and adapters by their files in folders.
///
/// Only files of a wanted size are opened, and of those only samples are read.
package final class ModelFinder {
  private let paths: [String]
  private var pathsBySize: [Int: [String]]?
  private var hashes: [String: String?] = [:]

  /// Makes a finder for files and for everything below folders; throws `FileError` for a path that is not there.
  package init(_ paths: [String]) throws(FileError) {
    for path in paths where !Paths.isDirectory(path) { _ = try InputFile.open(path) }
    self.paths = paths
  }

  /// The path of what consists of exactly these files: the file, or the index or folder that holds them all; nil when it
  /// is not there.
  package func path(of files: [FileIdentity]) -> String? {
    guard let first = files.first else { return nil }
    let candidates = paths(of: first)
    guard files.count > 1 else { return candidates.first }
    for candidate in candidates {
      if let whole = whole(files, with: candidate) { return whole }
    }
    return nil
  }

  /// The files that have an identity, in the order of the folders.
  private func paths(of file: FileIdentity) -> [String] {
    let bySize = pathsBySize ?? sizes()
    pathsBySize = bySize
    return (bySize[file.byteCount] ?? []).filter { sampleHash(of: $0) == file.sampleSHA256 }
  }

  private func sizes() -> [Int: [String]] {
    var result: [Int: [String]] = [:]
    for path in paths.flatMap(FolderWalk.files(below:)) {
      guard let file = try? InputFile.open(path) else { continue }
      result[file.byteCount, default: []].append(path)
    }
    return result
  }

  /// The hash of the samples of a file of tensors; nil for anything else.
  private func sampleHash(of path: String) -> String? {
    if let known = hashes[path] { return known }
    let checkpoint = ShardIndex.isIndex(Paths.name(of: path)) ? nil : try? Checkpoint.open(path)
    let found = try? checkpoint?.sampleHashes().first
    hashes[path] = found
    return found
  }

  /// The index, adapter folder or model folder that consists of the files, one of which is at `path`.
  private func whole(_ files: [FileIdentity], with path: String) -> String? {
    let folder = Paths.directory(of: path)
    let indexes = Paths.names(in: folder).filter(ShardIndex.isIndex).map { Paths.join(folder, $0) }
    return (indexes + [folder, Paths.directory(of: folder)]).first { candidate in
      guard let checkpoint = try? Checkpoint.open(candidate) else { return false }
      return (try? FileIdentity.identities(of: checkpoint)) == files
    }
  }
}

extension MergeRecipe {
  /// What has no path, in words such as `the model 'base'`.
  package var missingFiles: [String] {
    let models = models.filter { $0.path == nil }.map { "the model '\($0.name)'" }
    let adapters = steps.flatMap { step -> [String] in
      guard case .fuse(let fuse) = step.action else { return [] }
      return fuse.adapters.indices.filter { fuse.adapters[$0].path == nil }
        .map { "adapter \($0 + 1) of the step '\(step.name)'" }
    }
    return models + adapters
  }

  /// Gives every model and adapter without a path the one at which it is found.
  package mutating func findFiles(_ finder: ModelFinder) {
    for index in models.indices where models[index].path == nil {
      models[index].path = finder.path(of: models[index].files)
    }
    for index in steps.indices {
      guard case .fuse(var step) = steps[index].action else { continue }
      for adapter in step.adapters.indices where step.adapters[adapter].path == nil {
        step.adapters[adapter].path = finder.path(of: step.adapters[adapter].files)
      }
      steps[index].action = .fuse(step)
    }
  }
}
