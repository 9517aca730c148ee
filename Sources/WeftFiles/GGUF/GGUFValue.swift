import WeftTensors

/// A value in the metadata of a GGUF file, kept as the bytes of the file, so that it can be written again unchanged.
package struct GGUFValue: Sendable, Equatable {
  /// The type.
  package let type: GGUFValueType
  /// The type of an array's elements; nil for what is no array.
  package let elementType: GGUFValueType?
  /// The number of an array's elements; 1 for what is no array.
  package let count: Int
  /// The value's bytes: those of a string without its length, those of an array without its type and count.
  let payload: [UInt8]

  /// Takes the bytes of a number, a truth value or a string, which have been checked.
  init(_ type: GGUFValueType, payload: [UInt8]) {
    self.type = type
    elementType = nil
    count = 1
    self.payload = payload
  }

  /// Takes the bytes of an array, which have been checked.
  init(arrayOf elementType: GGUFValueType, count: Int, payload: [UInt8]) {
    type = .array
    self.elementType = elementType
    self.count = count
    self.payload = payload
  }
}

// Making values.
extension GGUFValue {
  private init(_ type: GGUFValueType, integer: some FixedWidthInteger) {
    self.init(type, payload: Self.bytes(of: integer))
  }

  private static func bytes<Integer: FixedWidthInteger>(of integer: Integer) -> [UInt8] {
    (0..<Integer.bitWidth / 8).map { UInt8(truncatingIfNeeded: integer >> (8 * $0)) }
  }

  /// A whole number of a byte.
  package static func uint8(_ value: UInt8) -> GGUFValue { .init(.uint8, integer: value) }
  /// A whole number of a byte, with a sign.
  package static func int8(_ value: Int8) -> GGUFValue { .init(.int8, integer: value) }
  /// A whole number of two bytes.
  package static func uint16(_ value: UInt16) -> GGUFValue { .init(.uint16, integer: value) }
  /// A whole number of two bytes, with a sign.
  package static func int16(_ value: Int16) -> GGUFValue { .init(.int16, integer: value) }
  /// A whole number of four bytes.
  package static func uint32(_ value: UInt32) -> GGUFValue { .init(.uint32, integer: value) }
  /// A whole number of four bytes, with a sign.
  package static func int32(_ value: Int32) -> GGUFValue { .init(.int32, integer: value) }
  /// A whole number of eight bytes.
  package static func uint64(_ value: UInt64) -> GGUFValue { .init(.uint64, integer: value) }
  /// A whole number of eight bytes, with a sign.
  package static func int64(_ value: Int64) -> GGUFValue { .init(.int64, integer: value) }
  /// A number in single precision.
  package static func float32(_ value: Float) -> GGUFValue {
    .init(.float32, integer: value.bitPattern)
  }
  /// A number in double precision.
  package static func float64(_ value: Double) -> GGUFValue {
    .init(.float64, integer: value.bitPattern)
  }
  /// Yes or no.
  package static func bool(_ value: Bool) -> GGUFValue { .init(.bool, payload: [value ? 1 : 0]) }
  /// A text.
  package static func string(_ value: String) -> GGUFValue {
    .init(.string, payload: Array(value.utf8))
  }

  /// A list of whole numbers of four bytes, as ComfyUI-GGUF keeps shapes.
  package static func array(_ values: [Int32]) -> GGUFValue {
    .init(arrayOf: .int32, count: values.count, payload: values.flatMap(bytes))
  }

  /// A list of texts.
  package static func array(_ values: [String]) -> GGUFValue {
    let payload = values.flatMap { bytes(of: UInt64($0.utf8.count)) + Array($0.utf8) }
    return .init(arrayOf: .string, count: values.count, payload: payload)
  }

  /// A list of other values of one type, neither texts nor lists; nil when they are not.
  package static func array(of type: GGUFValueType, _ values: [GGUFValue]) -> GGUFValue? {
    guard type.byteWidth != nil, values.allSatisfy({ $0.type == type }) else { return nil }
    return .init(arrayOf: type, count: values.count, payload: values.flatMap(\.payload))
  }
}

// Taking values apart.
extension GGUFValue {
  /// The text of a string; nil for other types.
  package var string: String? {
    type == .string ? String(decoding: payload, as: UTF8.self) : nil
  }

  /// The value of an integer of any width; nil for other types and for what is no `Int`.
  package var integer: Int? { type.isInteger ? Self.integer(payload[...], type) : nil }

  /// The number of a float of either width; nil for other types.
  package var double: Double? {
    switch type {
    case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: Self.bits(payload[...]))))
    case .float64: Double(bitPattern: Self.bits(payload[...]))
    default: nil
    }
  }

  /// The answer of a truth value; nil for other types.
  package var bool: Bool? { type == .bool ? payload == [1] : nil }

  /// The elements of an array as values of their own; nil for what is no array.
  package var elements: [GGUFValue]? {
    guard let elementType else { return nil }
    guard let width = elementType.byteWidth else { return textElements }
    return stride(from: 0, to: payload.count, by: width).map {
      GGUFValue(elementType, payload: Array(payload[$0..<$0 + width]))
    }
  }

  private var textElements: [GGUFValue] {
    var offset = 0
    var elements: [GGUFValue] = []
    while let length = payload.wideField(at: offset), length <= payload.count - offset - 8 {
      let start = offset + 8
      elements.append(GGUFValue(.string, payload: Array(payload[start..<start + length])))
      offset = start + length
    }
    return elements
  }

  private static func bits(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func integer(_ bytes: ArraySlice<UInt8>, _ type: GGUFValueType) -> Int? {
    let bits = bits(bytes)
    guard type.isSignedInteger else { return Int(exactly: bits) }
    let unused = UInt64(64 - 8 * bytes.count)
    return Int(Int64(bitPattern: bits << unused) >> Int64(unused))
  }

  /// The value of an unsigned integer that is no `Int`.
  fileprivate var wideInteger: UInt64? { type == .uint64 ? Self.bits(payload[...]) : nil }
}

// Showing values.
extension GGUFValue {
  /// The longest array that is shown, in elements and in bytes.
  private static let maximumShownCount = 64
  private static let maximumShownByteCount = 4096

  /// The value as people read it, an array as JSON; nil for an array that is too long to be shown.
  package var text: String? {
    if type == .string { return string }
    if type != .array { return jsonText }
    guard count <= Self.maximumShownCount, payload.count <= Self.maximumShownByteCount else {
      return nil
    }
    return "[" + (elements ?? []).map(\.jsonText).joined(separator: ",") + "]"
  }

  private var jsonText: String {
    if let string {
      var text = ""
      string.appendJSONString(to: &text)
      return text
    }
    if type == .float32 { return Self.text(Float(double ?? 0)) }
    return integer.map { String($0) } ?? wideInteger.map { String($0) }
      ?? double.map(Self.text) ?? (bool == true ? "true" : "false")
  }

  /// The shortest text that gives the number again; those that JSON does not have are put in quotes.
  private static func text(_ number: some BinaryFloatingPoint & CustomStringConvertible) -> String {
    number.isFinite ? number.description : "\"\(number.description)\""
  }
}
