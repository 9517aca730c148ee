import Testing
import WeftFiles
import WeftTensors

@Suite("GGUF files that are made to deceive")
struct GGUFAttackTests {
  typealias Forge = GGUFForge
  typealias Field = GGUFForge.Field
  typealias Problem = GGUFError.Problem

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let problem: Problem

    init(_ what: String, _ bytes: [UInt8], _ problem: Problem) {
      testDescription = what
      self.bytes = bytes
      self.problem = problem
    }
  }

  static let big: UInt64 = 1 << 63

  static let headers = [
    Case(
      "version 0", Forge.file { $0.version = Field.u32(0) }, .unknownVersion(0)),
    Case("version 1", Forge.file { $0.version = Field.u32(1) }, .versionOne),
    Case("a version of the future", Forge.file { $0.version = Field.u32(4) }, .unknownVersion(4)),
    Case("big-endian", Forge.file { $0.version = [0, 0, 0, 3] }, .bigEndian),
    Case("big-endian and of version 1", Forge.file { $0.version = [0, 0, 0, 1] }, .bigEndian),
    Case(
      "nothing behind the magic", Array("GGUF".utf8), .headerCutShort(part: "the version")),
    Case(
      "an end within the counts", Array(Forge().bytes.prefix(20)),
      .headerCutShort(part: "the number of keys")),
    Case(
      "-1 tensors", Forge.file { $0.tensorCount = .max }, .tooManyTensors(.max)),
    Case(
      "more tensors than are read", Forge.file { $0.tensorCount = 100_001 },
      .tooManyTensors(100_001)),
    Case("-1 keys", Forge.file { $0.keyCount = .max }, .tooManyKeys(.max)),
    Case("more keys than are read", Forge.file { $0.keyCount = 65_537 }, .tooManyKeys(65_537)),
    Case(
      "tensors that are not there", Array(Forge.file { $0.tensorCount = 100_000 }.prefix(24)),
      .headerCutShort(part: "the name of a tensor")),
    Case(
      "keys that are not there", Array(Forge.file { $0.keyCount = 65_536 }.prefix(24)),
      .headerCutShort(part: "a key")),
  ]

  static let keys = [
    Case(
      "a key of -1 bytes", Forge.pair(Field.u64(.max) + [0]),
      .tooLong(part: "a key", byteCount: .max, limit: 65_535)),
    Case(
      "a key of 65,536 bytes", Forge.pair(Field.text([UInt8](repeating: 0x61, count: 65_536))),
      .tooLong(part: "a key", byteCount: 65_536, limit: 65_535)),
    Case(
      "a key that is longer than the file", Forge.pair(Field.u64(5000)),
      .headerCutShort(part: "a key")),
    Case("an empty key", Forge.pair(Field.pair("", 0, [1])), .emptyKey),
    Case(
      "a key with a NUL", Forge.pair(Field.pair("a\0b", 0, [1])), .invalidText(part: "a key")),
    Case(
      "a key that is no UTF-8", Forge.pair(Field.text([0xFF]) + Field.u32(0) + [1]),
      .invalidText(part: "a key")),
    Case(
      "a key with half a surrogate pair",
      Forge.pair(Field.text([0xED, 0xA0, 0x80]) + Field.u32(0) + [1]),
      .invalidText(part: "a key")),
    Case(
      "a key that occurs twice",
      Forge.file { $0.pairs = [Field.pair("a", 0, [1]), Field.pair("a", 7, [1])] },
      .duplicateKey("a")),
    Case(
      "a type of 13", Forge.pair(Field.pair("a", 13, [])), .unknownValueType(key: "a", type: 13)),
    Case(
      "a type of -1", Forge.pair(Field.pair("a", .max, [])),
      .unknownValueType(key: "a", type: .max)),
    Case(
      "a truth value of 2", Forge.pair(Field.pair("a", 7, [2])), .invalidBool(key: "a", value: 2)),
    Case(
      "a truth value of 255 in an array",
      Forge.pair(Field.array("a", of: 7, count: 3, [0, 1, 255])),
      .invalidBool(key: "a", value: 255)),
    Case(
      "a text of -1 bytes", Forge.pair(Field.pair("a", 8, Field.u64(.max))),
      .tooLong(part: "the text of \"a\"", byteCount: .max, limit: 16 << 20)),
    Case(
      "a text that is longer than the file", Forge.pair(Field.pair("a", 8, Field.u64(1 << 20))),
      .headerCutShort(part: "the text of \"a\"")),
    Case(
      "a text with a NUL", Forge.pair(Field.pair("a", 8, Field.text("x\0"))),
      .invalidText(part: "the text of \"a\"")),
    Case(
      "a text that is no UTF-8", Forge.pair(Field.pair("a", 8, Field.text([0xC0, 0x80]))),
      .invalidText(part: "the text of \"a\"")),
    Case(
      "an end within a number", Array(Forge.pair(Field.pair("a", 10, Field.u64(1))).prefix(40)),
      .headerCutShort(part: "the value of \"a\"")),
  ]

  static let arrays = [
    Case(
      "an array of arrays", Forge.pair(Field.array("a", of: 9, count: 1, [])),
      .nestedArray(key: "a")),
    Case(
      "an array of an unknown type", Forge.pair(Field.array("a", of: 99, count: 1, [])),
      .unknownValueType(key: "a", type: 99)),
    Case(
      "an array of -1 bytes", Forge.pair(Field.array("a", of: 0, count: .max, [])),
      .tooManyElements(key: "a", count: .max, limit: 1 << 22)),
    Case(
      "an array whose size overflows", Forge.pair(Field.array("a", of: 12, count: 1 << 61, [])),
      .tooManyElements(key: "a", count: 1 << 61, limit: 1 << 22)),
    Case(
      "an array that is longer than the file",
      Forge.pair(Field.array("a", of: 4, count: 1 << 20, [])),
      .headerCutShort(part: "the array of \"a\"")),
    Case(
      "more texts than fit into the file", Forge.pair(Field.array("a", of: 8, count: 1 << 20, [])),
      .headerCutShort(part: "the array of \"a\"")),
    Case(
      "a text of -1 bytes in an array",
      Forge.pair(Field.array("a", of: 8, count: 1, Field.u64(.max))),
      .tooLong(part: "a text of \"a\"", byteCount: .max, limit: 16 << 20)),
    Case(
      "a text with a NUL in an array",
      Forge.pair(Field.array("a", of: 8, count: 2, Field.text("a") + Field.text("\0"))),
      .invalidText(part: "a text of \"a\"")),
    Case(
      "an alignment of 13", Forge.pair(Field.alignment(13)), .invalidAlignment("13")),
    Case("an alignment of 0", Forge.pair(Field.alignment(0)), .invalidAlignment("0")),
    Case(
      "an alignment of a signed type",
      Forge.pair(Field.pair("general.alignment", 5, Field.u32(32))),
      .invalidAlignment("of type int32")),
    Case(
      "an alignment that is a text",
      Forge.pair(Field.pair("general.alignment", 8, Field.text("32"))),
      .invalidAlignment("of type string")),
  ]

  static let tensors = [
    Case(
      "a name of -1 bytes", Forge.tensor { $0.nameLength = .max },
      .tooLong(part: "the name of a tensor", byteCount: .max, limit: 1024)),
    Case(
      "a name of 1,025 bytes",
      Forge.tensor { $0.name = [UInt8](repeating: 0x61, count: 1025) },
      .tooLong(part: "the name of a tensor", byteCount: 1025, limit: 1024)),
    Case(
      "a name with a NUL", Forge.tensor { $0.name = [0x61, 0, 0x62] },
      .invalidText(part: "the name of a tensor")),
    Case(
      "a name that is no UTF-8", Forge.tensor { $0.name = [0xC3] },
      .invalidText(part: "the name of a tensor")),
    Case(
      "a name that occurs twice",
      Forge.file { $0.tensors = [.init("a"), .init("a", offset: 32)] }, .duplicateTensor("a")),
    Case(
      "six dimensions", Forge.tensor { $0.dimensions = [1, 1, 1, 1, 1, 1] },
      .tooManyDimensions(tensor: "w", count: 6)),
    Case(
      "-1 dimensions", Forge.tensor { $0.rank = .max },
      .tooManyDimensions(tensor: "w", count: .max)),
    Case(
      "a dimension of -1", Forge.tensor { $0.dimensions = [4, .max] },
      .invalidDimension(tensor: "w", dimension: .max)),
    Case(
      "four dimensions of 2^33", Forge.tensor { $0.dimensions = [1 << 33, 1 << 33, 1, 1] },
      .tooManyElementsOf(tensor: "w", shape: [1, 1, 1 << 33, 1 << 33])),
    Case(
      "a product that wraps to a negative number (llama.cpp 27203)",
      Forge.tensor {
        $0.dimensions = [big - 1, 2]
        $0.type = 24
      },
      .tooManyElementsOf(tensor: "w", shape: [2, .max])),
    Case(
      "a product that wraps to zero", Forge.tensor { $0.dimensions = [1 << 32, 1 << 32] },
      .tooManyElementsOf(tensor: "w", shape: [1 << 32, 1 << 32])),
    Case(
      "a product that overflows beside a zero",
      Forge.tensor { $0.dimensions = [1 << 62, 4, 0] },
      .tooManyElementsOf(tensor: "w", shape: [0, 4, 1 << 62])),
    Case(
      "a size that overflows", Forge.tensor { $0.dimensions = [1 << 61] },
      .invalidSize(tensor: "w", dtype: .f32, shape: [1 << 61])),
    Case("a type of 43", Forge.tensor { $0.type = 43 }, .unknownType(tensor: "w", id: 43)),
    Case("a type of -1", Forge.tensor { $0.type = .max }, .unknownType(tensor: "w", id: .max)),
    Case(
      "a removed type", Forge.tensor { $0.type = 31 },
      .removedType(tensor: "w", id: 31, name: "Q4_0_4_4")),
    Case(
      "rows that are no whole blocks",
      Forge.tensor {
        $0.dimensions = [48, 2]
        $0.type = 2
      }, .brokenRow(tensor: "w", dtype: .q40, columnCount: 48)),
    Case(
      "a scalar in blocks",
      Forge.tensor {
        $0.dimensions = []
        $0.type = 12
      }, .brokenRow(tensor: "w", dtype: .q4k, columnCount: 1)),
    Case(
      "an end within a description", Array(Forge.tensor { _ in }.prefix(50)),
      .headerCutShort(part: "the description of \"w\"")),
  ]

  static let places = [
    Case(
      "an offset of -1", Forge.tensor { $0.offset = .max },
      .misplaced(tensor: "w", offset: .max, expected: 0)),
    Case(
      "a first tensor that is not at the start", Forge.tensor { $0.offset = 32 },
      .misplaced(tensor: "w", offset: 32, expected: 0)),
    Case(
      "an offset that is not aligned",
      Forge.file { $0.tensors = [.init("a"), .init("b", offset: 16)] },
      .misplaced(tensor: "b", offset: 16, expected: 32)),
    Case(
      "tensors that overlap", Forge.file { $0.tensors = [.init("a"), .init("b", offset: 0)] },
      .misplaced(tensor: "b", offset: 0, expected: 32)),
    Case(
      "a hole", Forge.file { $0.tensors = [.init("a"), .init("b", offset: 64)] },
      .misplaced(tensor: "b", offset: 64, expected: 32)),
    Case(
      "offsets of another alignment than the metadata's",
      Forge.file {
        $0.pairs = [Field.alignment(64)]
        $0.tensors = [.init("a"), .init("b", offset: 32)]
      }, .misplaced(tensor: "b", offset: 32, expected: 64)),
    Case(
      "a sum of sizes that overflows",
      Forge.file {
        $0.tensors = [
          .init("a", [big - 64], type: 24), .init("b", [big - 64], type: 24, offset: big - 64),
        ]
      }, .tooMuchData),
    Case(
      "a padding that overflows",
      Forge.tensor {
        $0.dimensions = [big - 1]; $0.type = 24
      },
      .tooMuchData),
    Case(
      "an end that overflows only behind the header",
      Forge.tensor {
        $0.dimensions = [big - 32]; $0.type = 24
      }, .tooMuchData),
    Case(
      "a byte of data too few",
      Forge.file {
        $0.tensors = [.init("a")]
        $0.data = [UInt8](repeating: 0, count: 15)
      }, .truncated(missingByteCount: 1)),
    Case(
      "no data at all",
      Forge.file {
        $0.tensors = [.init("a", [1 << 40])]
        $0.data = []
      }, .truncated(missingByteCount: 4 << 40)),
    Case(
      "an end before the padding of the header",
      Forge.file { $0.tensors = [.init("a")] }.dropLast(35), .truncated(missingByteCount: 19)),
  ]

  static let shapes = [
    Case(
      "an original shape of another size", original([2, 3]),
      .wrongOriginalShape(tensor: "w", shape: [2, 3], stored: [4])),
    Case(
      "an original shape with a negative dimension", original([-2, -2]),
      .invalidOriginalShape(tensor: "w", found: "[-2,-2]")),
    Case(
      "an original shape whose size overflows",
      original([.max, .max, .max, .max]),
      .wrongOriginalShape(
        tensor: "w", shape: Shape([Int](repeating: Int(Int32.max), count: 4)), stored: [4])),
    Case(
      "an original shape of 65 dimensions", original([Int32](repeating: 1, count: 65)),
      .invalidOriginalShape(tensor: "w", found: "65 elements")),
    Case(
      "an original shape of another type",
      Forge.file {
        $0.pairs = [Field.array("comfy.gguf.orig_shape.w", of: 4, count: 1, Field.u32(4))]
        $0.tensors = [.init("w")]
      }, .invalidOriginalShape(tensor: "w", found: "[4]")),
    Case(
      "an original shape that is a text",
      Forge.file {
        $0.pairs = [Field.pair("comfy.gguf.orig_shape.w", 8, Field.text("[4]"))]
        $0.tensors = [.init("w")]
      }, .invalidOriginalShape(tensor: "w", found: "[4]")),
  ]

  private static func original(_ dimensions: [Int32]) -> [UInt8] {
    Forge.file {
      let bytes = dimensions.flatMap { Field.u32(UInt32(bitPattern: $0)) }
      let count = UInt64(dimensions.count)
      $0.pairs = [Field.array("comfy.gguf.orig_shape.w", of: 5, count: count, bytes)]
      $0.tensors = [.init("w")]
    }
  }

  /// The error of opening a file, which must come within a second.
  static func error(of bytes: [UInt8]) throws -> (any ActionableError)? {
    let scratch = try Scratch()
    let path = try scratch.write(bytes, to: "model.gguf")
    let start = ContinuousClock.now
    let error = actionableError { try Checkpoint.open(path) }
    // Ten times the promised second, for a machine that builds at the same time.
    #expect(ContinuousClock.now - start < .seconds(10))
    return error
  }

  @Test("each fault is refused by its own name", arguments: headers + keys + arrays)
  func headerFaults(fault: Case) throws { try check(fault) }

  @Test("each fault of a tensor is refused by its own name", arguments: tensors + places + shapes)
  func tensorFaults(fault: Case) throws { try check(fault) }

  private func check(_ fault: Case) throws {
    let error = try #require(try Self.error(of: fault.bytes) as? GGUFError)
    #expect(error.problem == fault.problem)
    #expect(error.status == .badData)
    #expect(!error.what.contains("breaks a rule"), "each fault has words of its own")
    #expect(error.description.contains("model.gguf"))
  }

  @Test("another magic is no GGUF file, and a header of it alone is refused")
  func magic() throws {
    let bytes = Forge.file { $0.magic = Array("FUGG".utf8) }
    #expect(try Self.error(of: bytes)?.status == .badData)
    for file in [bytes, [], Array("GGU".utf8)] {
      let error = actionableError { try GGUFHeader.read(MemorySource(file, path: "m")) }
      #expect((error as? GGUFError)?.problem == .notGGUF)
    }
  }

  @Test("every prefix of a good file is refused, and none is read beyond its end")
  func prefixes() throws {
    let good = Forge.file {
      $0.pairs = [
        Field.alignment(32), Field.pair("t", 8, Field.text("text")),
        Field.array("a", of: 8, count: 2, Field.text("x") + Field.text("")),
      ]
      $0.tensors = [.init("a", [2, 2]), .init("b", [4], offset: 32)]
      $0.data = [UInt8](repeating: 1, count: 48)
    }
    #expect(try GGUFHeader.read(MemorySource(good, path: "m")).entries.count == 2)
    for count in 0..<good.count {
      let source = MemorySource(Array(good.prefix(count)), path: "m")
      let error = actionableError { try GGUFHeader.read(source) }
      #expect(error is GGUFError, "\(count) bytes")
    }
  }

  @Test("more than any model has is refused before it fills the memory")
  func caps() throws {
    let text = Field.text(String(repeating: "x", count: 1016))
    let texts = (0..<6000).flatMap { _ in text }
    // Arrays of 6 MB, texts of 1 kB, and names as long as may be.
    let arrays = Forge.file { forge in
      forge.pairs = (0..<6).map { Field.array("a\($0)", of: 8, count: 6000, texts) }
    }
    let strings = Forge.file { forge in
      forge.pairs = (0..<17_000).map { Field.pair("k\($0)", 8, text) }
    }
    let padding = String(repeating: "n", count: 1018)
    let names = Forge.file { forge in
      forge.tensors = (100_000..<133_000).map { .init("\($0)" + padding, [0]) }
    }
    let expected: [([UInt8], Problem)] = [
      (arrays, .metadataTooLarge), (strings, .metadataTooLarge), (names, .descriptionsTooLarge),
    ]
    for (bytes, problem) in expected {
      #expect((try Self.error(of: bytes) as? GGUFError)?.problem == problem)
    }
  }

  @Test("thousands of arrays are not turned into text")
  func manyArrays() throws {
    let scratch = try Scratch()
    let values = [UInt8](repeating: 1, count: 64)
    let bytes = Forge.file { forge in
      forge.pairs = (0..<20_000).map { Field.array("a\($0)", of: 0, count: 64, values) }
    }
    let checkpoint = try Checkpoint.open(scratch.write(bytes, to: "model.gguf"))
    #expect(checkpoint.metadata.count == (1 << 20) / 64)
    #expect(checkpoint.notes == ["the array a16384 of 64 elements and 3615 more are not shown"])
    #expect(checkpoint.ggufMetadata?.entries.count == 20_000)
  }
}
