import Testing
import WeftFiles
import WeftTensors

@Suite("ImportanceMatrix")
struct ImportanceMatrixTests {
  typealias Problem = ImportanceMatrixError.Problem

  @Test("the sums of a GGUF file are divided by the counts of each matrix; unused ones count as 1")
  func modern() throws {
    let matrix = try ImportanceMatrix.read(GGUFFixtures.path("imatrix.gguf"))
    #expect(matrix.weights == ["blk.0.weight": [1, 2, 3, 4], "experts": [0, 0.25, 1, 1, 4, 5]])
  }

  @Test("the values of the older kind are divided by the calls; those without calls are kept")
  func legacy() throws {
    let matrix = try ImportanceMatrix.read(GGUFFixtures.path("imatrix.dat"))
    #expect(
      matrix.weights == [
        "blk.0.weight": [1, 2, 3, 4], "blk.1.weight": [1 / Float(3), 0.5 / Float(3)],
        "raw": [0.25],
      ])
  }

  /// The older kind of file, whose fields may be wrong.
  static func file(
    count: Int = 1, name: [UInt8] = [0x61], nameLength: Int? = nil, calls: Int = 1,
    values: [Float] = [1], valueCount: Int? = nil, tail: [UInt8] = []
  ) -> [UInt8] {
    int(count) + int(nameLength ?? name.count) + name + int(calls)
      + int(valueCount ?? values.count) + values.flatMap { int(Int($0.bitPattern)) } + tail
  }

  static func int(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static let tails: [[UInt8]] = [[], int(3), int(3) + int(0), int(3) + int(2) + [1, 2]]

  @Test("what may follow the values", arguments: tails)
  func tail(tail: [UInt8]) throws {
    #expect(try weights(Self.file(tail: tail)) == ["a": [1]])
  }

  static let faults: [(String, [UInt8], Problem)] = [
    ("an empty file", [], .cutShort(part: "the number of tensors")),
    ("no tensor", int(0), .invalidCount(0)),
    ("-1 tensors", file(count: -1), .invalidCount(-1)),
    ("a picture", [0x89, 0x50, 0x4E, 0x47], .invalidCount(0x474E_5089)),
    ("an end within the tensors", file(count: 2), .cutShort(part: "entry 1")),
    ("a name of -1 bytes", file(nameLength: -1), .invalidName(entry: 0)),
    ("a name of no byte", file(name: []), .invalidName(entry: 0)),
    ("a name of 2 GB", file(nameLength: Int(Int32.max)), .invalidName(entry: 0)),
    ("a name beyond the file", file(nameLength: 1000), .cutShort(part: "the name of entry 0")),
    ("a name that is no text", file(name: [0xFF]), .invalidName(entry: 0)),
    ("a name with a NUL", file(name: [0x61, 0]), .invalidName(entry: 0)),
    ("-1 calls", file(calls: -1), .invalidCalls(tensor: "a", count: -1)),
    ("no value", file(values: []), .invalidSize(tensor: "a", count: 0)),
    ("-1 values", file(valueCount: -1), .invalidSize(tensor: "a", count: -1)),
    ("2^31 values", file(valueCount: Int(Int32.max)), .tooManyValues),
    ("values beyond the file", file(valueCount: 2), .cutShort(part: "the values of \"a\"")),
    (
      "a tensor twice", file(count: 2) + file().dropFirst(4), .duplicate(tensor: "a")
    ),
    ("a negative value", file(values: [-1]), .invalidValue(tensor: "a", value: -1)),
    (
      "an infinite value", file(values: [1, .infinity]),
      .invalidValue(tensor: "a", value: .infinity)
    ),
    ("half a number of chunks", file(tail: [1, 2]), .cutShort(part: "the number of chunks")),
    (
      "a text's name of -1 bytes", file(tail: int(1) + int(-1)),
      .cutShort(part: "the name of the text")
    ),
    (
      "a text's name beyond the file", file(tail: int(1) + int(4) + [1]),
      .cutShort(part: "the name of the text")
    ),
    (
      "something behind the end", file(tail: int(1) + int(1) + [1, 2]),
      .trailingBytes(count: 1)
    ),
  ]

  @Test("each fault of the older kind is refused by its own name", arguments: faults)
  func legacyFaults(what: String, bytes: [UInt8], problem: Problem) throws {
    try expect(problem, of: bytes)
  }

  @Test("values that are no numbers are refused")
  func notNumbers() throws {
    let error = actionableError { try weights(Self.file(values: [.nan])) }
    #expect(error?.what == "\"a\" has the value nan")
  }

  /// A GGUF file of tensors of single precision.
  private func gguf(
    type: String? = "imatrix", _ tensors: [(name: String, shape: Shape, values: [Float])],
    dtype: DType = .f32
  ) throws -> [UInt8] {
    var metadata = GGUFMetadata()
    if let type { metadata.set(GGUFMetadata.typeKey, .string(type)) }
    let infos = tensors.compactMap { TensorInfo(name: $0.name, dtype: dtype, shape: $0.shape) }
    let layout = try GGUFLayout(
      tensors: infos, storedShapes: infos.map { _ in nil }, metadata: metadata, path: "")
    var bytes = layout.headerBytes
    bytes += [UInt8](repeating: 0, count: layout.byteCount - bytes.count)
    for (entry, tensor) in zip(layout.entries, tensors) {
      let values = tensor.values.flatMap { Self.int(Int($0.bitPattern)) }
      bytes.replaceSubrange(entry.offsetInFile..<entry.offsetInFile + values.count, with: values)
    }
    return bytes
  }

  @Test("each fault of a GGUF file is refused by its own name")
  func modernFaults() throws {
    let sums = ("a.in_sum2", Shape([1, 2]), [Float(1), 2])
    let counts = ("a.counts", Shape([1, 1]), [Float(1)])
    #expect(try weights(gguf([sums, counts])) == ["a": [1, 2]])
    #expect(try weights(gguf([counts, sums, ("a.in_sum", [2], [-1, 1])])) == ["a": [1, 2]])
    try expect(.otherContent(type: nil), of: gguf(type: nil, [sums, counts]))
    try expect(.otherContent(type: "model"), of: gguf(type: "model", [sums, counts]))
    try expect(.empty, of: gguf([]))
    try expect(.empty, of: gguf([("w", [1], [1])]))
    try expect(.unpaired(tensor: "a", missing: "counts"), of: gguf([sums]))
    try expect(.unpaired(tensor: "a", missing: "in_sum2"), of: gguf([counts]))
    try expect(
      .invalidSize(tensor: "a", count: 2), of: gguf([sums, ("a.counts", [3], [1, 1, 1])]))
    try expect(.invalidSize(tensor: "a", count: 2), of: gguf([sums, ("a.counts", [0], [])]))
    try expect(
      .invalidValue(tensor: "a.counts", value: -1), of: gguf([sums, ("a.counts", [1], [-1])]))
    try expect(
      .invalidValue(tensor: "a.in_sum2", value: .infinity),
      of: gguf([("a.in_sum2", [1], [.infinity]), counts]))
    try expect(
      .wrongType(tensor: "a.in_sum2", dtype: .i32), of: gguf([sums, counts], dtype: .i32))
  }

  @Test("a damaged GGUF file is refused as such")
  func damaged() throws {
    let bytes = try GGUFFixtures.bytes("imatrix.gguf")
    #expect(actionableError { try weights(Array(bytes.prefix(100))) } is GGUFError)
  }

  @Test("a file that is cut anywhere is refused, but for what may be absent from its end")
  func prefixes() throws {
    let bytes = try GGUFFixtures.bytes("imatrix.dat")
    // The number of chunks, the length of the text's name and the name may be left out.
    let readable: Set = [bytes.count - 16, bytes.count - 12]
    for count in 0..<bytes.count {
      let error = actionableError { try weights(Array(bytes.prefix(count))) }
      #expect((error == nil) == readable.contains(count), "\(count) bytes")
      #expect(error == nil || error is ImportanceMatrixError)
    }
  }

  private func weights(_ bytes: [UInt8]) throws -> [String: [Float]] {
    let scratch = try Scratch()
    return try ImportanceMatrix.read(scratch.write(bytes, to: "imatrix")).weights
  }

  private func expect(_ problem: Problem, of bytes: [UInt8]) throws {
    let error = try #require(actionableError { try weights(bytes) } as? ImportanceMatrixError)
    #expect(error.problem == problem)
    #expect(error.status == .badData)
  }
}
