import CKernels
import WeftTensors

extension FastBackend {
  /// A function of every element.
  package func activate(_ x: consuming Tensor, _ activation: Activation) throws -> Tensor {
    try finish(x, Epilogue(activation: activation))
  }

  /// What follows a product, by itself.
  package func finish(_ x: consuming Tensor, _ epilogue: Epilogue) throws -> Tensor {
    x = try own(x)
    let target = room(for: &x)
    try finish(x, epilogue, into: target)
    return target
  }

  /// The same for a tensor of this backend's form; the target, of the same form, may be x or the residual.
  func finish(_ x: Tensor, _ epilogue: Epilogue, into target: Tensor) throws {
    precondition(epilogue.residual.map { $0.shape == x.shape } ?? true)
    let residual = try epilogue.residual.map { try own($0) }
    let bias = try epilogue.channelBias.map { try plain($0) }
    if let bias { precondition(x.shape.rank == 4 && bias.elementCount == x[0] * x[1]) }
    let channels = bias == nil ? 1 : x[1]
    // One picture, and columns of one element, where no channel has a bias of its own.
    for picture in 0..<(bias == nil ? 1 : x[0]) {
      let rows = bias == nil ? x.elementCount : x[2] * x[3]
      try inRows(of: rows, columns: channels) { [elements] part in
        let offset = (picture * rows + part.lowerBound) * channels
        var after = weft_rows_epilogue()
        after.column_addend = bias.flatMap { UnsafePointer($0.start(at: picture * channels)) }
        after.activation = epilogue.activation.raw
        after.residual = residual.flatMap { UnsafeRawPointer($0.bytes(at: offset)) }
        // In bounds: the rows are those of all tensors, and each picture has a bias for every channel.
        withExtendedLifetime((x, bias, residual, target)) {
          elements.table.pointee.finish(
            x.bytes(at: offset), weft_rows(part.count, channels, of: x), &after,
            target.bytes(at: offset))
        }
      }
    }
  }

  /// Value times activated gate.
  package func gate(_ x: Tensor, _ activation: Activation) throws -> Tensor {
    let x = try rows(x)
    let (count, width) = lastAxis(x)
    let columns = width / 2
    precondition(columns > 0 && width == 2 * columns)
    let result = pool.tensor(Shape(x.shape.dimensions.dropLast() + [columns]), x.element)
    try gate(x, rows: count, columns: columns, activation, into: result, row: 0)
    return result
  }

  /// `x + factor · y`.
  package func add(_ x: consuming Tensor, _ y: Tensor, factor: Float) throws -> Tensor {
    precondition(x.shape == y.shape)
    x = try own(x)
    let y = try own(y)
    let target = room(for: &x)
    let source = x
    try inRows(of: source.elementCount, columns: 1) { [elements] part in
      // In bounds: the range is within all three.
      withExtendedLifetime((source, y)) {
        elements.table.pointee.add(
          source.bytes(at: part.lowerBound), y.bytes(at: part.lowerBound), factor, part.count,
          source.element.raw, target.bytes(at: part.lowerBound))
      }
    }
    return target
  }

  /// `factor · x`.
  package func scale(_ x: consuming Tensor, by factor: Float) throws -> Tensor {
    x = try own(x)
    let target = room(for: &x)
    let source = x
    try inRows(of: source.elementCount, columns: 1) { [elements] part in
      // In bounds: the range is within both.
      withExtendedLifetime(source) {
        elements.table.pointee.scale(
          source.bytes(at: part.lowerBound), factor, part.count, source.element.raw,
          target.bytes(at: part.lowerBound))
      }
    }
    return target
  }

  /// `exp(x - max) / sum`.
  package func softmax(_ x: consuming Tensor) throws -> Tensor {
    x = try rows(x)
    let target = room(for: &x)
    let source = x
    let (count, columns) = lastAxis(source)
    try inRows(of: count, columns: columns) { [elements] part in
      let offset = part.lowerBound * columns
      // In bounds: the rows are those of both tensors.
      withExtendedLifetime(source) {
        elements.table.pointee.softmax(
          source.bytes(at: offset), weft_rows(part.count, columns, of: source),
          target.bytes(at: offset))
      }
    }
    return target
  }
}
