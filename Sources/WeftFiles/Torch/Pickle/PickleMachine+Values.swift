extension PickleMachine {
  /// Runs an instruction that puts a value on the stack; false for the others.
  mutating func runValue(_ opcode: PickleOpcode) throws -> Bool {
    switch opcode {
    case .none: try push(PickleHeap.none)
    case .newTrue: try push(PickleHeap.yes)
    case .newFalse: try push(PickleHeap.no)
    case .binInt: try pushInteger(Int(Int32(truncatingIfNeeded: input.number(4))))
    case .binInt1: try pushInteger(input.number(1))
    case .binInt2: try pushInteger(input.number(2))
    case .long1: try pushLong(input.number(1))
    case .long4: try pushLong(Int(Int32(truncatingIfNeeded: input.number(4))))
    case .int: try pushDecimal(isLong: false)
    case .long: try pushDecimal(isLong: true)
    case .float: try pushTextFloat()
    case .binFloat: try pushFloat()
    case .string: try pushQuoted()
    case .unicode: try pushRawUnicode()
    case .binString: try pushContent(.text, Int(Int32(truncatingIfNeeded: input.number(4))))
    case .shortBinString, .shortBinUnicode: try pushContent(.text, input.number(1))
    case .binUnicode: try pushContent(.text, input.number(4))
    case .binUnicode8: try pushContent(.text, input.number(8))
    case .shortBinBytes: try pushContent(.bytes, input.number(1))
    case .binBytes: try pushContent(.bytes, input.number(4))
    case .binBytes8, .byteArray8: try pushContent(.bytes, input.number(8))
    default: return false
    }
    return true
  }

  private mutating func pushInteger(_ value: Int) throws { try push(heap.add(value)) }

  private mutating func pushContent(_ kind: PickleNode.Kind, _ count: Int) throws {
    guard count >= 0 else { throw PickleError.Problem.malformedValue }
    try push(heap.add(kind, try input.take(count)))
  }

  /// A two's-complement number of any length; one beyond 64 bits is kept as its bytes.
  private mutating func pushLong(_ count: Int) throws {
    guard count >= 0 else { throw PickleError.Problem.malformedValue }
    let range = try input.take(count)
    guard count <= 8 else { return try push(heap.add(.bigInteger, range)) }
    var value: UInt64 = 0
    for index in range.reversed() { value = value << 8 | UInt64(input.bytes[index]) }
    let shift = 64 - 8 * count
    try pushInteger(count == 0 ? 0 : Int(Int64(bitPattern: value << shift) >> shift))
  }

  /// A number spelled in digits; `I00` and `I01` are truth values.
  private mutating func pushDecimal(isLong: Bool) throws {
    let range = try input.line()
    guard range.count <= PickleLimits.numberByteCount else {
      throw PickleError.Problem.overLimit("\(PickleLimits.numberByteCount) digits in a number")
    }
    var digits = String(decoding: input.bytes[range], as: UTF8.self)
    if !isLong, digits == "00" || digits == "01" {
      return try push(digits == "01" ? PickleHeap.yes : PickleHeap.no)
    }
    if isLong, digits.hasSuffix("L") { digits.removeLast() }
    if let value = Int(digits) { return try pushInteger(value) }
    let isNumber = digits.utf8.drop { $0 == 0x2D || $0 == 0x2B }.allSatisfy { 0x30...0x39 ~= $0 }
    guard isNumber, !digits.isEmpty else { throw PickleError.Problem.malformedValue }
    try push(heap.add(.bigInteger, range))
  }

  private mutating func pushFloat() throws {
    let range = try input.take(8)
    try pushFloat(input.bytes[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  private mutating func pushTextFloat() throws {
    let range = try input.line()
    guard range.count <= PickleLimits.numberByteCount,
      let value = Double(String(decoding: input.bytes[range], as: UTF8.self))
    else { throw PickleError.Problem.malformedValue }
    try pushFloat(value.bitPattern)
  }

  private mutating func pushFloat(_ bits: UInt64) throws {
    try push(
      heap.add(
        PickleNode(
          kind: .float, first: UInt32(truncatingIfNeeded: bits),
          second: UInt32(truncatingIfNeeded: bits >> 32))))
  }

  /// Text in quotes, with escapes as Python writes them.
  private mutating func pushQuoted() throws {
    let range = try input.line()
    guard range.count >= 2, let quote = input.bytes[range].first, quote == 0x22 || quote == 0x27,
      input.bytes[range].last == quote
    else { throw PickleError.Problem.malformedValue }
    try pushUnescaped(range.lowerBound + 1..<range.upperBound - 1, PickleEscapes.string)
  }

  private mutating func pushRawUnicode() throws {
    try pushUnescaped(try input.line(), PickleEscapes.rawUnicode)
  }

  private mutating func pushUnescaped(
    _ range: Range<Int>, _ unescape: (ArraySlice<UInt8>, inout [UInt8]) -> Bool
  ) throws {
    guard input.bytes[range].contains(0x5C) else { return try push(heap.add(.text, range)) }
    let start = heap.unescaped.count
    guard unescape(input.bytes[range], &heap.unescaped) else {
      throw PickleError.Problem.malformedValue
    }
    try push(heap.add(.text, start..<heap.unescaped.count, isUnescaped: true))
  }
}
