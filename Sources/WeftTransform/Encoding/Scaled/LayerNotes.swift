import WeftFiles
import WeftFormats
import WeftTensors

/// What a model says of how its layers are stored, in tensors of text or in its metadata.
///
/// Source: https://github.com/comfyanonymous/ComfyUI/blob/003124c1/comfy/ops.py
struct LayerNotes {
  /// What is said of a layer.
  struct Note {
    /// The name of the format.
    let format: String
    /// The elements of the groups that are rotated; nil when none are.
    let rotation: Int?
  }

  static let metadataKey = "_quantization_metadata"
  static let textTemplate = "{stem}.comfy_quant"
  /// The end of the name of an empty tensor that tells models with scales.
  static let markerSuffix = "scaled_fp8"
  private static let largestByteCount = 64 << 10

  private let checkpoint: Checkpoint
  private let fromMetadata: [String: JSONValue]
  /// Whether the model is marked as one with scales.
  let hasMarker: Bool

  init(_ checkpoint: Checkpoint) throws {
    self.checkpoint = checkpoint
    hasMarker = checkpoint.tensors.contains {
      Self.isMarker($0.info)
    }
    let text = checkpoint.metadata[Self.metadataKey]
    let layers = try text.map {
      try Self.parse(Array($0.utf8), of: Self.metadataKey, checkpoint.path)
    }
    let members = layers?["layers"]?.members ?? []
    fromMetadata = Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
  }

  static func isMarker(_ info: TensorInfo) -> Bool {
    info.name.hasSuffix(markerSuffix) && info.elementCount <= 2
  }

  private static func parse(
    _ bytes: [UInt8], of name: String, _ path: String
  ) throws -> JSONValue {
    do throws(JSONError) {
      return try JSONValue(parsing: bytes)
    } catch {
      throw TransformError.badData(
        "\(name) is not JSON: \(error.what)", at: path, advice: "use a sound model")
    }
  }

  /// What is said of the layer of a weight; nil for nothing, and an error for what cannot be understood.
  func note(of weight: String) throws -> Note? {
    let name = ScaledFormat.name(Self.textTemplate, of: weight)
    let layer = ScaledFormat.name("{stem}", of: weight)
    var value = fromMetadata[layer]
    if let tensor = checkpoint[name], tensor.info.byteCount <= Self.largestByteCount {
      value = try Self.parse(try tensor.bytes(), of: name, checkpoint.path)
    }
    guard let value else { return nil }
    guard let format = value["format"]?.text else {
      throw TransformError.badData(
        "\(name) names no format", at: checkpoint.path, advice: "use a sound model")
    }
    let isRotated = value["convrot"]?.bool ?? false
    return Note(
      format: format, rotation: isRotated ? value["convrot_groupsize"]?.integer ?? 256 : nil)
  }
}
