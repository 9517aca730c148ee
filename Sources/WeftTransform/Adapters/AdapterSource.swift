package import WeftFiles
package import WeftFormats
import WeftTensors

/// An adapter on disk: one file, or the two halves of a ResAdapter.
package struct AdapterSource: Sendable {
  /// A file of an adapter and what its tensors mean.
  package struct Part: Sendable {
    /// The file.
    package let checkpoint: Checkpoint
    /// Its tensors, grouped into modules.
    package let reading: AdapterReading
    /// What PEFT's configurations say of the scale.
    let configs: AdapterConfigs
  }

  /// What the user asked for.
  package let request: AdapterRequest
  /// The files.
  package let parts: [Part]
}

extension AdapterSource {
  /// Opens a file, or the adapter files of a folder.
  package static func open(
    _ request: AdapterRequest, library: FormatLibrary
  ) throws -> AdapterSource {
    let checkpoints = try checkpoints(at: request.path).map { try $0.decoded(library) }
    return AdapterSource(
      request: request, parts: try checkpoints.map { try part($0, library: library) })
  }

  /// The files of an adapter: the one that is named, or those of a folder.
  static func checkpoints(at path: String) throws -> [Checkpoint] {
    guard Paths.isDirectory(path) else { return [try Checkpoint.open(path)] }
    let files = AdapterFolder.files(in: path)
    guard files.isEmpty else { return try files.map { try Checkpoint.open($0, in: path) } }
    return [try Checkpoint.open(Paths.join(path, try onlyFile(in: path)))]
  }

  private static func part(_ checkpoint: Checkpoint, library: FormatLibrary) throws -> Part {
    let infos = checkpoint.tensors.map(\.info)
    let recognition = try library.recognize(
      infos, metadata: checkpoint.metadata, fitsAdapters: false)
    let reading = AdapterReading(infos, metadata: checkpoint.metadata, library: library)
    guard recognition.kind == .adapter else {
      if recognition.kind == .unknown, recognition.title == nil {
        try refuseFragments(reading, of: checkpoint)
      }
      throw TransformError.refused(
        "this is not an adapter that can be fused, but \(recognition.words)",
        at: checkpoint.path, advice: recognition.adviceForNoAdapter)
    }
    return Part(
      checkpoint: checkpoint, reading: reading,
      configs: try AdapterConfigs(of: checkpoint))
  }

  /// Says what is missing in a file of which no module is complete, such as half of every pair.
  private static func refuseFragments(
    _ reading: AdapterReading, of checkpoint: Checkpoint
  ) throws {
    guard let fragment = reading.leftovers.first(where: \.isFragment) else { return }
    throw TransformError.refused(
      "no module of this adapter is complete: \(fragment.reason)",
      at: "\(checkpoint.path): \(checkpoint.tensors[fragment.index].info.name)",
      advice: "get the adapter again from its source")
  }

  /// The one file of a folder that has none of the usual names.
  private static func onlyFile(in folder: String) throws -> String {
    let files = Paths.names(in: folder).filter { $0.hasSuffix(".safetensors") }
    guard files.count == 1, let file = files.first else {
      throw TransformError.noInput(
        "this folder holds \(files.isEmpty ? "no" : "several") adapter files", at: folder,
        advice: "give the adapter's file itself")
    }
    return file
  }
}
