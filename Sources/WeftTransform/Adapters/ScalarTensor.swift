import WeftFiles
import WeftKernels
import WeftTensors

extension Checkpoint.Tensor {
  /// The value of a tensor of one element, such as a module's alpha.
  func scalar() throws -> Double {
    guard info.elementCount == 1, let width = info.dtype.byteWidth else {
      throw TransformError.badData(
        "\"\(info.name)\" of shape \(info.shape) must be one number", at: source.path,
        advice: "get the adapter again from its source")
    }
    guard info.dtype.isComputable || info.dtype.kind == .integer else {
      throw TransformError.badData(
        "\"\(info.name)\" of type \(info.dtype.rawValue) is no number", at: source.path,
        advice: "get the adapter again from its source")
    }
    let bytes = try self.bytes()
    guard info.dtype.kind == .integer else { return try float(bytes) }
    let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    if [.u8, .u16, .u32, .u64].contains(info.dtype) { return Double(bits) }
    let shift = 64 - 8 * width
    return Double(Int64(bitPattern: bits << UInt64(shift)) >> Int64(shift))
  }

  private func float(_ bytes: [UInt8]) throws -> Double {
    let narrow = ByteBuffer(byteCount: bytes.count)
    narrow.all.copy(from: bytes)
    let wide = ByteBuffer(byteCount: 8)
    var tally = Tally()
    Kernels.scalar.convert(narrow.all, info.dtype, into: wide.all, .f64, tally: &tally)
    let bits = wide.all.array.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let value = Double(bitPattern: bits)
    guard value.isFinite else {
      throw TransformError.badData(
        "\"\(info.name)\" is \(value)", at: source.path,
        advice: "get the adapter again from its source")
    }
    return value
  }
}
