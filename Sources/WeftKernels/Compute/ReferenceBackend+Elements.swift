import CKernels
import WeftTensors

extension ReferenceBackend {
  /// The elements that a thread takes at a time.
  private static let run = 64 << 10

  /// A function of every element.
  package func activate(_ x: consuming Tensor, _ activation: Activation) throws -> Tensor {
    try finish(x, Epilogue(activation: activation))
  }

  /// The loops that follow a product, by themselves.
  package func finish(_ x: consuming Tensor, _ epilogue: Epilogue) throws -> Tensor {
    precondition(epilogue.residual.map { $0.shape == x.shape } ?? true)
    let target = room(for: &x)
    let source = x
    let (rows, columns) = Self.rows(of: x, epilogue)
    try inParts(of: rows, size: max(1, Self.run / max(columns, 1))) { [kernels] part in
      let (offset, count) = (part.lowerBound * columns, part.count * columns)
      var after = weft_epilogue(epilogue, addend: part.lowerBound, residual: offset)
      guard let start = target.start(at: offset), let values = source.start(at: offset) else {
        return
      }
      // In bounds: the rows are those of both tensors, and of the residual.
      if start != values { start.update(from: values, count: count) }
      withExtendedLifetime((source, epilogue)) {
        kernels.table.pointee.finish(
          start, weft_tile(rows: part.count, columns: columns, stride: columns), &after)
      }
    }
    return target
  }

  /// A row has one channel's bias; without it a tensor is cut as one likes.
  private static func rows(of x: Tensor, _ epilogue: Epilogue) -> (Int, columns: Int) {
    if let bias = epilogue.channelBias {
      precondition(x.shape.rank == 4 && bias.elementCount == x[0] * x[1])
      return (x[0] * x[1], x[2] * x[3])
    }
    return (x.elementCount, 1)
  }

  /// Value times activated gate.
  package func gate(_ x: Tensor, _ activation: Activation) throws -> Tensor {
    let dimensions = x.shape.dimensions
    let columns = (dimensions.last ?? 0) / 2
    precondition(columns > 0 && dimensions.last == 2 * columns)
    let result = pool.tensor(Shape(dimensions.dropLast() + [columns]))
    try inParts(of: x.elementCount / (2 * columns), size: max(1, Self.run / columns)) {
      [kernels] rows in
      // In bounds: the rows are those of both tensors.
      withExtendedLifetime(x) {
        kernels.table.pointee.gate(
          x.start(at: rows.lowerBound * 2 * columns), rows.count, columns,
          Optional(activation).raw, result.start(at: rows.lowerBound * columns))
      }
    }
    return result
  }

  /// `x + factor · y`.
  package func add(_ x: consuming Tensor, _ y: Tensor, factor: Float) throws -> Tensor {
    precondition(x.shape == y.shape)
    let target = room(for: &x)
    let source = x
    try inParts(of: x.elementCount, size: Self.run) { [kernels] part in
      // In bounds: the range is within all three.
      withExtendedLifetime((source, y)) {
        kernels.table.pointee.add(
          source.start(at: part.lowerBound), y.start(at: part.lowerBound), factor, part.count,
          target.start(at: part.lowerBound))
      }
    }
    return target
  }

  /// `factor · x`.
  package func scale(_ x: consuming Tensor, by factor: Float) throws -> Tensor {
    let target = room(for: &x)
    let source = x
    try inParts(of: x.elementCount, size: Self.run) { [kernels] part in
      // In bounds: the range is within both.
      withExtendedLifetime(source) {
        kernels.table.pointee.scale(
          source.start(at: part.lowerBound), factor, part.count, target.start(at: part.lowerBound))
      }
    }
    return target
  }
}
