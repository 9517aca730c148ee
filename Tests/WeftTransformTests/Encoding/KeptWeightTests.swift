import Foundation
import Testing
import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

/// Weights that stay in memory as their files have them.
struct KeptWeightTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/scaled")

  /// Every way in which small elements are stored, and the half floats.
  static let forms = ScaledFormsTests.forms.map(\.name) + ["source"]

  @Test(arguments: forms)
  func `have the values that the whole tensor has, in any part of the rows`(_ form: String) throws {
    let path = Self.folder.appending(path: form + ".safetensors").path
    let model = try Checkpoint.open(path).decoded(try FormatLibrary.embedded())
    let matrices = model.tensors.filter { $0.info.shape.rank > 1 && $0.info.dtype.isComputable }
    #expect(!matrices.isEmpty)
    for tensor in matrices {
      let rows = tensor.info.shape.rowCount
      let block = try tensor.inMemory().block(rows: rows)
      let kept = KeptWeight(block, shape: tensor.info.shape)
      let whole = try values(of: tensor)
      let depth = tensor.info.elementCount / rows
      for range in [
        0..<rows, 0..<1, rows - 1..<rows, rows / 3..<rows / 3 + min(5, rows - rows / 3),
      ] {
        let part = ByteBuffer(byteCount: range.count * depth * 4)
        try kept.read(outputs: range, into: part.all)
        #expect(
          part.all.hasSameBytes(
            as: whole[range.lowerBound * depth * 4..<range.upperBound * depth * 4]),
          "\(tensor.info.name) \(range)")
      }
    }
  }

  @Test func `do not read their file again`() throws {
    let workshop = try Workshop()
    let path = try workshop.writeModel("kept", .f16)
    let tensor = try #require(try Checkpoint.open(path)["conv_in.weight"])
    let block = try tensor.inMemory().block(rows: tensor.info.shape.rowCount)
    let kept = KeptWeight(block, shape: tensor.info.shape)
    let expected = try values(of: tensor)
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    try file.truncate(atOffset: 0)
    let found = ByteBuffer(byteCount: tensor.info.elementCount * 4)
    try kept.read(outputs: 0..<tensor.info.shape.rowCount, into: found.all)
    #expect(found.all.hasSameBytes(as: expected))
    #expect(kept.byteCount == tensor.info.byteCount)
  }

  /// All values as float32.
  private func values(of tensor: Checkpoint.Tensor) throws -> ByteSlice {
    let target = ByteBuffer(byteCount: tensor.info.elementCount * 4)
    try ValueReader(threads: 1).read(
      ComputedValue(tensor.block(rows: tensor.info.shape.rowCount)), named: tensor.info.name,
      into: target.all)
    return target.all
  }
}
