import COneDNN
import WeftTensors

extension FastBackend {
  /// What `prepare` made.
  func own(_ weight: any PreparedWeight) -> FastWeight {
    if let both = weight as? SwitchedWeight { return both.current }
    guard let own = weight as? FastWeight else {
      preconditionFailure("the weight was prepared by another backend")
    }
    return own
  }

  /// One product for all rows.
  package func linear(
    _ x: Tensor, _ weight: any PreparedWeight, _ epilogue: Epilogue
  ) throws -> Tensor {
    let weight = own(weight)
    guard x.shape.rank != 2 || element == .float32 else {
      return try vectors(x, weight, epilogue)
    }
    let x = try input(x, to: weight)
    let (outputs, inputs) = (weight.shape.dimensions[0], weight.shape.dimensions[1])
    precondition(weight.shape.rank == 2 && x.shape.dimensions.last == inputs)
    precondition(epilogue.channelBias == nil)
    let shape = Shape(x.shape.dimensions.dropLast() + [outputs])
    // What layer after layer is added to is rounded once at its end, not by each of them.
    let result = epilogue.residual == nil ? room(shape) : pool.tensor(shape)  // [..., outputs]
    var call = weft_onednn_call()
    call.is_wide = result.element == .float32
    call.pictures = Int64(x.elementCount / inputs)
    try finish(result, epilogue, &call) { call in
      (call.source, call.target) = (UnsafeRawPointer(x.bytes), result.bytes)
      // In bounds: the sizes were compared above.
      try withExtendedLifetime(x) { try weight.run(&call) }
    }
    return result
  }

  /// A product with vectors of float32, `[N, inputs]` to `[N, outputs]`: as the sum of that with their values in bfloat16 and
  /// that with what was rounded away.
  private func vectors(
    _ x: Tensor, _ weight: FastWeight, _ epilogue: Epilogue
  ) throws -> Tensor {
    precondition(weight.shape.rank == 2 && x[1] == weight.shape.dimensions[1])
    let x = try own(x)
    let result = room([x[0], weight.shape.dimensions[0]])  // [N, outputs]
    let high = try input(x, to: weight)
    var call = weft_onednn_call()
    (call.pictures, call.threads, call.is_wide) = (Int64(x[0]), Int32(threads), true)
    (call.source, call.target) = (UnsafeRawPointer(high.bytes), result.bytes)
    // In bounds: the sizes were compared above.
    try withExtendedLifetime(high) { try weight.run(&call) }
    if weight.inputFactor == nil {
      let low = try input(add(x, high, factor: -1), to: weight)
      call.accumulates = true
      call.source = UnsafeRawPointer(low.bytes)
      let noBias = [Float](repeating: 0, count: weight.bias.count)
      try withExtendedLifetime(low) { try weight.run(&call, bias: noBias) }
    }
    return epilogue.isEmpty ? result : try finish(result, epilogue)
  }

  /// Calls `product` with what comes after it; what cannot be fused is computed afterwards.
  func finish(
    _ result: Tensor, _ epilogue: Epilogue, _ call: inout weft_onednn_call,
    _ product: (inout weft_onednn_call) throws -> Void
  ) throws {
    call.threads = Int32(threads)
    call.activation = epilogue.activation.oneDNN
    guard let residual = epilogue.residual else { return try product(&call) }
    precondition(residual.shape == result.shape)
    let own =
      residual.element == result.element && residual.order == result.order
      ? residual : try copy(residual, result.element, result.order)
    guard epilogue.activation == nil else {
      try product(&call)
      return try finish(result, Epilogue(residual: own), into: result)
    }
    try write(own, to: result)
    call.accumulates = true
    try product(&call)
  }

  /// Copies the values of a tensor of the same form.
  private func write(_ x: Tensor, to target: Tensor) throws {
    try inParts(of: x.byteCount, size: 256 << 10) { part in
      target.values[part].copy(from: x.values[part])
    }
  }

  /// A product for each of the outer dimensions.
  package func matmul(_ a: Tensor, _ b: Tensor, transposesSecond: Bool) throws -> Tensor {
    let (left, right) = (a.shape.dimensions, b.shape.dimensions)
    let rank = left.count
    precondition(rank >= 2 && right.count == rank && left.dropLast(2) == right.dropLast(2))
    let columns = transposesSecond ? right[rank - 2] : right[rank - 1]
    precondition(left[rank - 1] == (transposesSecond ? right[rank - 1] : right[rank - 2]))
    let (a, b) = (try matrices(a), try matrices(b))
    let result = pool.tensor(Shape(left.dropLast() + [columns]), element)
    var call = weft_onednn_product()
    call.batch = Int64(left.dropLast(2).reduce(1, *))
    (call.m, call.n, call.k) = (Int64(left[rank - 2]), Int64(columns), Int64(left[rank - 1]))
    (call.transposes_b, call.type) = (transposesSecond, element.oneDNN)
    (call.a, call.b, call.c) = (UnsafeRawPointer(a.bytes), UnsafeRawPointer(b.bytes), result.bytes)
    call.threads = Int32(threads)
    // In bounds: the sizes were compared above.
    try withExtendedLifetime((a, b, result)) {
      try OneDNN.check(weft_onednn_multiply(&call), "a product of \(a.shape) and \(b.shape)")
    }
    return result
  }

  /// Matrices row after row, whatever their rank.
  private func matrices(_ x: Tensor) throws -> Tensor {
    try own(
      x.order == .rowMajor ? x.reshaped([x.elementCount]) : plain(x).reshaped([x.elementCount]))
  }
}
