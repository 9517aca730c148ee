import Testing
import WeftFiles
import WeftTensors

@Suite("GGUFLayout")
struct GGUFLayoutTests {
  private func info(
    _ name: String, _ shape: Shape = [32], _ dtype: DType = .f16
  ) throws -> TensorInfo {
    try #require(TensorInfo(name: name, dtype: dtype, shape: shape))
  }

  private func layout(
    _ tensors: [TensorInfo], stored: [Shape?]? = nil, _ metadata: GGUFMetadata = GGUFMetadata(),
    maximumRank: Int = GGUFLayout.usualMaximumRank
  ) throws -> GGUFLayout {
    try GGUFLayout(
      tensors: tensors, storedShapes: stored ?? tensors.map { _ in nil }, metadata: metadata,
      maximumRank: maximumRank, path: "m.gguf")
  }

  private func problem(_ body: () throws -> GGUFLayout) -> GGUFError.Problem? {
    (actionableError(body) as? GGUFError)?.problem
  }

  @Test("leading dimensions are multiplied where there are too many")
  func folding() throws {
    let five = try info("five", [2, 3, 4, 5, 32])
    #expect(try layout([five]).entries[0].info.shape == [6, 4, 5, 32])
    #expect(try layout([five], maximumRank: 5).entries[0].info.shape == [2, 3, 4, 5, 32])
    #expect(try layout([five], maximumRank: 1).entries[0].info.shape == [3840])
    #expect(try layout([five], stored: [[15, 256]]).entries[0].info.shape == [15, 256])
  }

  @Test("offsets and the end are padded, also behind tensors without elements")
  func padding() throws {
    let tensors = try [info("a", [3]), info("b", [0]), info("c", [17])]
    let layout = try layout(tensors)
    let start = (layout.headerBytes.count + 31) / 32 * 32
    #expect(layout.entries.map(\.offsetInFile) == [start, start + 32, start + 32])
    #expect(layout.byteCount == start + 96)
    var metadata = GGUFMetadata()
    metadata.set(GGUFMetadata.alignmentKey, .uint32(1))
    let packed = try self.layout(tensors, metadata)
    #expect(packed.byteCount == packed.headerBytes.count + 40)
    // The usual alignment goes without saying.
    metadata.set(GGUFMetadata.alignmentKey, .uint32(32))
    #expect(try self.layout(tensors, metadata).headerBytes == layout.headerBytes)
  }

  @Test("types that GGUF does not have are refused before anything is written")
  func types() throws {
    for dtype in DType.allCases where !GGMLType.all.contains(dtype) {
      let tensor = try info("t", [4], dtype)
      let error = try #require(actionableError { try layout([tensor]) } as? GGUFError)
      #expect(error.problem == .unwritableType(tensor: "t", dtype: dtype))
      #expect(error.status == .refused)
    }
  }

  @Test("what a reader would refuse is not written")
  func refusals() throws {
    let good = try info("a")
    #expect(problem { try layout([good, good]) } == .duplicateTensor("a"))
    let long = String(repeating: "n", count: 1025)
    #expect(
      problem { try layout([info(long)]) }
        == .tooLong(part: "the name of \"\(long)\"", byteCount: 1025, limit: 1024))
    #expect(
      problem { try layout([info("a\0")]) } == .invalidText(part: "the name of \"a\0\""))
    #expect(
      problem { try layout([good], stored: [[31]]) }
        == .unwritableShape(tensor: "a", shape: [32], stored: [31]))
    let blocks = try info("b", [8, 8], .q40)
    #expect(
      problem { try layout([blocks]) } == .brokenRow(tensor: "b", dtype: .q40, columnCount: 8))
    #expect(problem { try layout([blocks], stored: [[2, 32]]) } == nil)
    let huge = try info("h", [1 << 61], .i8)
    let names = try (0..<4).map { try info("h\($0)", [1 << 61], .i8) }
    #expect(problem { try layout([huge] + names) } == .tooMuchData)
  }

  @Test(
    "keys and values that a reader would refuse",
    arguments: [
      ("", .bool(true), .emptyKey), ("a\0", .bool(true), .invalidText(part: "a key")),
      ("a", .string("\0"), .invalidText(part: "the text of \"a\"")),
      ("a", .array(["b", "\0"]), .invalidText(part: "the text of \"a\"")),
      ("general.alignment", .uint32(24), .invalidAlignment("24")),
      ("general.alignment", .uint64(32), .invalidAlignment("of type uint64")),
    ] as [(String, GGUFValue, GGUFError.Problem)])
  func metadata(key: String, value: GGUFValue, expected: GGUFError.Problem) throws {
    var metadata = GGUFMetadata()
    metadata.set(key, value)
    let tensor = try info("t")
    #expect(problem { try layout([tensor], metadata) } == expected)
  }

  @Test("keys keep their order, and another value takes the place of the first")
  func order() {
    var metadata = GGUFMetadata()
    metadata.set("b", .uint8(1))
    metadata.set("a", .uint8(2))
    metadata.set("b", .uint8(3))
    #expect(metadata.entries.map(\.key) == ["b", "a"])
    #expect(metadata["b"] == .uint8(3))
    metadata.remove("b")
    #expect(metadata.entries.map(\.key) == ["a"] && metadata["b"] == nil)
  }

  @Test("names that other programs cannot read are told")
  func longNames() throws {
    let tensors = try [63, 64, 127, 128].map { try info(String(repeating: "n", count: $0)) }
    func count(_ limit: Int) -> Int { GGUFLayout.names(of: tensors, longerThan: limit).count }
    #expect(count(GGUFLayout.NameLimit.ggml) == 3)
    #expect(count(GGUFLayout.NameLimit.comfyUI) == 1)
    #expect(count(GGUFLayout.NameLimit.stableDiffusionCpp) == 0)
  }

  @Test("no safetensors file of types in blocks is written")
  func safetensors() throws {
    let tensor = try info("t", [32], .q80)
    let error = actionableError {
      try SafetensorsLayout(tensors: [tensor], metadata: [:], path: "m")
    }
    #expect(
      (error as? SafetensorsError)?.problem == .unwritableType(tensor: "t", dtype: .q80))
  }
}
