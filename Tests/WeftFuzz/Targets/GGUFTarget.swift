import WeftFiles
import WeftTensors

/// GGUF files.
struct GGUFTarget: FuzzTarget {
  let name = "gguf"

  func seeds() throws -> [[UInt8]] {
    try ["comfy.gguf", "imatrix.gguf", "sdcpp.gguf"].map(Self.fixture) + GGUFSeeds.files()
  }

  /// A file of `Tests/Fixtures/gguf`.
  private static func fixture(_ name: String) throws -> [UInt8] {
    let tests = Paths.directory(of: Paths.directory(of: Paths.directory(of: "\(#filePath)")))
    return try SavedInput.load(Paths.join(tests, "Fixtures/gguf/\(name)"))
  }

  func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    guard var image = GGUFImage(bytes) else { return ByteMutation.mutate(&bytes, &random) }
    image.mutate(&random)
    bytes = image.bytes
  }

  func check(_ bytes: [UInt8], _ result: Result<Checkpoint, any Error>) throws {
    switch result {
    case .success(let checkpoint) where checkpoint.format == .gguf:
      try GGUFRules.compare(checkpoint, with: bytes)
      try checkRewriting(checkpoint)
    case .failure(let error as GGUFError):
      try GGUFRules.compare(error, with: bytes)
    default: break
    }
  }

  /// What was read must be readable again when it is written.
  private func checkRewriting(_ checkpoint: Checkpoint) throws {
    guard let metadata = checkpoint.ggufMetadata else { throw Finding("the metadata is lost") }
    let header = try GGUFHeader.read(checkpoint.files[0])
    let layout = try GGUFLayout(
      tensors: header.entries.map(\.info), storedShapes: header.entries.map { _ in nil },
      metadata: metadata, maximumRank: GGUFHeader.maximumRank, path: "")
    guard layout.byteCount < 1 << 24 else { return }
    let padding = [UInt8](repeating: 0, count: layout.byteCount - layout.headerBytes.count)
    let again = try GGUFHeader.read(MemorySource(layout.headerBytes + padding, path: ""))
    guard again.entries.map(\.info) == header.entries.map(\.info),
      again.metadata.filter({ $0 != GGUFMetadata.alignmentKey })
        == metadata.filter({ $0 != GGUFMetadata.alignmentKey })
    else { throw Finding("what is written is read as something else") }
  }
}

/// Valid files of every type, of strange names, and of none.
enum GGUFSeeds {
  static func files() throws -> [[UInt8]] {
    var metadata = GGUFMetadata()
    metadata.set("general.alignment", .uint32(8))
    metadata.set("a.text", .string("\u{1F600}"))
    metadata.set("a.truth", .bool(true))
    metadata.set("a.list", .array([1, -2]))
    metadata.set("a.texts", .array(["x", "", "yz"]))
    metadata.set("a.number", .float64(0.5))
    metadata.setOriginalShape([2, 3], of: "s")
    let types = try GGMLType.all.map { try info($0.rawValue, [2, $0.blockElementCount], $0) }
    return [
      try file([], GGUFMetadata()), try file(types, GGUFMetadata()),
      try file(
        [info("s", [6], .f32), info("", [], .f16), info("e", [0, 3], .i8), info("v", [7], .i64)],
        metadata),
      try file((0..<12).map { try info("blk.\($0)", [$0 % 3, 2], .bf16) }, metadata),
    ]
  }

  private static func info(_ name: String, _ shape: Shape, _ dtype: DType) throws -> TensorInfo {
    guard let info = TensorInfo(name: name, dtype: dtype, shape: shape) else {
      throw Finding("a seed has no size")
    }
    return info
  }

  private static func file(_ tensors: [TensorInfo], _ metadata: GGUFMetadata) throws -> [UInt8] {
    let layout = try GGUFLayout(
      tensors: tensors, storedShapes: tensors.map { _ in nil }, metadata: metadata, path: "")
    let count = layout.byteCount - layout.headerBytes.count
    let dataOffset = layout.entries.first?.offsetInFile ?? layout.byteCount
    let padding = dataOffset - layout.headerBytes.count
    return layout.headerBytes
      + (0..<count).map { $0 < padding ? 0 : UInt8(truncatingIfNeeded: $0 &* 37) }
  }
}
