import CKernels
package import WeftTensors

extension Kernels {
  /// Writes a · b, row-major float64; each element is a sum over the inner dimension, ascending, of fused multiply-adds.
  ///
  /// - Parameters:
  ///   - a: `[rows, inner]`.
  ///   - b: `[inner, columns]`.
  ///   - target: `[rows, columns]`, which overlaps neither.
  ///   - rows: the rows of `a` and of the target.
  ///   - inner: the columns of `a` and the rows of `b`.
  ///   - columns: the columns of `b` and of the target.
  package func product(
    _ a: ByteSlice, _ b: ByteSlice, into target: ByteSlice, rows: Int, inner: Int, columns: Int
  ) {
    precondition(rows >= 0 && inner >= 0 && columns >= 0)
    precondition(a.elementCount(.f64) == rows * inner)
    precondition(b.elementCount(.f64) == inner * columns)
    precondition(target.elementCount(.f64) == rows * columns)
    // In bounds: the three slices hold exactly the elements of their shapes.
    withExtendedLifetime((a, b, target)) {
      table.pointee.product(a.float64, b.float64, target.float64, rows, inner, columns)
    }
  }
}

extension ByteSlice {
  /// The slice as float64, for a kernel; the caller keeps it alive and within its count.
  var float64: UnsafeMutablePointer<Double>? { start?.assumingMemoryBound(to: Double.self) }
}

/// The second way to multiply: OpenBLAS.
package enum ReferenceProduct {
  /// Writes a · b as `Kernels.product` does, with sums in an order of OpenBLAS' own.
  package static func product(
    _ a: ByteSlice, _ b: ByteSlice, into target: ByteSlice, rows: Int, inner: Int, columns: Int
  ) throws(OpenBLASMissing) {
    guard weft_openblas_load() else { throw OpenBLASMissing() }
    precondition([rows, inner, columns].allSatisfy { $0 >= 0 && $0 <= Int32.max })
    precondition(a.elementCount(.f64) == rows * inner)
    precondition(b.elementCount(.f64) == inner * columns)
    precondition(target.elementCount(.f64) == rows * columns)
    guard rows > 0, columns > 0 else { return }
    var call = weft_dgemm_call()
    (call.m, call.n, call.k) = (rows, columns, inner)
    (call.alpha, call.beta) = (1, 0)
    (call.a, call.a_stride) = (UnsafePointer(a.float64), max(1, inner))
    (call.b, call.b_stride) = (UnsafePointer(b.float64), columns)
    (call.c, call.c_stride) = (target.float64, columns)
    // In bounds: the three slices hold exactly the elements of their shapes.
    withExtendedLifetime((a, b, target)) { weft_openblas_dgemm(&call) }
  }
}
