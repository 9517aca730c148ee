import Foundation
import WeftFiles
import WeftTensors

/// The rules of the format once more, in the simplest words, over another parser of JSON.
///
/// Source: https://github.com/huggingface/safetensors/blob/24b0b285/safetensors/src/tensor.rs
enum SafetensorsRules {
  private struct Entry: Equatable {
    let name: String
    let begin: Int
    let end: Int
  }

  private static let bits: [String: Int] = [
    "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8,
    "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
    "I32": 32, "U32": 32, "F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64,
  ]

  /// A file that was opened must follow the rules, and hold the tensors that they give.
  static func compare(_ checkpoint: Checkpoint, with bytes: [UInt8]) throws {
    guard let entries = entries(of: bytes) else {
      throw Finding("a file is read that breaks the rules")
    }
    let start = 8 + Numbers.littleEndian(bytes, at: 0, width: 8)
    let found = checkpoint.tensors.map {
      Entry(
        name: $0.info.name, begin: $0.offset - start, end: $0.offset - start + $0.info.byteCount)
    }
    let order: (Entry, Entry) -> Bool = {
      ($0.begin, $0.end, $0.name) < ($1.begin, $1.end, $1.name)
    }
    guard found.sorted(by: order) == entries.sorted(by: order) else {
      throw Finding("other tensors are read than the header lists")
    }
  }

  /// A file that was refused for where its tensors are must break the rules.
  static func compare(_ error: SafetensorsError, with bytes: [UInt8]) throws {
    switch error.problem {
    case .misplaced, .invalidSize, .wrongSize, .truncated, .trailingBytes, .headerLongerThanFile:
      guard entries(of: bytes) == nil else {
        throw Finding("a file is refused that follows the rules: \(error)")
      }
    default: break
    }
  }

  /// The tensors of a file in the order of their data, or nil when it breaks a rule.
  private static func entries(of bytes: [UInt8]) -> [Entry]? {
    let size = Numbers.littleEndian(bytes, at: 0, width: 8)
    guard bytes.count >= 8, size >= 0, size <= bytes.count - 8,
      let object = try? JSONSerialization.jsonObject(with: Data(bytes[8..<8 + size])),
      let members = object as? [String: Any]
    else { return nil }
    var entries: [Entry] = []
    for (name, value) in members where name != "__metadata__" {
      guard let entry = entry(name, value) else { return nil }
      entries.append(entry)
    }
    entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    var cursor = 0
    for entry in entries {
      guard entry.begin == cursor else { return nil }
      cursor = entry.end
    }
    return cursor == bytes.count - 8 - size ? entries : nil
  }

  private static func entry(_ name: String, _ value: Any) -> Entry? {
    guard let fields = value as? [String: Any], let dtype = fields["dtype"] as? String,
      let width = bits[dtype], let shape = counts(fields["shape"]),
      let range = counts(fields["data_offsets"]), range.count == 2, range[0] <= range[1]
    else { return nil }
    var product = 1
    for size in shape.sorted(by: >) {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      product = next
    }
    let (bitCount, overflow) = product.multipliedReportingOverflow(by: width)
    guard !overflow, bitCount % 8 == 0, bitCount / 8 == range[1] - range[0] else { return nil }
    return Entry(name: name, begin: range[0], end: range[1])
  }

  private static func counts(_ value: Any?) -> [Int]? {
    guard let values = value as? [NSNumber] else { return nil }
    let counts = values.compactMap { Int(exactly: $0) }
    return counts.count == values.count && counts.allSatisfy { $0 >= 0 } ? counts : nil
  }
}
