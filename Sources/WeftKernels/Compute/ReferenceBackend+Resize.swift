import CKernels
import WeftTensors

extension ReferenceBackend {
  /// Lines first, then columns.
  package func resize(
    _ x: Tensor, height: Int, width: Int, _ filter: ResizeFilter
  ) throws -> Tensor {
    precondition(x.shape.rank == 4 && x[2] > 0 && x[3] > 0 && height > 0 && width > 0)
    return try Taps.resize(
      x, height: height, width: width, filter, threads: threads, on: .dispatch, pool)
  }

  /// The means of squares of 2 by 2.
  package func averagePool(_ x: Tensor) throws -> Tensor {
    precondition(x.shape.rank == 4)
    let result = pool.tensor([x[0], x[1], (x[2] + 1) / 2, (x[3] + 1) / 2])
    try inPlanes(of: x, into: result) { weft_average_pool($0, x[2], x[3], $1) }
    return result
  }
}
