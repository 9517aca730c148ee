import Testing
import WeftFiles
import WeftTensors

@Suite("SafetensorsHeader")
struct SafetensorsHeaderTests {
  typealias Problem = SafetensorsError.Problem

  static let word = [UInt8](repeating: 7, count: 4)
  static let square = [UInt8](repeating: 7, count: 16)

  static func entry(_ name: String, _ dtype: String, _ shape: String, _ offsets: String) -> String {
    "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":[\(shape)],\"data_offsets\":[\(offsets)]}"
  }

  static let valid = "{" + entry("a", "I32", "2,2", "0,16") + "}"

  static let invalid: [([UInt8], Problem)] = [
    ([], .headerTooSmall(fileByteCount: 0)),
    ([0, 0, 0, 0, 0, 0, 0], .headerTooSmall(fileByteCount: 7)),
    (littleEndian(60), .headerLongerThanFile(byteCount: 60, fileByteCount: 8)),
    (littleEndian(.max), .headerTooLarge(byteCount: .max)),
    (littleEndian(1 << 63), .headerTooLarge(byteCount: 1 << 63)),
    (littleEndian(100_000_001), .headerTooLarge(byteCount: 100_000_001)),
    (
      littleEndian(100_000_000),
      .headerLongerThanFile(byteCount: 100_000_000, fileByteCount: 8)
    ),
    (
      [0x3C, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0x20, count: 76),
      .headerTooLarge(byteCount: 0xFFFF_FF00_0000_003C)
    ),
    (
      littleEndian(100) + Array(valid.utf8) + square,
      .headerLongerThanFile(byteCount: 100, fileByteCount: 8 + valid.utf8.count + 16)
    ),
    (safetensors(valid, data: Array(square.dropLast(2))), .truncated(missingByteCount: 2)),
    (safetensors(valid, data: [1]), .truncated(missingByteCount: 15)),
    (
      safetensors(valid, data: square + Array("extra_bogus_data_for_polyglot_file".utf8)),
      .trailingBytes(count: 34)
    ),
    (safetensors("{}", data: [0]), .trailingBytes(count: 1)),
  ]

  static let invalidTensors: [(String, Int, Problem)] = [
    (
      entry("a", "F32", "1", "4,8"), 8,
      .misplaced(tensor: "a", begin: 4, end: 8, expectedBegin: 0)
    ),
    (
      entry("a", "F32", "1", "4,0"), 4,
      .misplaced(tensor: "a", begin: 4, end: 0, expectedBegin: 0)
    ),
    (
      entry("a", "U8", "1", "0,1") + "," + entry("b", "U8", "1", "2,3"), 3,
      .misplaced(tensor: "b", begin: 2, end: 3, expectedBegin: 1)
    ),
    (
      entry("a", "U8", "2", "0,2") + "," + entry("b", "U8", "2", "1,3"), 3,
      .misplaced(tensor: "b", begin: 1, end: 3, expectedBegin: 2)
    ),
    (
      (0..<10).map { entry("t\($0)", "F32", "2,2", "0,16") }.joined(separator: ","), 16,
      .misplaced(tensor: "t1", begin: 0, end: 16, expectedBegin: 16)
    ),
    (entry("a", "I32", "2,2", "0,4"), 4, .wrongSize(tensor: "a", byteCount: 4, expected: 16)),
    (
      entry("a", "U8", "2,9223372036854775807", "0,4"), 4,
      .invalidSize(tensor: "a", dtype: .u8, shape: [2, Int.max])
    ),
    (
      entry("a", "U8", "\(Int.max)", "0,\(Int.max)"), 4,
      .invalidSize(tensor: "a", dtype: .u8, shape: [Int.max])
    ),
    (
      entry("a", "U8", "0,\(Int.max),2", "0,0"), 0,
      .invalidSize(tensor: "a", dtype: .u8, shape: [0, Int.max, 2])
    ),
    (
      entry("a", "U8", "\(Int.max),2,0", "0,0"), 0,
      .invalidSize(tensor: "a", dtype: .u8, shape: [Int.max, 2, 0])
    ),
    (entry("a", "F4", "1,3", "0,2"), 2, .invalidSize(tensor: "a", dtype: .f4, shape: [1, 3])),
    (entry("a", "F4", "1,2", "0,2"), 2, .wrongSize(tensor: "a", byteCount: 2, expected: 1)),
    (entry("a", "F6_E2M3", "2", "0,2"), 2, .invalidSize(tensor: "a", dtype: .f6e2m3, shape: [2])),
    (entry("a", "F32", "1024,1024", "0,4194304"), 1, .truncated(missingByteCount: 4_194_303)),
  ]

