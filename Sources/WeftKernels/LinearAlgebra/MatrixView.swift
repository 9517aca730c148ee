import CKernels
package import WeftTensors

/// A matrix or a part of one, as it is or transposed, as an operand of a product.
package struct MatrixView: Sendable {
  fileprivate let values: ByteSlice
  fileprivate let dtype: DType
  /// The rows as the operand has them.
  package let rows: Int
  /// The columns as the operand has them.
  package let columns: Int
  /// From one stored row to the next, in elements.
  fileprivate let stride: Int
  fileprivate let isTransposed: Bool

  /// Sees a slice as a matrix; the stored rows are `stride` elements apart.
  package init(
    values: ByteSlice, dtype: DType, rows: Int, columns: Int, stride: Int, isTransposed: Bool
  ) {
    let (storedRows, storedColumns) = isTransposed ? (columns, rows) : (rows, columns)
    precondition(rows >= 0 && columns >= 0 && stride >= storedColumns)
    // The last stored row may end where the slice ends.
    precondition(
      rows == 0 || columns == 0
        || values.byteCount / dtype.requiredByteWidth >= (storedRows - 1) * stride + storedColumns)
    self.values = values
    self.dtype = dtype
    self.rows = rows
    self.columns = columns
    self.stride = stride
    self.isTransposed = isTransposed
  }

  /// The transposed operand; nothing is moved.
  package var transposed: MatrixView {
    MatrixView(
      values: values, dtype: dtype, rows: columns, columns: rows, stride: stride,
      isTransposed: !isTransposed)
  }
}

extension MatrixView {
  /// Writes `alpha · left · right + beta · self` into the matrix that is seen, which is not transposed.
  ///
  /// The sums are OpenBLAS' own, in the type of the operands, on this thread alone: they depend neither on other threads
  /// nor on how often they are run, but in their last bits on the processor.
  package func set(
    _ left: MatrixView, times right: MatrixView, alpha: Double = 1, beta: Double = 0
  ) throws(OpenBLASMissing) {
    precondition(!isTransposed && left.dtype == dtype && right.dtype == dtype)
    precondition(left.rows == rows && right.columns == columns && left.columns == right.rows)
    guard rows > 0, columns > 0, left.columns > 0 else { return }
    guard weft_lapack_load() else { throw OpenBLASMissing() }
    var call = weft_gemm_call()
    call.is_wide = dtype == .f64
    (call.m, call.n, call.k) = (rows, columns, left.columns)
    (call.alpha, call.beta) = (alpha, beta)
    (call.a, call.a_stride) = (UnsafeRawPointer(left.values.start), max(1, left.stride))
    (call.b, call.b_stride) = (UnsafeRawPointer(right.values.start), max(1, right.stride))
    (call.c, call.c_stride) = (values.start, max(1, stride))
    (call.transpose_a, call.transpose_b) = (left.isTransposed, right.isTransposed)
    // In bounds: every view's initialiser has compared its sizes with its slice.
    withExtendedLifetime((self, left, right)) { weft_lapack_gemm(&call) }
  }
}

extension Matrix {
  /// The product of two operands of one type.
  package static func product(
    _ left: MatrixView, _ right: MatrixView, alpha: Double = 1
  ) throws(OpenBLASMissing) -> Matrix {
    let result = Matrix(rows: left.rows, columns: right.columns, left.dtype)
    try result.view.set(left, times: right, alpha: alpha)
    return result
  }

  /// Adds the inner products of a float64 block's columns, or rows, to this square matrix; only its upper triangle holds
  /// the sums.
  package func addGram(
    of block: ByteSlice, rows: Int, columns: Int, ofColumns: Bool
  ) throws(OpenBLASMissing) {
    let (size, depth) = ofColumns ? (columns, rows) : (rows, columns)
    precondition(self.rows == size && self.columns == size && dtype == .f64)
    precondition(block.byteCount == rows * columns * 8)
    guard weft_lapack_load() else { throw OpenBLASMissing() }
    guard size > 0, depth > 0 else { return }
    let source = block.start?.assumingMemoryBound(to: Double.self)
    // In bounds: the sizes were compared with the block's and the matrix' own.
    _ = withDoubles { target in
      withExtendedLifetime(block) {
        weft_lapack_add_gram(source, columns, ofColumns, size, depth, target)
      }
    }
  }
}
