import WeftFiles
import WeftTensors

/// A GGUF file whose every field can be made wrong.
struct GGUFForge {
  /// A tensor of a header, and the size of what follows as its data.
  struct Tensor {
    var name: [UInt8]
    var nameLength: UInt64?
    /// The dimensions, the innermost first.
    var dimensions: [UInt64] = [4]
    var rank: UInt32?
    var type: UInt32 = 0
    var offset: UInt64 = 0

    init(_ name: String, _ dimensions: [UInt64] = [4], type: UInt32 = 0, offset: UInt64 = 0) {
      self.name = Array(name.utf8)
      self.dimensions = dimensions
      self.type = type
      self.offset = offset
    }

    var bytes: [UInt8] {
      Field.u64(nameLength ?? UInt64(name.count)) + name
        + Field.u32(rank ?? UInt32(dimensions.count)) + dimensions.flatMap(Field.u64)
        + Field.u32(type) + Field.u64(offset)
    }
  }

  /// The fields that files are made of.
  enum Field {
    static func u32(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 0xFF) } }
    static func u64(_ value: UInt64) -> [UInt8] { littleEndian(value) }
    static func text(_ text: String) -> [UInt8] { Self.text(Array(text.utf8)) }
    static func text(_ bytes: [UInt8]) -> [UInt8] { u64(UInt64(bytes.count)) + bytes }

    static func pair(_ key: String, _ type: UInt32, _ value: [UInt8]) -> [UInt8] {
      text(key) + u32(type) + value
    }

    static func array(_ key: String, of type: UInt32, count: UInt64, _ bytes: [UInt8]) -> [UInt8] {
      pair(key, 9, u32(type) + u64(count) + bytes)
    }

    static func alignment(_ alignment: UInt32) -> [UInt8] {
      pair("general.alignment", 4, u32(alignment))
    }
  }

  var magic = Array("GGUF".utf8)
  var version = Field.u32(3)
  var tensorCount: UInt64?
  var keyCount: UInt64?
  var pairs: [[UInt8]] = []
  var tensors: [Tensor] = []
  var alignment = 32
  var data = [UInt8](repeating: 7, count: 32)

  /// The file up to its padding.
  var header: [UInt8] {
    magic + version + Field.u64(tensorCount ?? UInt64(tensors.count))
      + Field.u64(keyCount ?? UInt64(pairs.count)) + pairs.joined() + tensors.flatMap(\.bytes)
  }

  var bytes: [UInt8] {
    let header = header
    let padding = (alignment - header.count % alignment) % alignment
    return header + [UInt8](repeating: 0, count: padding) + (tensors.isEmpty ? [] : data)
  }

  /// A file with other fields.
  static func file(_ change: (inout GGUFForge) -> Void) -> [UInt8] {
    var forge = GGUFForge()
    change(&forge)
    return forge.bytes
  }

  /// A file of one tensor of 4 floats, which may be made wrong.
  static func tensor(_ change: (inout Tensor) -> Void) -> [UInt8] {
    var tensor = Tensor("w")
    change(&tensor)
    return file { $0.tensors = [tensor] }
  }

  /// A file of one key-value pair.
  static func pair(_ bytes: [UInt8]) -> [UInt8] { file { $0.pairs = [bytes] } }
}
