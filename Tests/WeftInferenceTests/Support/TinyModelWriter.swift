import Testing
import WeftFiles
import WeftFormats
import WeftTensors
import WeftTestSupport
import WeftTransform

/// The work of writing one small model.
struct TinyModelWriter {
  let model: TinyModel
  let folder: String

  /// Writes the weights, their configurations, and what makes them a pipeline of diffusers.
  func write() throws {
    var files = model.isPipeline ? try pipelineFiles() : [:]
    for part in model.parts {
      try writeWeights(part)
      guard part.hasConfiguration else { continue }
      let path = place(of: part).folder + "config.json"
      files[path] = Array(try configuration(of: part, over: files[path] ?? []).prettyText.utf8)
    }
    for (path, bytes) in files { try ScratchFolder.write(bytes, to: "\(folder)/\(path)") }
  }

  /// The files that weft writes beside the weights of a model of these sizes.
  private func pipelineFiles() throws -> [String: [UInt8]] {
    let library = try FormatLibrary.embedded()
    let tensors = try model.parts.flatMap { part in
      try part.source(model.architecture).shapes.compactMap { name, shape in
        TensorInfo(name: "\(part.component)/\(name)", dtype: .f32, shape: shape)
      }
    }
    let files = try library.folderFiles(
      try #require(library.architecture(model.architecture)),
      components: model.parts.map(\.component),
      dimensions: try library.recognize(tensors).dimensions, prediction: .epsilon)
    return Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.bytes) })
  }

  private func writeWeights(_ part: TinyPart) throws {
    let source = try part.source(model.architecture)
    if let key = part.digestKey {
      let wanted = try Golden(part.golden).checkpoint.metadata[key]
      try #require(try source.digest() == wanted, "\(model.name): \(part.component)")
    }
    let place = place(of: part)
    let path = "\(folder)/\(place.folder)\(place.file)"
    try ScratchFolder.makeFolder(of: path)
    var options = RunOptions(threads: 2)
    options.syncs = false
    try HashedFile.write(
      try source.shapes.sorted { $0.key < $1.key }.map { name, shape in
        try HashedFile.Tensor(part.stored(name), shape, .f32, tag: part.tag, seed: name)
      }, to: path, options: options)
  }

  /// What the golden was made with, over what weft says of models of these sizes.
  private func configuration(of part: TinyPart, over file: [UInt8]) throws -> JSONValue {
    let text = try Golden(part.golden).checkpoint.metadata[part.configurationKey] ?? "{}"
    let own = try JSONValue(parsing: Array(text.utf8)).members ?? []
    let known = file.isEmpty ? [] : try JSONValue(parsing: file).members ?? []
    let added = own + part.configuration
    let kept = known.filter { old in !added.contains { $0.key == old.key } }
    return .object(kept + added)
  }

  /// The sub-folder, with its slash, and the file of a part's weights.
  private func place(of part: TinyPart) -> (folder: String, file: String) {
    if let file = part.file {
      let start = file.lastIndex(of: "/").map { file.index(after: $0) } ?? file.startIndex
      return (String(file[..<start]), String(file[start...]))
    }
    let stem = part.component.hasPrefix("text_encoder") ? "model" : "diffusion_pytorch_model"
    return (model.isPipeline ? part.component + "/" : "", stem + ".safetensors")
  }
}
