import WeftFiles
import WeftKernels
import WeftTensors

/// A stored factor whose rows have factors of their own: `diag(weights) · matrix`.
struct WeightedFactor: ComputedFactor {
  /// `[rows, columns]`, with or without trailing ones.
  let matrix: Checkpoint.Tensor
  /// One number a row, of any shape.
  let weights: Checkpoint.Tensor

  var elementCount: Int { matrix.info.elementCount }
  var tensors: [Checkpoint.Tensor] { [matrix, weights] }

  func values(_ workspace: Workspace) throws -> ByteSlice {
    let values = try matrix.doubles(workspace)  // [rows, columns]
    Elementwise.scaleRows(values, by: try weights.doubles(workspace))
    return values
  }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any ComputedFactor {
    WeightedFactor(matrix: moved(matrix), weights: moved(weights))
  }
}
