import WeftFiles
import WeftFormats
import WeftTensors

/// The key-value pairs of a GGUF file: the parent's, what its readers ask for, and the recipe.
struct GGUFHeaderPlan {
  let policy: QuantPolicy
  let base: BaseModel
  let output: OutputPlanner.Result
  /// The shapes in which the tensors are stored.
  let storedShapes: [Shape]
  /// The pairs of containers that only have texts.
  let texts: [String: String]
  let library: FormatLibrary

  /// The version of the block formats.
  /// Source: https://github.com/ggml-org/ggml/blob/d99724f2/include/ggml.h (GGML_QNT_VERSION)
  private static let quantizationVersion: UInt32 = 2

  var metadata: GGUFMetadata {
    var metadata = base.checkpoint.ggufMetadata?.ofModel ?? GGUFMetadata()
    if let name = base.recognition.architecture.map(architectureName) {
      metadata.set(GGUFMetadata.architectureKey, .string(name))
    }
    if output.tensors.contains(where: \.info.dtype.isBlocks) {
      metadata.set(GGUFMetadata.quantizationVersionKey, .uint32(Self.quantizationVersion))
    }
    if let fileType { metadata.set(GGUFMetadata.fileTypeKey, .uint32(fileType)) }
    for (key, value) in texts.sorted(by: { $0.key < $1.key })
    where key != "format" && metadata[key]?.string == nil && !key.hasPrefix("general.") {
      metadata.set(key, .string(value))
    }
    if let recipe = texts[OutputMetadata.recipeKey] {
      metadata.set(OutputMetadata.recipeKey, .string(recipe))
    }
    addShapes(to: &metadata)
    return metadata
  }

  private func architectureName(_ architecture: Architecture) -> String {
    policy.architectureNames[architecture.id] ?? architecture.id
  }

  /// The number of the type that most bytes of the output are in.
  private var fileType: UInt32? {
    var sizes: [DType: Int] = [:]
    for tensor in output.tensors { sizes[tensor.info.dtype, default: 0] += tensor.info.byteCount }
    let most = sizes.max { ($0.value, $1.key.rank) < ($1.value, $0.key.rank) }?.key
    return library.quantTypes.first { $0.dtype == most }?.fileType.flatMap { UInt32(exactly: $0) }
  }

  private func addShapes(to metadata: inout GGUFMetadata) {
    for (tensor, stored) in zip(output.tensors, storedShapes)
    where stored != tensor.info.shape {
      metadata.setOriginalShape(tensor.info.shape, of: tensor.info.name)
    }
  }
}
