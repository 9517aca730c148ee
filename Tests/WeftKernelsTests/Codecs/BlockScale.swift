import Testing
import WeftTensors

/// A scale of a type's blocks, and where its bits are.
struct BlockScale: Sendable, CustomTestStringConvertible {
  /// How a scale is stored.
  enum Form: Sendable { case half, float, e8m0, ue4m3 }

  let dtype: DType
  let form: Form
  /// The places of its parts, from the lowest bits; bytes, or the upper nibbles of them where there are two per byte.
  let places: [Int]

  var testDescription: String { "\(dtype.rawValue) at \(places)" }

  private static func halves(_ dtype: DType, at offsets: Int...) -> [BlockScale] {
    offsets.map { BlockScale(dtype: dtype, form: .half, places: [$0, $0 + 1]) }
  }

  /// The scales of all types; the offsets are those of ggml's structures.
  /// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-common.h
  static let all: [BlockScale] = [
    halves(.q10, at: 0), halves(.q20, at: 0), halves(.q40, at: 0), halves(.q41, at: 0, 2),
    halves(.q50, at: 0), halves(.q51, at: 0, 2), halves(.q80, at: 0), halves(.q81, at: 0),
    halves(.q2k, at: 80, 82), halves(.q3k, at: 108), halves(.q4k, at: 0, 2),
    halves(.q5k, at: 0, 2), halves(.q6k, at: 208),
    [BlockScale(dtype: .q8k, form: .float, places: [0, 1, 2, 3])],
    halves(.tq10, at: 52), halves(.tq20, at: 64), halves(.iq4nl, at: 0), halves(.iq4xs, at: 0),
    [BlockScale(dtype: .mxfp4, form: .e8m0, places: [0])],
    (0..<4).map { BlockScale(dtype: .nvfp4, form: .ue4m3, places: [$0]) },
    halves(.iq1s, at: 0), [BlockScale(dtype: .iq1m, form: .half, places: [49, 51, 53, 55])],
    halves(.iq2xxs, at: 0), halves(.iq2xs, at: 0), halves(.iq2s, at: 0), halves(.iq3xxs, at: 0),
    halves(.iq3s, at: 0),
  ].flatMap { $0 }

  /// Bits of infinities and NaN.
  var broken: [UInt32] {
    switch form {
    case .half: [0x7C00, 0xFC00, 0x7C01, 0x7E00, 0xFFFF]
    case .float: [0x7F80_0000, 0xFF80_0000, 0x7F80_0001, 0xFFC0_0000]
    case .e8m0: [0xFF]
    case .ue4m3: [0x7F]
    }
  }

  /// Bits of the least and the greatest values.
  var finite: [UInt32] {
    switch form {
    case .half: [0, 1, 0x8000, 0x7BFF, 0xFBFF]
    case .float: [0, 1, 0x8000_0000, 0x7F7F_FFFF, 0xFF7F_FFFF]
    case .e8m0: [0, 1, 0xFE]
    case .ue4m3: [0, 1, 0x7E]
    }
  }

  /// A block with other bits in place of the scale's.
  func replaced(in block: [UInt8], by bits: UInt32) -> [UInt8] {
    var block = block
    let isInNibbles = form == .half && places.count == 4
    for (part, place) in places.enumerated() {
      if isInNibbles {
        block[place] = block[place] & 0x0F | UInt8(bits >> (4 * part) & 0x0F) << 4
      } else {
        block[place] = UInt8(bits >> (8 * part) & 0xFF)
      }
    }
    return block
  }

  /// A block of one byte again and again, except for the scales, which are the greatest ones.
  static func finiteBlock(_ dtype: DType, background: UInt8) -> [UInt8] {
    let block = [UInt8](repeating: background, count: dtype.blockByteCount)
    return all.filter { $0.dtype == dtype }.reduce(block) { block, scale in
      scale.replaced(in: block, by: scale.finite.last ?? 0)
    }
  }
}
