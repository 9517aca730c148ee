import WeftTensors

/// A layer's weight as it is stored, and how its values are made when the layer is used.
struct WeightLoan: Sendable {
  let weight: any StoredWeight
  /// The memory that layers use in turn.
  let room: WeightRoom
  /// The type of the values: that which the layer computes in.
  let element: Tensor.Element
  /// Whether values of float32 are rounded to bfloat16.
  let isRounded: Bool
  let threads: Int

  var elementCount: Int { weight.shape.checkedElementCount ?? 0 }

  /// Writes all values, `partCount` elements at a time on each thread: they are in the cache when they are rounded.
  func write(into values: ByteSlice) throws {
    let (outputs, depth) = (weight.shape.dimensions[0], weight.depth)
    let step = weight.outputCount(perPart: Self.partCount)
    try Parallel.run(
      threads: threads, count: (outputs + step - 1) / step, on: .oneDNN
    ) { worker, part in
      let rows = part * step..<min(outputs, (part + 1) * step)
      let width = element.byteCount
      let target = values[rows.lowerBound * depth * width..<rows.upperBound * depth * width]
      guard element == .bfloat16 || isRounded else {
        return try weight.read(outputs: rows, into: target)
      }
      try room.scratch.withBuffer(byteCount: rows.count * depth * 4) { plain in
        try weight.read(outputs: rows, into: plain)
        round(plain, into: target)
      }
    }
  }

  private func round(_ plain: ByteSlice, into target: ByteSlice) {
    var tally = Tally()
    guard element == .float32 else {
      return Kernels.best.convert(plain, .f32, into: target, .bf16, tally: &tally)
    }
    room.scratch.withBuffer(byteCount: plain.byteCount / 2) { narrow in
      Kernels.best.convert(plain, .f32, into: narrow, .bf16, tally: &tally)
      Kernels.best.convert(narrow, .bf16, into: target, .f32, tally: &tally)
    }
  }

  private static let partCount = 32 << 10
}
