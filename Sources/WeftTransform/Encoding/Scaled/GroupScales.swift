import WeftFormats
import WeftKernels
import WeftTensors

/// The scales of a tensor's groups: as they are stored, and as they are used.
package struct GroupScales: Sendable {
  /// What the tensor of scales holds, before it is put in tiles.
  let stored: ByteSlice
  /// The scale of the whole tensor, where there is one besides.
  let whole: Float?
  /// What values are multiplied by or divided by before they are rounded.
  let writing: Scaling
  /// What elements are multiplied by to give values.
  let reading: ScaleGroups

  /// Makes scales of the largest magnitudes of groups.
  init(_ format: ScaledFormat, largest: ByteSlice, groupLength: Int, greatest: Float) {
    let count = largest.byteCount / 4
    let scales = ByteBuffer(byteCount: count * 4, isZeroed: false).all
    let codes = ByteBuffer(byteCount: count, isZeroed: false).all
    whole = format.rule == .twofold ? Self.wholeScale(largest, greatest: greatest) : nil
    switch format.rule {
    case .linear:
      ScaleRules.linear(largest, greatest: greatest, least: Float(format.least), into: scales)
    case .largest: scales.copy(from: largest)
    case .floor: ScaleRules.powers(.floor, largest, greatest: greatest, codes: codes, into: scales)
    case .ceiling:
      ScaleRules.powers(.ceiling, largest, greatest: greatest, codes: codes, into: scales)
    case .twofold:
      // Of a tensor of zeros the scale is zero, and nothing can be divided by it.
      let tensorScale = whole.map { $0 == 0 ? 1 : $0 } ?? 1
      ScaleRules.nvfp4(largest, tensorScale: tensorScale, codes: codes, into: scales)
    }
    stored = format.scaleDType == .f32 ? scales : codes
    writing = Self.writing(format, scales, length: groupLength)
    reading = ScaleGroups(
      Self.divided(scales, by: Float(format.divisor)), length: groupLength)
  }

  private static func writing(
    _ format: ScaledFormat, _ scales: ByteSlice, length: Int
  ) -> Scaling {
    guard case .timesInverse(let numerator) = format.writing else {
      return .over(ScaleGroups(scales, length: length))
    }
    let inverses = ByteBuffer(byteCount: scales.byteCount, isZeroed: false).all
    // Groups of zeros have the scale zero, of which the inverse would make NaN.
    ScaleRules.inverse(
      scales, numerator: Float(numerator), least: .leastNormalMagnitude, into: inverses)
    return .times(ScaleGroups(inverses, length: length))
  }

  private static func divided(_ scales: ByteSlice, by divisor: Float) -> ByteSlice {
    guard divisor != 1 else { return scales }
    let quotients = ByteBuffer(byteCount: scales.byteCount, isZeroed: false).all
    ScaleRules.linear(scales, greatest: divisor, into: quotients)
    return quotients
  }

  /// The scale of a whole tensor: its largest magnitude over that of the elements and of the groups' 8-bit scales.
  private static func wholeScale(_ largest: ByteSlice, greatest: Float) -> Float {
    let values = LargestMagnitudes(elementCount: largest.byteCount / 4, length: .max)
    values.add(largest, .f32, start: 0)
    return (values.values.float32Values.first ?? 0) / (greatest * 448)
  }
}

extension Scaling {
  /// The same for a slice that starts elsewhere.
  func starting(at first: Int) -> Scaling {
    switch self {
    case .none: .none
    case .times(let groups): .times(groups.starting(at: first))
    case .over(let groups): .over(groups.starting(at: first))
    }
  }
}
