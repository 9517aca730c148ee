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
