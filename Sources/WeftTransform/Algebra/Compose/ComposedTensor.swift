import WeftFiles
import WeftFormats
import WeftTensors

/// A tensor of an adapter that is being written: its role in a module, and where its bytes come from.
struct ComposedTensor: Sendable {
  let module: CanonicalModule
  let role: String
  let shape: Shape
  let dtype: DType
  let work: Piece.Work
  /// What follows the stem where the spelling has no word of its own for the role.
  var suffix: String?

  /// A number such as an alpha, as F32.
  static func scalar(
    _ value: Double, _ role: String, of module: CanonicalModule
  ) -> ComposedTensor {
    let bits = Float(value).bitPattern
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
    return ComposedTensor(
      module: module, role: role, shape: [], dtype: .f32, work: .literal(bytes))
  }

  /// The tensor under its name in the file.
  func planned(_ name: String) throws -> PlannedTensor {
    guard let info = TensorInfo(name: name, dtype: dtype, shape: shape) else {
      throw TransformError.badData(
        "the tensor \(name) of shape \(shape) has no size", at: nil,
        advice: "look at the inputs with weft inspect --tensors")
    }
    return PlannedTensor(
      info: info, pieces: [Piece(byteOffset: 0, byteCount: info.byteCount, work: work)],
      action: .added)
  }
}

extension SpoolFile {
  /// Keeps the bytes of a tensor until the output is written.
  func keep(
    _ bytes: ByteBuffer, _ role: String, of module: CanonicalModule, shape: Shape, dtype: DType
  ) throws -> ComposedTensor {
    guard let info = TensorInfo(name: role, dtype: dtype, shape: shape),
      info.byteCount == bytes.byteCount
    else {
      throw TransformError.badData(
        "the tensor \(role) of shape \(shape) has no size", at: module.description,
        advice: "look at the inputs with weft inspect --tensors")
    }
    let offset = reserve(byteCount: bytes.byteCount)
    try write(bytes.all, at: offset)
    return ComposedTensor(
      module: module, role: role, shape: shape, dtype: dtype,
      work: .copy(Checkpoint.Tensor(info: info, source: self, offset: offset), byteOffset: 0))
  }
}
