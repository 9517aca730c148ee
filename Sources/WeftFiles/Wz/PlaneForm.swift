import CPlanes
package import WeftTensors

/// How a chunk is taken apart into planes.
package struct PlaneForm: Sendable, Hashable {
  /// The size of an element, in bytes: 1, 2, 4 or 8.
  package let width: Int
  /// Whether elements are rotated left by one bit before they are taken apart.
  package let rotates: Bool

  /// The widest elements.
  static let maximumWidth = Int(WEFT_PLANES_MAXIMUM_WIDTH)
  /// Bytes that stay together.
  package static let bytes = PlaneForm(width: 1, rotates: false)
  /// Every form that there is.
  package static let all =
    [bytes]
    + [2, 4, 8].flatMap { [Self(width: $0, rotates: false), Self(width: $0, rotates: true)] }

  private init(width: Int, rotates: Bool) {
    self.width = width
    self.rotates = rotates
  }

  /// The form that suits the elements of a type: floats of whole bytes have their sign moved away from the exponent.
  package init(_ dtype: DType) {
    switch dtype {
    case .f16, .bf16: self.init(width: 2, rotates: true)
    case .f32, .c64: self.init(width: 4, rotates: true)
    case .f64: self.init(width: 8, rotates: true)
    default:
      let width = dtype.isBlocks ? 1 : dtype.byteWidth ?? 1
      self.init(width: [2, 4, 8].contains(width) ? width : 1, rotates: false)
    }
  }

  private static let rotated: UInt8 = 0x10

  /// The form of a chunk's first byte; nil for bytes that no form has.
  init?(code: UInt8) {
    self.init(width: 1 << Int(code & 0x03), rotates: code & Self.rotated != 0)
    guard code & ~(Self.rotated | 0x03) == 0, Self.all.contains(self) else { return nil }
  }

  /// The first byte of a chunk.
  var code: UInt8 { UInt8(width.trailingZeroBitCount) | (rotates ? Self.rotated : 0) }
}
