/// A 16-bit float format, decoded and rounded by search instead of by bit tricks.
struct SmallFormat {
  let fractionWidth: Int
  let exponentWidth: Int

  static let half = SmallFormat(fractionWidth: 10, exponentWidth: 5)
  static let brain = SmallFormat(fractionWidth: 7, exponentWidth: 8)

  /// The bits of infinity.
  var infinity: UInt16 { UInt16((1 << exponentWidth) - 1) << UInt16(fractionWidth) }

  /// The value of a bit pattern, from the definition of the format.
  func value(_ bits: UInt16) -> Double {
    let magnitude = Int(bits & 0x7FFF)
    let sign = bits & 0x8000 == 0 ? 1.0 : -1.0
    let fraction = magnitude & ((1 << fractionWidth) - 1)
    let exponent = magnitude >> fractionWidth
    if exponent == (1 << exponentWidth) - 1 { return fraction == 0 ? sign * .infinity : .nan }
    let bias = (1 << (exponentWidth - 1)) - 1
    let significand = exponent == 0 ? fraction : fraction + (1 << fractionWidth)
    let power = max(exponent, 1) - bias - fractionWidth
    return sign * Double(sign: .plus, exponent: power, significand: Double(significand))
  }

  /// The nearest pattern, ties to the even one; one beyond the greatest counts as infinity.
  func round(_ value: Double) -> UInt16 {
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    let size = value.magnitude
    var low: UInt16 = 0
    var high = infinity
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if self.value(middle) <= size { low = middle } else { high = middle }
    }
    // Two neighbours' mean has one bit more than they have, so it is exact in float64.
    let next = high == infinity ? self.value(low) * 2 - self.value(low - 1) : self.value(high)
    let mean = (self.value(low) + next) / 2
    let goesUp = size > mean || (size == mean && low & 1 == 1)
    return sign | (goesUp ? high : low)
  }
}
