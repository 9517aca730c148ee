import WeftFiles
package import WeftRecipes
import WeftTensors

/// The files that many tasks share (adapters, VAEs, stock models, importance matrices), with what is in them.
package struct SideFiles: Sendable, Equatable {
  /// A file or folder.
  package struct Entry: Sendable, Equatable {
    /// The SHA-256 of its content.
    package let sha256: String
    /// Its state when it was hashed; nil when it had changed a moment before.
    package let stamp: String?
  }

  /// What is known, by the paths that the pipeline names.
  package private(set) var entries: [String: Entry]

  /// Takes what is known.
  package init(entries: [String: Entry] = [:]) { self.entries = entries }

  /// Hashes the files that a pipeline names and that are not known yet.
  ///
  /// - Throws: when one is missing or cannot be read.
  package mutating func add(_ pipeline: Pipeline, at place: PipelinePlace) throws {
    for path in Self.paths(of: pipeline) where entries[path] == nil {
      entries[path] = try Self.entry(place.path(path))
    }
  }

  /// Hashes those again that may have changed.
  ///
  /// - Throws: when the content of one is another one.
  package func check(at place: PipelinePlace) throws {
    for (path, entry) in entries.sorted(by: { $0.key < $1.key }) {
      let actual = place.path(path)
      if let stamp = entry.stamp, try SourceStamp(of: actual).digest == stamp { continue }
      guard try Self.entry(actual).sha256 == entry.sha256 else {
        throw PipelineError.refused(
          "the file is not the one that the manifest was made for", at: actual,
          advice: "make the manifest again with weft job make")
      }
    }
  }

  /// The first file whose stamp is not what it was; nil when all are as they were, as far as stamps tell.
  func firstChanged(at place: PipelinePlace) -> String? {
    entries.sorted { $0.key < $1.key }.lazy.compactMap { path, entry -> String? in
      let actual = place.path(path)
      guard let stamp = entry.stamp, (try? SourceStamp(of: actual).state) != stamp else {
        return nil
      }
      return actual
    }.first
  }

  /// The hashes by path.
  var hashes: [String: String] { entries.mapValues(\.sha256) }

  private static func entry(_ path: String) throws -> Entry {
    let stamp = try SourceStamp(of: path)
    var hash = try SourceFiles.contentHash(of: path)
    // What PEFT writes beside the weights says how they are meant.
    let config = Paths.join(Paths.directory(of: path), "adapter_config.json")
    if !Paths.isDirectory(path), Paths.exists(config) {
      hash = SHA256.digest(Array("\(hash) \(try SourceFiles.contentHash(of: config))".utf8))
      return Entry(sha256: hash, stamp: nil)
    }
    return Entry(sha256: hash, stamp: stamp.digest)
  }

  /// The paths of a pipeline's files, each once.
  static func paths(of pipeline: Pipeline) -> Set<String> {
    var paths: Set<String> = []
    func take(_ form: PipelineForm) {
      paths.formUnion([form.vae, form.quantization?.imatrix].compactMap(\.self))
    }
    for step in pipeline.steps {
      switch step.action {
      case .convert(let form), .quantize(let form): take(form)
      case .fuse(let fuse):
        paths.formUnion(fuse.adapters.compactMap(\.path))
        paths.formUnion([fuse.normBase, fuse.tloraBase].compactMap(\.self))
        take(fuse.form)
      case .scan, .verify, .report: break
      }
    }
    return paths
  }
}
