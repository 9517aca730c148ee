/// The older kind of importance matrices, which llama.cpp calls `.dat` and stable-diffusion.cpp writes.
///
/// Layout, little-endian: `i32` number of tensors; for each `i32` length of the name, name, `i32` calls, `i32` number of
/// values, `f32` values, each the mean square times the calls; then, where they are not left out, `i32` number of
/// chunks, and `i32` length and name of the text that was used.
/// Source: https://github.com/ggml-org/llama.cpp/blob/006e7ef9/tools/imatrix/imatrix.cpp (`save_imatrix_legacy`), and
/// tools/quantize/quantize.cpp at 03161a4e (`load_imatrix`) for the division by the calls
enum LegacyImportance {
  private typealias Problem = ImportanceMatrixError.Problem

  /// The longest name of a text, in bytes.
  private static let maximumDatasetByteCount = 65_536

  static func read(_ source: any ByteSource) throws -> ImportanceRecord {
    var input = Input(source)
    let count = try input.integer(of: "the number of tensors")
    guard count > 0, count <= ImportanceMatrix.maximumTensorCount else {
      throw Problem.invalidCount(count)
    }
    var record = ImportanceRecord(entries: [:], datasets: [])
    record.countsRows = false
    var valueCount = 0
    for index in 0..<count {
      let (name, entry) = try readEntry(&input, index, valueCount: &valueCount)
      guard record.entries.updateValue(entry, forKey: name) == nil else {
        throw Problem.duplicate(tensor: name)
      }
    }
    if let dataset = try readEnd(&input) { record.datasets = [dataset] }
    return record
  }

  private static func readEntry(
    _ input: inout Input, _ entry: Int, valueCount: inout Int
  ) throws -> (name: String, entry: ImportanceRecord.Entry) {
    let length = try input.integer(of: "entry \(entry)")
    guard length > 0, length <= GGUFHeader.maximumNameByteCount,
      let name = GGUFCursor.text(try input.bytes(length, of: "the name of entry \(entry)"))
    else { throw Problem.invalidName(entry: entry) }
    let calls = try input.integer(of: "\"\(name)\"")
    guard calls >= 0 else { throw Problem.invalidCalls(tensor: name, count: calls) }
    let count = try input.integer(of: "\"\(name)\"")
    guard count > 0 else { throw Problem.invalidSize(tensor: name, count: count) }
    valueCount += count
    guard valueCount <= ImportanceMatrix.maximumValueCount else { throw Problem.tooManyValues }
    let values = try input.bytes(count * 4, of: "the values of \"\(name)\"").floats
    for value in values { try ImportanceMatrix.check(value, of: name) }
    // What was never called is taken as it is.
    let entry = ImportanceRecord.Entry(
      sums: values.map(Double.init), counts: [Double(max(1, calls))], chunkCount: calls)
    return (name, entry)
  }

  /// The name of the text that was used; nil when it is left out, empty or no text.
  private static func readEnd(_ input: inout Input) throws -> String? {
    guard input.remainingByteCount > 0 else { return nil }
    _ = try input.integer(of: "the number of chunks")
    guard input.remainingByteCount > 0 else { return nil }
    let length = try input.integer(of: "the name of the text")
    guard length >= 0, length <= min(maximumDatasetByteCount, input.remainingByteCount) else {
      throw Problem.cutShort(part: "the name of the text")
    }
    let name = try input.bytes(length, of: "the name of the text")
    guard input.remainingByteCount == 0 else {
      throw Problem.trailingBytes(count: input.remainingByteCount)
    }
    return name.isEmpty ? nil : GGUFCursor.text(name)
  }

  /// A cursor whose errors are those of importance matrices.
  private struct Input {
    private var cursor: GGUFCursor

    init(_ source: any ByteSource) { cursor = GGUFCursor(source) }

    var remainingByteCount: Int { cursor.remainingByteCount }

    mutating func bytes(
      _ count: Int, of part: @autoclosure () -> String
    ) throws -> ArraySlice<UInt8> {
      guard count <= remainingByteCount else { throw Problem.cutShort(part: part()) }
      return try cursor.bytes(count, of: part())
    }

    mutating func integer(of part: @autoclosure () -> String) throws -> Int {
      let bits = try bytes(4, of: part()).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return Int(Int32(bitPattern: bits))
    }
  }
}

extension Collection<UInt8> {
  /// The numbers in single precision that bytes are, least significant byte first.
  var floats: [Float] {
    var floats: [Float] = []
    floats.reserveCapacity(count / 4)
    var bits: UInt32 = 0
    for (index, byte) in enumerated() {
      bits = bits >> 8 | UInt32(byte) << 24
      if index % 4 == 3 { floats.append(Float(bitPattern: bits)) }
    }
    return floats
  }
}
