import WeftFormats
import WeftKernels
import WeftTensors

/// Reads and writes the elements of a scaled format.
enum ScaledElements: Sendable {
  case bytes(ByteCodec)
  case nibbles(NibbleCodec)
  /// The type is none that is known; formats are checked when they are read.
  case none

  init(_ element: ScaledFormat.Element, book: [Float]? = nil) {
    switch element {
    case .byte(let dtype): self = ByteCodec(dtype).map(Self.bytes) ?? .none
    case .nibble(let name, let highFirst):
      let types: [String: NibbleType] = ["E2M1": .e2m1, "NF4": .nf4, "FP4": .bnbFP4]
      self =
        types[name].map {
          .nibbles(NibbleCodec($0, order: highFirst ? .highFirst : .lowFirst, book: book))
        } ?? .none
    }
  }

  /// What elements are stored in.
  var unit: StorageUnit {
    if case .nibbles = self { return StorageUnit(elementCount: 2, byteCount: 1) }
    return StorageUnit(elementCount: 1, byteCount: 1)
  }

  /// The greatest value of an element.
  var greatest: Float {
    switch self {
    case .bytes(let codec): codec.greatest
    case .nibbles(let codec): codec.type.book.max() ?? 1
    case .none: 1
    }
  }

  func encode(
    _ values: ByteSlice, _ scaling: Scaling, into target: ByteSlice, tally: inout Tally
  ) {
    switch self {
    case .bytes(let codec):
      codec.encode(values, scaling, saturates: true, into: target, tally: &tally)
    case .nibbles(let codec): codec.encode(values, scaling, into: target, tally: &tally)
    case .none: break
    }
  }

  func decode(_ stored: ByteSlice, _ scales: ScaleGroups, into values: ByteSlice) {
    switch self {
    case .bytes(let codec): codec.decode(stored, scales: scales, into: values)
    case .nibbles(let codec): codec.decode(stored, scales: scales, into: values)
    case .none: break
    }
  }
}
