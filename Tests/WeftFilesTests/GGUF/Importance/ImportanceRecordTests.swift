import Testing
import WeftFiles
import WeftTensors

@Suite("ImportanceRecord")
struct ImportanceRecordTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Two tensors of a model that ran four times, one with many more rows.
  private func record(scale: Double = 1) -> ImportanceRecord {
    ImportanceRecord(
      entries: [
        "b.weight": .init(sums: [8 * scale, 16 * scale, 0], counts: [32], chunkCount: 4),
        "a.weight": .init(sums: [3 * scale], counts: [4], chunkCount: 4),
      ], datasets: ["prompts"])
  }

  private func write(
    _ record: ImportanceRecord, _ format: ImportanceRecord.Format, _ name: String
  ) throws -> String {
    let path = scratch[name]
    try record.write(to: path, as: format, replacing: false, syncs: false, inputs: [])
    return path
  }

  @Test("what is written is read again, sums and all as GGUF, means in the older form")
  func roundTrip() throws {
    let gguf = try write(record(), .gguf, "m.gguf")
    #expect(try ImportanceRecord.read(gguf) == record())
    let means: [String: [Float]] = ["b.weight": [0.25, 0.5, 0], "a.weight": [0.75]]
    #expect(try ImportanceMatrix.read(gguf).weights == means)
    let legacy = try write(record(), .legacy, "m.dat")
    #expect(try ImportanceMatrix.read(legacy).weights == means)
    #expect(try ImportanceRecord.read(legacy).datasets == ["prompts"])
  }

  @Test("the files are those that llama.cpp describes")
  func layout() throws {
    let checkpoint = try Checkpoint.open(write(record(), .gguf, "m.gguf"))
    #expect(
      checkpoint.tensors.map(\.info.name) == [
        "a.weight.in_sum2", "a.weight.counts", "b.weight.in_sum2", "b.weight.counts",
      ])
    #expect(checkpoint["b.weight.in_sum2"]?.info.shape == [1, 3])
    #expect(checkpoint["b.weight.counts"]?.info.shape == [1, 1])
    let metadata = try #require(checkpoint.ggufMetadata)
    #expect(metadata["imatrix.chunk_count"]?.integer == 4)
    #expect(metadata["imatrix.chunk_size"]?.integer == 8)
    #expect(metadata["imatrix.datasets"]?.elements?.map(\.string) == ["prompts"])
    let path = try write(
      ImportanceRecord(
        entries: ["a": .init(sums: [6], counts: [3], chunkCount: 2)], datasets: ["xy"]),
      .legacy, "m.dat")
    let int = ImportanceMatrixTests.int
    // The mean of 2 times the calls.
    let value = int(Int(Float(4).bitPattern))
    let expected =
      int(1) + int(1) + [0x61] + int(2) + int(1) + value + int(2) + int(2) + [0x78, 0x79]
    #expect(try InputFile.open(path).bytes(0..<expected.count) == expected[...].map { $0 })
  }

  @Test("sums add up with those of a file; runs of the older form count as many rows")
  func adding() throws {
    var sum = record()
    try sum.add(record(scale: 3), path: "")
    #expect(sum.entries["b.weight"]?.sums == [32, 64, 0])
    #expect(sum.entries["b.weight"]?.counts == [64])
    #expect(sum.chunkCount == 8 && sum.datasets == ["prompts"])
    var other = record()
    let legacy = try write(record(scale: 3), .legacy, "m.dat")
    try other.add(try ImportanceRecord.read(legacy), path: legacy)
    #expect(other.entries == sum.entries)
  }

  @Test("tensors of a file alone are taken, those of another size refused")
  func unlike() throws {
    var sum = record()
    let more = ImportanceRecord(
      entries: ["c.weight": .init(sums: [1], counts: [2], chunkCount: 1)], datasets: ["more"])
    try sum.add(more, path: "")
    #expect(sum.entries.count == 3 && sum.datasets == ["prompts", "more"])
    let odd = ImportanceRecord(
      entries: ["a.weight": .init(sums: [1, 2], counts: [2], chunkCount: 1)], datasets: [])
    let error = actionableError { try sum.add(odd, path: "odd.gguf") } as? ImportanceMatrixError
    #expect(error?.problem == .doesNotFit(tensor: "a.weight", count: 2, wanted: 1))
    #expect(error?.status == .refused && error?.place == "odd.gguf")
  }

  @Test("sums that single precision does not hold are not written")
  func overflow() throws {
    let error = actionableError { _ = try write(record(scale: 1e38), .gguf, "m.gguf") }
    #expect(error?.what == "\"b.weight\" has the value inf")
    #expect(!Paths.exists(scratch["m.gguf"]))
  }
}
