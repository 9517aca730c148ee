extension JSONScanner {
  /// Takes a string, with its escapes resolved.
  package mutating func string() throws(JSONError) -> String {
    try expect(0x22)
    let start = offset
    var position = start
    while position < bytes.count {
      switch bytes[position] {
      case 0x22:
        let text = try text(start..<position)
        advance(to: position + 1)
        return text
      case 0x5C:
        return try escapedString(from: start, firstEscape: position)
      case 0..<0x20:
        throw failure("a string holds a raw control character", at: position)
      default:
        position += 1
      }
    }
    throw failure("a string has no end", at: start - 1)
  }

  /// Takes a non-negative integer that fits an `Int`.
  package mutating func unsignedInteger() throws(JSONError) -> Int {
    let range = try numberRange()
    var value = 0
    for position in range {
      let digit = Int(bytes[position]) - 0x30
      let (tens, tensOverflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = tens.addingReportingOverflow(digit)
      guard (0...9).contains(digit), !tensOverflow, !overflow else {
        throw failure(
          "\(try text(range)) is not an unsigned integer below 2^63", at: range.lowerBound)
      }
      value = sum
    }
    return value
  }

  /// Takes a number and gives its text, which follows JSON's grammar.
  package mutating func numberText() throws(JSONError) -> String {
    try text(numberRange())
  }

  /// Takes a number and gives its place.
  private mutating func numberRange() throws(JSONError) -> Range<Int> {
    _ = peek()
    let start = offset
    var position = start
    if byte(position) == 0x2D { position += 1 }
    switch byte(position) {
    case 0x30: position += 1
    case .some(0x31...0x39): position = endOfDigits(position)
    default:
      advance(to: position)
      throw unexpected("a number")
    }
    if byte(position) == 0x2E { position = try fraction(position + 1) }
    if byte(position) == 0x65 || byte(position) == 0x45 {
      position += 1
      if byte(position) == 0x2B || byte(position) == 0x2D { position += 1 }
      position = try fraction(position)
    }
    advance(to: position)
    return start..<position
  }

  /// Takes a literal such as `true`.
  package mutating func literal(_ word: StaticString) throws(JSONError) {
    _ = peek()
    let end = offset + word.utf8CodeUnitCount
    // In bounds: the system's own constant, compared by whole sequences.
    let matches = word.withUTF8Buffer { wanted in
      end <= bytes.count && bytes[offset..<end].elementsEqual(wanted)
    }
    guard matches else {
      throw unexpected("'\(word)'")
    }
    advance(to: end)
  }

  /// Takes a value of any kind and forgets it, following nested ones without recursion.
  ///
  /// A value of many parts that is longer than `limit` bytes is refused.
  package mutating func skipValue(limit: Int = .max) throws(JSONError) {
    let start = offset
    var closers: [UInt8] = []
    repeat {
      guard offset - start <= limit else {
        throw failure("a value is longer than \(limit) bytes", at: start)
      }
      if try skipOpening(&closers) { continue }
      try skipClosings(&closers)
    } while !closers.isEmpty
  }

  /// Takes a scalar and gives false, or takes an opening bracket of a non-empty container and gives true.
  private mutating func skipOpening(_ closers: inout [UInt8]) throws(JSONError) -> Bool {
    let start = peek()
    switch start {
    case 0x7B, 0x5B:
      guard closers.count < Self.maximumDepth else {
        throw failure("values are nested deeper than \(Self.maximumDepth)")
      }
      advance(to: offset + 1)
      let closer: UInt8 = start == 0x7B ? 0x7D : 0x5D
      if take(closer) { return false }
      closers.append(closer)
      if closer == 0x7D { try skipKey() }
      return true
    case 0x22: _ = try string()
    case 0x74: try literal("true")
    case 0x66: try literal("false")
    case 0x6E: try literal("null")
    default: _ = try numberRange()
    }
    return false
  }

  /// After a value: takes closing brackets, then the separator before the next value.
  private mutating func skipClosings(_ closers: inout [UInt8]) throws(JSONError) {
    while let closer = closers.last {
      if take(closer) {
        closers.removeLast()
        continue
      }
      try expect(0x2C)
      if closer == 0x7D { try skipKey() }
      return
    }
  }

  private mutating func skipKey() throws(JSONError) {
    _ = try string()
    try expect(0x3A)
  }

  private func byte(_ position: Int) -> UInt8? {
    position < bytes.count ? bytes[position] : nil
  }

  private func endOfDigits(_ start: Int) -> Int {
    var position = start
    while let digit = byte(position), digit >= 0x30, digit <= 0x39 { position += 1 }
    return position
  }

  private mutating func fraction(_ start: Int) throws(JSONError) -> Int {
    let end = endOfDigits(start)
    guard end > start else {
      advance(to: start)
      throw unexpected("a digit")
    }
    return end
  }

  private func text(_ range: Range<Int>) throws(JSONError) -> String {
    try text(of: bytes[range], at: range.lowerBound)
  }

  private func text(of utf8: ArraySlice<UInt8>, at position: Int) throws(JSONError) -> String {
    // Most strings are ASCII, which needs no other check and is taken as a whole.
    if utf8.allSatisfy({ $0 < 0x80 }) { return String(decoding: utf8, as: UTF8.self) }
    guard let text = String(validating: utf8, as: UTF8.self) else {
      throw failure("a string is not UTF-8", at: position)
    }
    return text
  }
}

extension JSONScanner {
  /// Finishes a string that holds escapes.
  private mutating func escapedString(
    from start: Int, firstEscape: Int
  ) throws(JSONError) -> String {
    var result = Array(bytes[start..<firstEscape])
    var position = firstEscape
    while position < bytes.count {
      switch bytes[position] {
      case 0x22:
        advance(to: position + 1)
        return try text(of: result[...], at: start)
      case 0x5C:
        advance(to: position + 1)
        result.append(contentsOf: UTF8.encode(try escape()) ?? UTF8.EncodedScalar())
        position = offset
      case 0..<0x20:
        throw failure("a string holds a raw control character", at: position)
      default:
        result.append(bytes[position])
        position += 1
      }
    }
    throw failure("a string has no end", at: start - 1)
  }

  /// Takes what follows a backslash.
  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let kind = byte(offset) else { throw failure("a string has no end") }
    advance(to: offset + 1)
    switch kind {
    case 0x22: return "\""
    case 0x5C: return "\\"
    case 0x2F: return "/"
    case 0x62: return "\u{08}"
    case 0x66: return "\u{0C}"
    case 0x6E: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x75: return try unicodeEscape()
    default: throw failure("unknown escape in a string", at: offset - 1)
    }
  }

  /// Takes the digits after `\u`, and the second half of a surrogate pair.
  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let start = offset
    let first = try hexadecimalQuad()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, byte(offset) == 0x5C, byte(offset + 1) == 0x75 else {
      throw failure("a lone surrogate in a string", at: start)
    }
    advance(to: offset + 2)
    let second = try hexadecimalQuad()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw failure("a lone surrogate in a string", at: start) }
    return scalar
  }

  private mutating func hexadecimalQuad() throws(JSONError) -> UInt32 {
    guard offset + 4 <= bytes.count,
      bytes[offset..<offset + 4].allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
      let value = UInt32(try text(offset..<offset + 4), radix: 16)
    else { throw failure("four hexadecimal digits must follow \\u") }
    advance(to: offset + 4)
    return value
  }
}
