import WeftFiles
import WeftInference
import WeftTensors
import WeftTransform

/// The files that prompts call by name: adapters and textual inversions.
struct PromptFiles {
  /// The prompt without the adapters' tags.
  let prompt: String
  /// The adapters of the tags.
  let adapters: [AdapterRequest]
  /// The textual inversions, those that are given and those that are named.
  let embeddings: [PromptEmbedding]
  /// The files of the textual inversions.
  let embeddingPaths: [String]
  /// What is written and not used.
  let notes: [String]

  /// Finds the files.
  ///
  /// - Throws: for names that are not there, and for tags without a folder to look in.
  init(_ options: PromptOptions, _ settings: PictureSettings, style: PromptStyle) throws {
    let written = settings.prompt ?? ""
    if style == .a1111 {
      let tagged = try TaggedPrompt(written)
      (prompt, notes) = (tagged.text, tagged.notes)
      adapters = try Self.adapters(tagged.adapters, in: options.adapterDir)
    } else {
      (prompt, adapters, notes) = (written, [], [])
    }
    let named = try Self.named(
      in: options.embeddingDir, by: written + " " + (settings.negative ?? ""))
    embeddingPaths = options.embedding + named
    embeddings = try embeddingPaths.flatMap {
      try PromptEmbedding.open($0, style: style)
    }
  }

  private static func adapters(
    _ tags: [AdapterTag], in folder: String?
  ) throws -> [AdapterRequest] {
    guard let first = tags.first else { return [] }
    guard let folder else {
      throw InferenceError(
        status: .usage, what: "the prompt asks for the adapter '\(first.name)'", place: "--prompt",
        advice: "say where adapters are with --adapter-dir FOLDER, or give it with --adapter PATH")
    }
    let directory = try AdapterDirectory(folder)
    return try tags.map { tag in
      var request = AdapterRequest(path: try directory.path(of: tag))
      request.unetScale = tag.unetScale
      request.textEncoderScale = tag.textEncoderScale
      return request
    }
  }

  private static let extensions = [".safetensors", ".pt", ".bin"]

  /// The textual inversions of a folder whose names stand in a text, in whatever case.
  private static func named(in folder: String?, by text: String) throws -> [String] {
    guard let folder else { return [] }
    guard Paths.isDirectory(folder) else {
      throw InferenceError(
        status: .noInput, what: "this is not a folder", place: folder,
        advice: "give --embedding-dir the folder of the textual inversions")
    }
    let text = text.lowercased()
    return Paths.names(in: folder).sorted().compactMap { name in
      guard let ending = extensions.first(where: name.hasSuffix) else { return nil }
      let word = name.dropLast(ending.count).lowercased()
      return !word.isEmpty && text.contains(word) ? Paths.join(folder, name) : nil
    }
  }
}
