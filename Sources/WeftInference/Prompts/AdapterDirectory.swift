import WeftFiles
import WeftFormats
import WeftTensors

/// A folder whose adapters are called by their names, as in `<lora:NAME:1>`; folders in it count, too.
///
/// Nothing outside of it is found, wherever links lead.
package struct AdapterDirectory: Sendable {
  private let path: String
  /// The paths of all adapters by name, with and without the extension.
  private let paths: [String: [String]]

  /// The extensions of files that may be adapters; what they are is told by their content.
  private static let extensions = [
    ".safetensors", ".safetensors.wz", ".safetensors.zst", ".ckpt", ".pt", ".pth", ".bin",
  ]
  private static let maximumCount = 100_000

  /// Looks through a folder.
  ///
  /// - Throws: for what is no folder.
  package init(_ path: String) throws(PromptError) {
    guard Paths.isDirectory(path), let root = Paths.resolved(path) else {
      throw PromptError(
        "this is not a folder", at: path, advice: "give --adapter-dir the folder of the adapters",
        status: .noInput)
    }
    self.path = path
    paths = Self.find(in: path, root: root)
  }

  private static func find(in path: String, root: String) -> [String: [String]] {
    var found: [String: [String]] = [:]
    var (pending, seen): ([String], Set<String>) = ([path], [root])
    var count = 0
    while let folder = pending.popLast(), count < maximumCount {
      for name in Paths.names(in: folder) {
        count += 1
        let path = Paths.join(folder, name)
        guard let place = Paths.resolved(path), place.hasPrefix(Paths.join(root, "")) else {
          continue
        }
        if Paths.isDirectory(path) {
          guard seen.insert(place).inserted else { continue }
          if AdapterFolder.files(in: path).isEmpty {
            pending.append(path)
          } else {
            found[name, default: []].append(path)
          }
        } else if let ending = extensions.last(where: name.hasSuffix), name.count > ending.count {
          found[name, default: []].append(path)
          found[String(name.dropLast(ending.count)), default: []].append(path)
        }
      }
    }
    return found
  }

  /// The path of the adapter that a tag names.
  ///
  /// - Throws: for a name that is not there, with the nearest one, and for one that several adapters have.
  package func path(of tag: AdapterTag) throws(PromptError) -> String {
    guard let found = paths[tag.name] else {
      let nearest = NearestName.of(tag.name, among: paths.keys)
      throw PromptError(
        "there is no adapter '\(tag.name)'", at: path,
        advice: nearest.map { "did you mean '\($0)'?" } ?? "see the names of the files there",
        status: .noInput)
    }
    guard found.count == 1 else {
      throw PromptError(
        "'\(tag.name)' may be \(found.sorted().prefix(4).joined(separator: " or "))", at: path,
        advice: "write the extension, too, or rename one of them")
    }
    return found[0]
  }
}
