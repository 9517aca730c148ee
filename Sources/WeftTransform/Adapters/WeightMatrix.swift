import WeftFiles
import WeftTensors

/// The weight that a module changes, as a matrix `[rows, inputs · taps]`.
struct WeightMatrix {
  /// The output channels.
  let rows: Int
  /// The input channels.
  let inputs: Int
  /// The positions of a convolution's kernel; 1 for a linear layer.
  let taps: Int
  /// The shape as the model has it.
  let shape: Shape

  /// The columns of the matrix.
  var columns: Int { inputs * taps }
}

extension ModuleInHand {
  /// The weight that the module changes.
  ///
  /// - Throws: when the model has none, or one that is no matrix.
  func weight() throws -> WeightMatrix {
    let shape = try stored("weight").shape
    guard shape.rank > 1, shape.dimensions.allSatisfy({ $0 > 0 }) else {
      throw refused(
        "it changes a matrix, but the model's tensor is \(shape)",
        advice: "use an adapter that was made for this architecture")
    }
    return WeightMatrix(
      rows: shape.dimensions[0], inputs: shape.dimensions[1],
      taps: shape.dimensions.dropFirst(2).reduce(1, *), shape: shape)
  }

  /// A tensor of the module as a matrix: its first dimension, and the product of the others.
  func matrix(_ role: String) throws -> (tensor: Checkpoint.Tensor, rows: Int, columns: Int) {
    let tensor = try required(role)
    try requireFloat(tensor)
    let shape = tensor.info.shape
    guard shape.rank > 1, tensor.info.elementCount > 0 else {
      throw misfit(role, "a matrix")
    }
    return (tensor, shape.rowCount, tensor.info.elementCount / shape.rowCount)
  }

  /// A tensor of the module that must be a matrix of a size, whatever its trailing dimensions.
  func matrix(_ role: String, rows: Int, columns: Int) throws -> Checkpoint.Tensor {
    let found = try matrix(role)
    guard found.rows == rows, found.columns == columns else {
      throw misfit(role, "[\(rows), \(columns)]")
    }
    return found.tensor
  }

  /// The positions of the kernel of a core `[p, q, kh, kw]`, which must be those of the weight.
  func core(_ role: String, _ weight: WeightMatrix) throws -> Checkpoint.Tensor {
    let tensor = try required(role)
    try requireFloat(tensor)
    let dimensions = tensor.info.shape.dimensions
    guard dimensions.count > 2, tensor.info.elementCount > 0,
      Shape(Array(dimensions.dropFirst(2))).checkedElementCount == weight.taps
    else { throw misfit(role, "a core of \(weight.taps) kernel positions") }
    return tensor
  }

  /// A refusal of a tensor whose shape does not fit the others, or the model's weight.
  func misfit(_ role: String, _ wanted: String) -> TransformError {
    let tensor = tensors[role]?.info
    let weight = base.stored[name("weight")]?.shape.description ?? "missing"
    return refused(
      "\"\(tensor?.name ?? role)\" is \(tensor?.shape.description ?? "missing"), but it must be "
        + "\(wanted) for the model's tensor \(weight)",
      advice: "use an adapter that was made for this architecture")
  }
}
