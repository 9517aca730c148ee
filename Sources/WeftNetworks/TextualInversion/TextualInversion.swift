package import WeftFiles
package import WeftKernels
import WeftTensors

/// Vectors that were learned for a word, which a text encoder takes as further tokens.
///
/// Sources: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/textual_inversion/textual_inversion.py
/// and https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/loaders/textual_inversion.py
package struct TextualInversion: Sendable {
  /// The word, when the file tells it.
  package let word: String?
  /// The vectors, `[n, width]`, one tensor for each encoder that they are for.
  private let tables: [Tensor]
  private let path: String

  /// Reads a file with a tensor by its word, `emb_params`, `string_to_param`, or `clip_l` and `clip_g`.
  package init(_ file: Checkpoint) throws {
    let found = try Self.vectors(of: file)
    try self.init(word: found.word, found.tensors, path: file.path)
  }

  private init(word: String?, _ tensors: [Checkpoint.Tensor], path: String) throws {
    (self.word, self.path) = (word, path)
    tables = try tensors.map { try Self.rows($0, at: path) }
    guard let count = tables.first?[0], tables.allSatisfy({ $0[0] == count }) else {
      throw Self.refusal("the encoders get \(tables.map { $0[0] }) vectors", at: path)
    }
  }

  /// The embeddings that come along in an adapter's file, as `bundle_emb.WORD.TENSOR`, in the order of their words.
  package static func bundled(in file: Checkpoint) throws -> [TextualInversion] {
    var found: [String: [Checkpoint.Tensor]] = [:]
    for tensor in file.tensors where tensor.info.name.hasPrefix(bundlePrefix) {
      let rest = tensor.info.name.dropFirst(bundlePrefix.count)
      let end = tensorNames.first { rest.hasSuffix("." + $0) }
      guard let end, rest.count > end.count + 1 else {
        throw refusal("'\(tensor.info.name)' is of no known form", at: file.path)
      }
      found[String(rest.dropLast(end.count + 1)), default: []].append(tensor)
    }
    return try found.sorted { $0.key < $1.key }.map {
      try TextualInversion(word: $0.key, $0.value, path: file.path)
    }
  }

  /// The number of vectors, for every encoder the same.
  package var count: Int { tables.first?[0] ?? 0 }

  /// The vectors for an encoder whose tokens have so many features: `[n, width]`.
  package func vectors(width: Int) throws -> Tensor {
    if let table = tables.first(where: { $0[1] == width }) { return table }
    throw NetworkError(
      status: .badData,
      what:
        "the vectors have \(tables.map { "\($0[1])" }.joined(separator: " and ")) features, but a "
        + "token of the encoder has \(width)",
      place: path, advice: "use an embedding of the model's architecture")
  }
}

extension TextualInversion {
  private static let bundlePrefix = "bundle_emb."
  private static let tensorNames = ["clip_l", "clip_g", "emb_params", "string_to_param.*"]

  private static func vectors(
    of file: Checkpoint
  ) throws -> (word: String?, tensors: [Checkpoint.Tensor]) {
    let known: [(Checkpoint.Tensor) -> Bool] = [
      { ["clip_l", "clip_g"].contains($0.info.name) },
      { $0.info.name == "emb_params" },
      { $0.info.name.hasPrefix("string_to_param") },
    ]
    for isVector in known {
      let found = file.tensors.filter(isVector)
      if !found.isEmpty { return (nil, found) }
    }
    guard let only = file.tensors.first, file.tensors.count == 1 else {
      throw refusal("the file has \(file.tensors.count) tensors and none is known", at: file.path)
    }
    return (only.info.name, [only])
  }

  /// A vector or several as a matrix of float32.
  private static func rows(_ stored: Checkpoint.Tensor, at path: String) throws -> Tensor {
    let info = stored.info
    guard info.dtype.kind == .float, (1...2).contains(info.shape.rank), info.elementCount > 0 else {
      throw refusal("'\(info.name)' is \(info.dtype) \(info.shape), which are no vectors", at: path)
    }
    let bytes = ByteBuffer(byteCount: info.byteCount, isZeroed: false)
    try stored.read(at: 0, into: bytes.all)
    let values = ByteBuffer(
      byteCount: info.elementCount * Tensor.elementByteCount, isZeroed: false)
    var tally = Tally()
    Kernels.best.convert(bytes.all, info.dtype, into: values.all, .f32, tally: &tally)
    let width = info.shape.dimensions[info.shape.rank - 1]
    return Tensor(shape: [info.elementCount / width, width], buffer: values)  // [n, width]
  }

  private static func refusal(_ what: String, at path: String) -> NetworkError {
    NetworkError(
      status: .badData, what: what, place: path,
      advice: "give a textual inversion embedding (see weft inspect --tensors)")
  }
}
