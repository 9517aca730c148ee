/// The files below a folder.
package enum FolderWalk {
  private static let maximumFolderCount = 1_000_000

  /// The paths of all that is no folder, sorted within each; links are followed, and no folder is entered twice.
  package static func files(below folder: String) -> [String] {
    var files: [String] = []
    var seen: Set<InputFile.Identity> = []
    var pending = [folder]
    while let path = pending.popLast(), seen.count < maximumFolderCount {
      guard Paths.isDirectory(path) else {
        files.append(path)
        continue
      }
      guard let identity = InputFile.Identity(path: path), seen.insert(identity).inserted else {
        continue
      }
      pending += Paths.names(in: path).reversed().map { Paths.join(path, $0) }
    }
    return files
  }
}
