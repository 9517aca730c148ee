package import WeftKernels
package import WeftTensors

/// A tensor that goes into a network: numbers, or integers such as the ids of tokens.
package struct InputTensor: Sendable {
  private enum Values: Sendable {
    case numbers(Tensor)
    case integers([Int])
  }

  /// The dimensions, outermost first.
  package let shape: Shape
  private let values: Values

  /// Takes numbers.
  package init(_ tensor: Tensor) {
    shape = tensor.shape
    values = .numbers(tensor)
  }

  /// Takes as many integers as the shape says.
  package init(_ shape: Shape, _ integers: [Int]) {
    precondition(integers.count == shape.checkedElementCount)
    self.shape = shape
    values = .integers(integers)
  }

  /// The values as float32; integers are rounded to it.
  package var tensor: Tensor {
    switch values {
    case .numbers(let tensor): tensor
    case .integers(let integers): Tensor(shape, integers.map(Float.init))
    }
  }

  /// The values as integers, row after row; nil when they are floats.
  package var integers: [Int]? {
    if case .integers(let integers) = values { integers } else { nil }
  }

  /// Whether no value is NaN or infinite.
  package var isFinite: Bool {
    guard case .numbers(let tensor) = values else { return true }
    return tensor.isFinite
  }
}

extension Tensor {
  /// Whether no value is NaN or infinite.
  package var isFinite: Bool { Kernels.best.countNonFinite(values, .f32) == 0 }
}

/// A tensor with its name.
package struct NamedTensor: Sendable {
  /// The name, such as `sample`.
  package let name: String
  /// The values.
  package let tensor: Tensor

  /// Names a tensor.
  package init(_ name: String, _ tensor: Tensor) {
    (self.name, self.tensor) = (name, tensor)
  }
}
