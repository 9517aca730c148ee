package import CKernels
package import WeftTensors

/// The arithmetic of one instruction set; every set gives the same bytes.
package struct Kernels: @unchecked Sendable {
  /// The functions; the table is constant and lives as long as the process.
  let table: UnsafePointer<weft_kernels>

  /// The fastest functions that this processor runs.
  package static let best = Kernels(table: weft_kernels_best())
  /// The functions that define the results.
  package static let scalar = Kernels(table: weft_kernels_scalar())

  /// The name of the instruction set, such as `avx2`.
  package var name: String { String(cString: table.pointee.name) }
}

extension DType {
  /// The number by which the kernels know the type, or nil when it takes no part in arithmetic.
  package var kernelType: weft_float? {
    switch self {
    case .f16: WEFT_F16
    case .bf16: WEFT_BF16
    case .f32: WEFT_F32
    case .f64: WEFT_F64
    default: nil
    }
  }

  /// As `kernelType`, for a caller that has checked.
  var requiredKernelType: weft_float {
    guard let type = kernelType else { preconditionFailure("\(rawValue) is not a float type") }
    return type
  }

  /// The size of an element in bytes, for types that fill whole bytes.
  var requiredByteWidth: Int {
    guard let width = byteWidth else { preconditionFailure("\(rawValue) is packed") }
    return width
  }
}

extension ByteSlice {
  /// The first byte, for a kernel; the caller keeps the slice alive and stays within `byteCount`.
  var start: UnsafeMutableRawPointer? { memory.baseAddress }

  /// The number of elements of a type; the size must be a multiple of theirs.
  func elementCount(_ dtype: DType) -> Int {
    let width = dtype.requiredByteWidth
    precondition(byteCount % width == 0)
    return byteCount / width
  }
}
