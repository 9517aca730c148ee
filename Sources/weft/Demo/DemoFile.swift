import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform

/// Small safetensors files whose values follow from their names.
enum DemoFile {
  /// A tensor and its bytes.
  struct Tensor {
    let info: TensorInfo
    let bytes: [UInt8]

    /// A tensor of hashed values; `seed` is the name that they follow from.
    init(_ name: String, _ shape: Shape, _ dtype: DType, seed: String) throws {
      info = try DemoFile.info(name, dtype, shape)
      let buffer = ByteBuffer(byteCount: info.byteCount)
      let kind = HashWeights.Kind(name: name, shape: shape)
      HashWeights(name: seed, kind: kind).write(0..<info.elementCount, into: buffer.all, dtype)
      bytes = buffer.all.array
    }

    /// A tensor of one float, in F16.
    init(scalar name: String, halfBits: UInt16) throws {
      info = try DemoFile.info(name, .f16, [])
      bytes = [UInt8(truncatingIfNeeded: halfBits), UInt8(truncatingIfNeeded: halfBits >> 8)]
    }

    /// A tensor of the integers from 0 up.
    init(range name: String, _ shape: Shape) throws {
      info = try DemoFile.info(name, .i64, shape)
      bytes = (0..<info.elementCount).flatMap { value in
        (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
      }
    }
  }

  private static func info(_ name: String, _ dtype: DType, _ shape: Shape) throws -> TensorInfo {
    guard let info = TensorInfo(name: name, dtype: dtype, shape: shape) else {
      throw DemoError(what: "the tensor \(name) has no size")
    }
    return info
  }

  /// Writes tensors through the engine that writes fused models.
  static func write(_ tensors: [Tensor], to path: String, work: RunOptions) throws {
    let planned = tensors.map { tensor in
      PlannedTensor(
        info: tensor.info,
        pieces: [
          Piece(byteOffset: 0, byteCount: tensor.bytes.count, work: .literal(tensor.bytes))
        ],
        action: .added)
    }
    let layout = try SafetensorsLayout(
      tensors: tensors.map(\.info), metadata: ["format": "pt"], path: path)
    let runner = FuseRunner(tensors: planned, layout: layout, options: work)
    _ = try runner.run(path: path, inputs: []) { _ in }
  }
}
