import WeftFiles
import WeftKernels
package import WeftTensors

/// Small safetensors files whose values follow from their names, for demonstrations and tests.
package enum HashedFile {
  /// A tensor and its bytes.
  package struct Tensor: Sendable {
    let info: TensorInfo
    let bytes: [UInt8]

    /// The name in the file.
    package var name: String { info.name }
    /// The dimensions, outermost first.
    package var shape: Shape { info.shape }

    /// A tensor of hashed values; `seed` is the name that they follow from.
    package init(
      _ name: String, _ shape: Shape, _ dtype: DType, tag: String, seed: String
    ) throws {
      info = try HashedFile.info(name, dtype, shape)
      let buffer = ByteBuffer(byteCount: info.byteCount)
      HashWeights(tag: tag, name: seed, kind: HashWeights.Kind(name: seed, shape: shape))
        .write(0..<info.elementCount, into: buffer.all, dtype)
      bytes = buffer.all.array
    }

    /// A tensor of given bytes.
    package init(_ name: String, _ shape: Shape, _ dtype: DType, bytes: [UInt8]) throws {
      info = try HashedFile.info(name, dtype, shape)
      self.bytes = bytes
    }

    /// A tensor of the integers from 0 up.
    package init(range name: String, _ shape: Shape) throws {
      info = try HashedFile.info(name, .i64, shape)
      bytes = (0..<info.elementCount).flatMap { value in
        (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
      }
    }
  }

  private static func info(_ name: String, _ dtype: DType, _ shape: Shape) throws -> TensorInfo {
    guard let info = TensorInfo(name: name, dtype: dtype, shape: shape) else {
      throw TransformError.badData(
        "the tensor \(name) has no size", at: nil, advice: "choose smaller dimensions")
    }
    return info
  }

  /// Writes tensors through the engine that writes fused models.
  package static func write(
    _ tensors: [Tensor], to path: String, options: RunOptions
  ) throws {
    let planned = tensors.map { tensor in
      PlannedTensor(
        info: tensor.info,
        pieces: [
          Piece(byteOffset: 0, byteCount: tensor.bytes.count, work: .literal(tensor.bytes))
        ],
        action: .added)
    }
    let layout = try OutputLayout.safetensors(
      tensors.map(\.info), metadata: ["format": "pt"], path: path)
    let runner = ModelRunner(tensors: planned, layout: layout, options: options)
    _ = try runner.run(path: path, inputs: []) { _ in }
  }
}
