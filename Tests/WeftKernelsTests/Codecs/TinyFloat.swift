import WeftTensors

/// A float of at most 8 bits, from its definition: the list of its values, and rounding by search in
/// it.
struct TinyFloat: Sendable {
  let fractionWidth: Int
  let exponentWidth: Int
  let bias: Int
  /// The codes of the upper end that are no numbers, and the rule of infinity and NaN.
  let ending: Ending

  /// What the largest codes stand for.
  enum Ending {
    /// Infinity, and NaN above it.
    case infinity
    /// NaN, in the last code alone.
    case lastIsNaN
    /// Numbers; the code of minus zero is NaN.
    case minusZeroIsNaN
    /// Numbers.
    case numbers
  }

  static let all: [DType: TinyFloat] = [
    .f8e4m3: TinyFloat(fractionWidth: 3, exponentWidth: 4, bias: 7, ending: .lastIsNaN),
    .f8e5m2: TinyFloat(fractionWidth: 2, exponentWidth: 5, bias: 15, ending: .infinity),
    .f8e4m3fnuz: TinyFloat(fractionWidth: 3, exponentWidth: 4, bias: 8, ending: .minusZeroIsNaN),
    .f8e5m2fnuz: TinyFloat(fractionWidth: 2, exponentWidth: 5, bias: 16, ending: .minusZeroIsNaN),
  ]
  static let e2m1 = TinyFloat(fractionWidth: 1, exponentWidth: 2, bias: 1, ending: .numbers)

  /// The code of the sign.
  var sign: Int { 1 << (fractionWidth + exponentWidth) }

  /// The code of the greatest number.
  var greatest: Int {
    switch ending {
    case .infinity: sign - (1 << fractionWidth) - 1
    case .lastIsNaN: sign - 2
    case .minusZeroIsNaN, .numbers: sign - 1
    }
  }

  /// The value of a code without sign, as if all codes, and one more, were numbers.
  func number(_ code: Int) -> Double {
    let fraction = code & ((1 << fractionWidth) - 1)
    let exponent = code >> fractionWidth
    let significand = exponent == 0 ? fraction : fraction + (1 << fractionWidth)
    let power = max(exponent, 1) - bias - fractionWidth
    return Double(sign: .plus, exponent: power, significand: Double(significand))
  }

  func value(_ code: Int) -> Double {
    let magnitude = code & (sign - 1)
    if ending == .minusZeroIsNaN && code == sign { return .nan }
    let isInfinite = ending == .infinity && magnitude == greatest + 1
    let size = magnitude <= greatest ? number(magnitude) : isInfinite ? .infinity : .nan
    return code & sign == 0 ? size : -size
  }

  /// The nearest code, ties to the even one; beyond the last one, what the format has there.
  func round(_ value: Double, saturates: Bool = false) -> Int {
    let negative = value.sign == .minus ? sign : 0
    let last = greatest + (saturates ? 0 : 1)
    let beyond = saturates ? greatest : ending == .minusZeroIsNaN ? sign : last
    if value.isNaN { return ending == .minusZeroIsNaN ? sign : negative | (sign - 1) }
    let size = value.magnitude
    var (low, high) = (0, greatest + 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if number(middle) <= size { low = middle } else { high = middle }
    }
    let mean = (number(low) + number(high)) / 2
    let nearest = size > mean || (size == mean && low & 1 == 1) ? high : low
    let code = nearest > greatest || size.isInfinite ? beyond : nearest
    let hasSign = ending != .minusZeroIsNaN || (code != 0 && code != sign)
    return hasSign ? code | negative : code
  }
}
