import Foundation
import Testing
import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

@Suite("how an importance matrix weighs what is quantised")
struct ColumnWeightsTests {
  private let workshop: Workshop
  private let base: String

  init() throws {
    workshop = try Workshop()
    base = try workshop.writeBase(.f32)
  }

  /// A weight for each element of a tensor's rows, from far below to far above 1.
  private func weights(_ name: String, _ count: Int) -> [Double] {
    Workshop.values(count, seed: name.utf8.reduce(0) { $0 &* 31 &+ Int($1) } & 0xFFFF).map {
      exp(3 * Double($0))
    }
  }

  /// Writes the matrix of all weights of rank 2 and more, under names that `spell` gives.
  private func writeMatrix(_ spell: (String) -> String = { $0 }) throws -> String {
    var record = ImportanceRecord(entries: [:], datasets: [])
    for tensor in workshop.tensors where tensor.shape.rank > 1 {
      let count = tensor.shape.dimensions.dropFirst().reduce(1, *)
      record.entries[spell(tensor.name.path)] = .init(
        sums: weights(tensor.name.path, count), counts: [1], chunkCount: 1)
    }
    let path = workshop.path("\(UUID().uuidString).gguf")
    try record.write(to: path, as: .gguf, replacing: false, syncs: false, inputs: [])
    return path
  }

  /// What is written, by name, and what the user is told.
  private func quantize(
    _ type: String, _ matrix: String, policy: String
  ) throws -> (written: [String: (dtype: DType, bytes: [UInt8])], warnings: [String]) {
    let (plan, _, path) = try workshop.quantize(base, type: type, measures: false) {
      $0.layout = policy == "comfyui" ? "ldm" : nil
      $0.quantization?.policy = policy
      $0.quantization?.importancePath = matrix
    }
    let written = try Checkpoint.open(path).tensors.map {
      ($0.info.name, ($0.info.dtype, try $0.bytes()))
    }
    return (Dictionary(uniqueKeysWithValues: written), plan.warnings)
  }

  /// The blocks of a tensor whose rows have weights, row by row as they are stored.
  private func expected(_ tensor: SchemaTensor, _ dtype: DType, columns: Int) throws -> [UInt8] {
    let codec = try #require(BlockCodec(dtype))
    let count = tensor.shape.checkedElementCount ?? 0
    let values = ByteBuffer(byteCount: count * 4)
    HashWeights(
      tag: "sd15_unet", name: tensor.name.path,
      kind: HashWeights.Kind(name: tensor.name.path, shape: tensor.shape)
    ).write(0..<count, into: values.all, .f32)
    let row = weights(tensor.name.path, tensor.shape.dimensions.dropFirst().reduce(1, *))
    return try stride(from: 0, to: count, by: columns).flatMap { start in
      let weights = ByteBuffer(byteCount: columns * 4)
      weights.all.copy(
        from: (start..<start + columns).flatMap {
          littleEndianBytes(Float(row[$0 % row.count]).bitPattern)
        })
      let byteCount = try #require(dtype.byteCount(elementCount: columns))
      let blocks = ByteBuffer(byteCount: byteCount)
      _ = codec.encode(
        values[start * 4..<(start + columns) * 4], weights: weights.all, columns: columns,
        into: blocks.all)
      return blocks.all.array
    }
  }

  @Test("convolutions that are stored in rows of 256 are weighed element by element")
  func convolutions() throws {
    let (written, _) = try quantize("q4_k", try writeMatrix(), policy: "comfyui")
    for (path, spelling) in [
      ("down_blocks.1.resnets.0.conv1.weight", "input_blocks.4.0.in_layers.2.weight"),
      ("down_blocks.1.attentions.0.proj_in.weight", "input_blocks.4.1.proj_in.weight"),
      ("mid_block.resnets.1.conv2.weight", "middle_block.2.out_layers.3.weight"),
    ] {
      let tensor = try #require(workshop.tensors.first { $0.name.path == path })
      let stored = try #require(written[spelling])
      #expect(stored.dtype == .q4k)
      #expect(try stored.bytes == expected(tensor, .q4k, columns: 256))
    }
  }

  @Test("matrices are weighed by their columns")
  func matrices() throws {
    let (written, _) = try quantize("q4_0", try writeMatrix(), policy: "generic")
    let path = "up_blocks.3.attentions.0.transformer_blocks.0.ff.net.2.weight"
    let tensor = try #require(workshop.tensors.first { $0.name.path == path })
    #expect(
      try written[path]?.bytes == expected(tensor, .q40, columns: tensor.shape.dimensions[1]))
  }

  @Test(
    "every tensor in blocks finds its entry, whatever the layouts of file and matrix",
    arguments: ["generic", "comfyui"], ["", "unet/", "ldm"])
  func spellings(policy: String, spelling: String) throws {
    let architecture = try #require(workshop.library.architecture("sd15"))
    let arrangement = try architecture.arrange(
      workshop.tensors.map { (name: $0.name, shape: $0.shape) }, layout: "ldm")
    var ldm: [String: String] = [:]
    for tensor in arrangement.tensors {
      if case .slices(let slices) = tensor.content { ldm[slices[0].name.path] = tensor.name }
    }
    let matrix = try writeMatrix { spelling == "ldm" ? ldm[$0] ?? $0 : spelling + $0 }
    let (written, warnings) = try quantize("q4_0", matrix, policy: policy)
    let (plain, _) = try quantize("q4_0", try writeMatrix(), policy: policy)
    let blocks = written.filter { $0.value.dtype == .q40 }
    #expect(blocks.count > 100)
    for (name, tensor) in blocks { #expect(tensor.bytes == plain[name]?.bytes) }
    let all = workshop.tensors.count { $0.shape.rank > 1 }
    let note = try #require(warnings.first { $0.contains("importance matrix") })
    #expect(note.hasPrefix("\(all - blocks.count) of \(all) tensors"), "\(note)")
  }

  @Test("a matrix of another model is refused")
  func another() throws {
    var record = ImportanceRecord(entries: [:], datasets: [])
    let name = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q.weight"
    record.entries[name] = .init(sums: [1, 2, 3], counts: [1], chunkCount: 1)
    let path = workshop.path("other.gguf")
    try record.write(to: path, as: .gguf, replacing: false, syncs: false, inputs: [])
    let error = #expect(throws: TransformError.self) {
      try quantize("q4_0", path, policy: "generic")
    }
    #expect(error?.what.contains("has 3 columns for \(name), which has 96") == true)
  }
}
