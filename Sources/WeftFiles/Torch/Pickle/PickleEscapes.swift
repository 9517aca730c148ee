/// The escapes of text in the oldest pickles; a scanner that left them in would miss names.
///
/// Source: https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences
enum PickleEscapes {
  /// Adds text with the escapes of Python's byte strings, resolved; false when one is cut off.
  static func string(_ text: ArraySlice<UInt8>, _ result: inout [UInt8]) -> Bool {
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == 0x5C else {
        result.append(byte)
        continue
      }
      guard let kind = rest.popFirst() else { return false }
      switch kind {
      case 0x0A: break
      case UInt8(ascii: "x"):
        guard let value = number(&rest, digits: 2, radix: 16, isExact: true) else { return false }
        result.append(UInt8(truncatingIfNeeded: value))
      case 0x30...0x37:
        rest = text[(rest.startIndex - 1)...]
        let value = number(&rest, digits: 3, radix: 8, isExact: false) ?? 0
        result.append(UInt8(truncatingIfNeeded: value))
      default:
        if let plain = plain[kind] {
          result.append(plain)
        } else {
          result += [0x5C, kind]
        }
      }
    }
    return true
  }

  /// Adds text with `\uXXXX` and `\UXXXXXXXX` resolved; false when one is cut off.
  static func rawUnicode(_ text: ArraySlice<UInt8>, _ result: inout [UInt8]) -> Bool {
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == 0x5C, let kind = rest.first, kind == 0x75 || kind == 0x55 else {
        result.append(byte)
        continue
      }
      rest = rest.dropFirst()
      let digits = kind == 0x75 ? 4 : 8
      guard let value = number(&rest, digits: digits, radix: 16, isExact: true) else {
        return false
      }
      let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: value)) ?? "\u{FFFD}"
      result += Array(String(Character(scalar)).utf8)
    }
    return true
  }

  private static let plain: [UInt8: UInt8] = [
    0x5C: 0x5C, 0x27: 0x27, 0x22: 0x22, UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8,
    UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    UInt8(ascii: "v"): 11,
  ]

  /// Takes up to, or exactly, a number of digits.
  private static func number(
    _ rest: inout ArraySlice<UInt8>, digits: Int, radix: Int, isExact: Bool
  ) -> Int? {
    var value = 0
    var count = 0
    while count < digits, let byte = rest.first,
      let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < radix
    {
      value = value * radix + digit
      count += 1
      rest = rest.dropFirst()
    }
    return count > 0 && (!isExact || count == digits) ? value : nil
  }
}
