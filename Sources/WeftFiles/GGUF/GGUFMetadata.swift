package import WeftTensors

/// The key-value pairs of a GGUF file, in order and with their types.
package struct GGUFMetadata: Sendable, Equatable {
  /// A key and its value.
  package struct Entry: Sendable, Equatable {
    /// The key, dotted words in lower case.
    package let key: String
    /// The value.
    package let value: GGUFValue
  }

  /// The pairs in the order of the file.
  package private(set) var entries: [Entry] = []
  private var indices: [String: Int] = [:]

  /// Makes metadata without any pair.
  package init() {}

  /// The value of a key.
  package subscript(key: String) -> GGUFValue? { indices[key].map { entries[$0].value } }

  /// Adds a pair at the end, or puts another value in the place of the one that the key has.
  package mutating func set(_ key: String, _ value: GGUFValue) {
    let entry = Entry(key: key, value: value)
    if let index = indices[key] {
      entries[index] = entry
    } else {
      indices[key] = entries.count
      entries.append(entry)
    }
  }

  /// Takes a key away; one that is not there is no failure.
  package mutating func remove(_ key: String) {
    guard indices[key] != nil else { return }
    self = filter { $0 != key }
  }

  /// The pairs whose keys are wanted.
  package func filter(_ isWanted: (String) -> Bool) -> GGUFMetadata {
    var result = GGUFMetadata()
    for entry in entries where isWanted(entry.key) { result.set(entry.key, entry.value) }
    return result
  }
}

// The keys that have a meaning here.
extension GGUFMetadata {
  /// The key of what the model is, which ComfyUI-GGUF and llama.cpp ask for.
  package static let architectureKey = "general.architecture"
  /// The key of what the file is, such as an importance matrix.
  package static let typeKey = "general.type"
  /// The key of the number that every tensor's offset is a multiple of.
  package static let alignmentKey = "general.alignment"
  /// The key of the type that most tensors have, a number of llama.cpp's `llama_ftype`.
  package static let fileTypeKey = "general.file_type"
  /// The key of the version of the block formats, which files with quantised tensors must have.
  package static let quantizationVersionKey = "general.quantization_version"
  /// What the keys start with that hold the shapes of tensors before ComfyUI-GGUF reshaped them.
  ///
  /// Source: https://github.com/city96/ComfyUI-GGUF/blob/795e4515/loader.py (`get_orig_shape`)
  package static let originalShapePrefix = "comfy.gguf.orig_shape."

  /// The tensor whose original shape a key has; nil for other keys.
  static func originalShapeTensor(_ key: String) -> String? {
    // By bytes: a name may start with what joins the character before it.
    guard key.utf8.starts(with: originalShapePrefix.utf8) else { return nil }
    return String(key.utf8.dropFirst(originalShapePrefix.utf8.count))
  }

  /// Adds the shape that a tensor has beneath the one that is stored; nothing when it does not fit.
  package mutating func setOriginalShape(_ shape: Shape, of tensor: String) {
    let dimensions = shape.dimensions.compactMap { Int32(exactly: $0) }
    guard dimensions.count == shape.rank else { return }
    set(Self.originalShapePrefix + tensor, .array(dimensions))
  }

  /// The pairs that are about the model: without those that describe how this one file keeps it.
  package var ofModel: GGUFMetadata {
    let ofFile: Set = [Self.alignmentKey, Self.fileTypeKey, Self.quantizationVersionKey]
    return filter {
      !ofFile.contains($0) && Self.originalShapeTensor($0) == nil && !$0.hasPrefix("split.")
    }
  }

  /// The most bytes of arrays that are shown as text, of all together.
  private static let maximumShownByteCount = 1 << 20

  /// The pairs as text, and the arrays that are too long for that; shapes of tensors are in neither.
  func shown() -> (texts: [String: String], arrays: [Entry]) {
    var texts: [String: String] = [:]
    var arrays: [Entry] = []
    var left = Self.maximumShownByteCount
    for entry in entries where Self.originalShapeTensor(entry.key) == nil {
      if entry.value.type == .array { left -= entry.value.payload.count }
      if let text = left >= 0 || entry.value.type != .array ? entry.value.text : nil {
        texts[entry.key] = text
      } else {
        arrays.append(entry)
      }
    }
    return (texts, arrays)
  }
}
