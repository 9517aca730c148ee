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
    guard Paths.isDirectory(request.path) else {
      return AdapterSource(
        request: request, parts: [try part(request.path, library: library)])
    }
    let parts = try names(in: request.path).map { name in
      try part(Paths.join(request.path, name), library: library)
    }
    return AdapterSource(request: request, parts: parts)
  }

  private static func part(_ path: String, library: FormatLibrary) throws -> Part {
    let checkpoint = try Checkpoint.open(path)
    let infos = checkpoint.tensors.map(\.info)
    let recognition = try library.recognize(
      infos, metadata: checkpoint.metadata, fitsAdapters: false)
    let reading = AdapterReading(infos, metadata: checkpoint.metadata, library: library)
    guard recognition.kind == .adapter else {
      if recognition.kind == .unknown { try refuseFragments(reading, of: checkpoint) }
      throw TransformError.refused(
        "this is not an adapter that can be fused, but \(recognition.words)",
        at: path, advice: "give a LoRA or ResAdapter after --adapter")
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

  /// The adapter files of a folder, by the names that diffusers and PEFT give them.
  private static func names(in folder: String) throws -> [String] {
    let known = AdapterFolder.fileNames(in: folder)
    if !known.isEmpty { return known }
    let names = Paths.names(in: folder)
    let files = names.filter { $0.hasSuffix(".safetensors") }
    guard files.count == 1 else {
      throw TransformError.noInput(
        "this folder holds \(files.isEmpty ? "no" : "several") adapter files", at: folder,
        advice: "give the adapter's file itself")
    }
    return files
  }
}