  @Test("a file that breaks a rule of the layout is refused for it", arguments: invalid)
  func invalidLayout(bytes: [UInt8], problem: Problem) throws {
    #expect(try Self.problem(of: bytes) == problem)
  }

  @Test("a tensor that breaks a rule is refused and named", arguments: invalidTensors)
  func invalidTensor(entries: String, dataByteCount: Int, problem: Problem) throws {
    let data = [UInt8](repeating: 0, count: dataByteCount)
    #expect(try Self.problem(of: safetensors("{" + entries + "}", data: data)) == problem)
  }

  @Test("offsets that add up beyond the largest integer are refused, not trapped on")
  func hugeOffsets() throws {
    let size = Int.max / 8
    let entries = (0..<8).map { index in
      Self.entry("t\(index)", "U8", "\(size)", "\(index * size),\((index + 1) * size)")
    }
    let last = Self.entry("z", "U8", "7", "\(8 * size),\(8 * size + 7)")
    let header = "{" + (entries + [last]).joined(separator: ",") + "}"
    #expect(
      try Self.problem(of: safetensors(header)) == .truncated(missingByteCount: 8 * size + 7))
  }

  @Test("a valid file that is cut anywhere is refused as malformed")
  func truncation() throws {
    let scratch = try Scratch()
    let header =
      #"{"__metadata__":{"é":"\u00e9"},"#
      + Self.entry("a", "F32", "2", "0,8") + "," + Self.entry("b", "U8", "0", "8,8") + "}  "
    let file = safetensors(header, data: [UInt8](repeating: 1, count: 8))
    for length in 0..<file.count {
      let path = try scratch.write(Array(file[..<length]), to: "cut.safetensors")
      let error = #expect(throws: SafetensorsError.self) { try Checkpoint.open(path) }
      #expect(error?.status == .badData)
    }
    let whole = try scratch.write(file, to: "whole.safetensors")
    #expect(try Checkpoint.open(whole).tensors.count == 2)
  }

  @Test("an error says what, where and what to do in one line")
  func message() throws {
    let scratch = try Scratch()
    let path = try scratch.write(safetensors("{x"), to: "bad")
    let error = #expect(throws: SafetensorsError.self) { try Checkpoint.open(path) }
    #expect(
      error?.description
        == "invalid safetensors header: found 'x' where '\"' is expected (\(path), byte 9): "
        + "the file is damaged or not a model; get it again from its source")
  }

  @Test("tensors come in the order of their data with their places in the file")
  func places() throws {
    let header =
      "\t {" + Self.entry("b", "U8", "2", "4,6") + "," + Self.entry("a", "F32", "", "0,4") + "}\r\n"
    let scratch = try Scratch()
    let path = try scratch.write(safetensors(header, data: [0, 1, 2, 3, 4, 5]), to: "model")
    let checkpoint = try Checkpoint.open(path)
    #expect(checkpoint.tensors.map(\.info.name) == ["a", "b"])
    #expect(try checkpoint["a"]?.bytes() == [0, 1, 2, 3])
    #expect(try checkpoint["b"]?.bytes() == [4, 5])
    #expect(checkpoint["c"] == nil)
    #expect(checkpoint.byteCount == 8 + header.utf8.count + 6)
  }

  static func problem(of bytes: [UInt8]) throws -> Problem? {
    let scratch = try Scratch()
    let path = try scratch.write(bytes, to: "model.safetensors")
    let error = #expect(throws: SafetensorsError.self) { try Checkpoint.open(path) }
    #expect(error?.path == path)
    return error?.problem
  }
}
