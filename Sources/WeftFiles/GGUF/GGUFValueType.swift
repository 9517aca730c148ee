/// The types of the values in the metadata of a GGUF file.
///
/// Source: https://github.com/ggml-org/ggml/blob/d99724f2/docs/gguf.md (`gguf_metadata_value_type`)
package enum GGUFValueType: UInt32, CaseIterable, Sendable {
  case uint8 = 0
  case int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

  /// The size of a value in bytes; nil for strings and arrays, which say their own.
  package var byteWidth: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    case .string, .array: nil
    }
  }

  /// Whether the values are integers that may be negative.
  var isSignedInteger: Bool {
    switch self {
    case .int8, .int16, .int32, .int64: true
    default: false
    }
  }

  /// Whether the values are integers, of either kind.
  var isInteger: Bool {
    switch self {
    case .uint8, .uint16, .uint32, .uint64: true
    default: isSignedInteger
    }
  }
}
