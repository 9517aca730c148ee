import Testing
import WeftFiles
import WeftTensors

@Suite("Safetensors round trip")
struct RoundTripTests {
  @Test("what is written is read back, byte for byte", arguments: UInt64(1)...50)
  func identity(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tensors = Self.randomTensors(&random)
    let metadata = Dictionary(
      uniqueKeysWithValues: Self.randomNames(&random).map { ($0, $0 + "\"\n\u{1F600}") })
    let layout = try SafetensorsLayout(tensors: tensors, metadata: metadata, path: "")
    let data = layout.entries.map { entry in
      (0..<entry.info.byteCount).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
    }
    let scratch = try Scratch()
    let path = scratch["model.safetensors"]
    try Self.write(layout, data: data, to: path)
    let checkpoint = try Checkpoint.open(path)
    #expect(checkpoint.metadata == metadata)
    #expect(checkpoint.tensors.map(\.info) == layout.entries.map(\.info))
    #expect(checkpoint.tensors.map(\.offset) == layout.entries.map(\.offsetInFile))
    #expect(try checkpoint.tensors.map { try $0.bytes() } == data)
    let again = try SafetensorsLayout(
      tensors: checkpoint.tensors.map(\.info).shuffled(using: &random),
      metadata: checkpoint.metadata, path: "")
    #expect(again.headerBytes == layout.headerBytes)
  }

  private static func write(_ layout: SafetensorsLayout, data: [[UInt8]], to path: String) throws {
    let output = try OutputFile.create(at: path, byteCount: layout.byteCount, replacing: false)
    try output.write(layout.headerBytes, at: 0)
    for (entry, bytes) in zip(layout.entries, data).reversed() {
      try output.write(bytes, at: entry.offsetInFile)
    }
    try output.commit(sync: false)
  }

  private static func randomTensors(_ random: inout SeededGenerator) -> [TensorInfo] {
    randomNames(&random).compactMap { name in
      let shape = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        Int.random(in: 0...4, using: &random)
      }
      guard let dtype = DType.safetensorsTypes.randomElement(using: &random) else { return nil }
      // Nil, and left out, when the elements do not fill whole bytes.
      return TensorInfo(name: name, dtype: dtype, shape: Shape(shape))
    }
  }

  private static func randomNames(_ random: inout SeededGenerator) -> Set<String> {
    let pieces = [
      "a", ".", "\"", "\\", "/", "\0", "\u{1F}", "\n", "\u{E9}", "\u{FFFF}", "\u{1F600}",
    ]
    return Set(
      (0..<Int.random(in: 0...12, using: &random)).map { _ in
        (0..<Int.random(in: 0...9, using: &random)).map { _ in
          pieces[Int.random(in: 0..<pieces.count, using: &random)]
        }.joined()
      })
  }
}

/// SplitMix64, so that a failing seed fails again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
