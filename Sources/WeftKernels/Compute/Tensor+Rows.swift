import WeftTensors

extension Tensor {
  /// Rows of matrices `[_, width]` of one type that lie one below the other, in the order of their numbers:
  /// `[numbers, width]`.
  ///
  /// A number past the last row traps, so callers check those that come from users.
  package static func rows(_ numbers: [Int], of tables: [Tensor]) -> Tensor {
    let width = tables.first?[1] ?? 0
    let element = tables.first?.element ?? .float32
    precondition(
      tables.allSatisfy { $0.shape.rank == 2 && $0[1] == width && $0.element == element })
    let byteCount = width * element.byteCount
    let buffer = ByteBuffer(byteCount: numbers.count * byteCount, isZeroed: false)
    for (place, number) in numbers.enumerated() {
      var (row, table) = (number, 0)
      while row >= tables[table][0] { (row, table) = (row - tables[table][0], table + 1) }
      buffer[place * byteCount..<(place + 1) * byteCount]
        .copy(from: tables[table].values[row * byteCount..<(row + 1) * byteCount])
    }
    return Tensor(
      shape: [numbers.count, width], element: element,
      storage: TensorStorage(buffer: buffer, pool: nil))  // [numbers, width]
  }

  /// The first `count` rows of a matrix `[rows, width]`, once for each of so many pictures or prompts:
  /// `[copies, count, width]`.
  package func repeated(_ copies: Int, rows count: Int) -> Tensor {
    let numbers = (0..<copies).flatMap { _ in 0..<count }
    return Tensor.rows(numbers, of: [self])  // [copies · count, width]
      .reshaped([copies, count, self[1]])  // [copies, count, width]
  }
}
