package import WeftFiles
import WeftKernels
package import WeftTensors

/// One of the two matrices of a low-rank product.
package enum Factor: Sendable {
  /// A tensor of the adapter as it is.
  case stored(Checkpoint.Tensor)
  /// Numbers that are computed from tensors of the adapter, such as a core times a factor.
  case computed(any ComputedFactor)
}

/// A small matrix of float64 that is computed as a whole, such as the product of a Tucker core and a factor.
package protocol ComputedFactor: Sendable {
  /// The number of elements.
  var elementCount: Int { get }
  /// The tensors that it is computed from.
  var tensors: [Checkpoint.Tensor] { get }

  /// The elements, row after row, as float64.
  func values(_ workspace: Workspace) throws -> ByteSlice
  /// The same factor with its tensors replaced.
  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any ComputedFactor
}

extension Factor {
  /// The memory that its values take, in bytes.
  package var byteCount: Int {
    switch self {
    case .stored(let tensor): tensor.info.byteCount
    case .computed(let factor):
      factor.elementCount * 8 + factor.tensors.reduce(0) { $0 + $1.info.elementCount * 8 }
    }
  }

  /// The values with their type; a NaN in a factor would spread over a whole tensor, so it is refused unless allowed.
  package func load(_ workspace: Workspace) throws -> (values: ByteSlice, dtype: DType) {
    switch self {
    case .stored(let tensor): (try tensor.finiteValues(workspace), tensor.info.dtype)
    case .computed(let factor): (try factor.values(workspace), .f64)
    }
  }

  /// The same factor with its tensors replaced.
  package func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> Factor {
    switch self {
    case .stored(let tensor): .stored(moved(tensor))
    case .computed(let factor): .computed(factor.reading(moved))
    }
  }
}

extension Checkpoint.Tensor {
  /// The values as they are stored.
  ///
  /// - Throws: `NonFiniteValues` when one is not finite and the workspace does not allow it.
  package func finiteValues(_ workspace: Workspace) throws -> ByteSlice {
    let buffer = ByteBuffer(byteCount: info.byteCount, isZeroed: false)
    try read(at: 0, into: buffer.all)
    let count = workspace.kernels.countNonFinite(buffer.all, info.dtype)
    guard count == 0 || workspace.allowsNonFinite else {
      throw NonFiniteValues(
        inputs: [info.name], overflows: [], paths: [info.name: source.path])
    }
    return buffer.all
  }

  /// The values as float64, for factors that a family computes with.
  package func doubles(_ workspace: Workspace) throws -> ByteSlice {
    let values = try finiteValues(workspace)
    let wide = ByteBuffer(byteCount: info.elementCount * 8, isZeroed: false)
    workspace.kernels.widen(values, info.dtype, into: wide.all, .f64)
    return wide.all
  }
}
