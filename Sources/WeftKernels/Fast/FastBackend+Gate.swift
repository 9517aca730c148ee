import COneDNN
import CKernels
import WeftTensors

extension FastBackend {
  /// The bytes of the rows that exist at a time: few enough to stay in the cache until they are gated.
  private static let gatedByteCount = 4 << 20

  /// Some rows are multiplied, then gated, before the next.
  package func gatedLinear(
    _ x: Tensor, _ weight: any PreparedWeight, _ activation: Activation
  ) throws -> Tensor {
    let weight = own(weight)
    let x = try input(x, to: weight)
    let (outputs, inputs) = (weight.shape.dimensions[0], weight.shape.dimensions[1])
    precondition(weight.shape.rank == 2 && x.shape.dimensions.last == inputs && outputs % 2 == 0)
    let rows = x.elementCount / inputs
    let result = room(Shape(x.shape.dimensions.dropLast() + [outputs / 2]))  // [..., outputs / 2]
    let parts = max(1, rows * outputs * element.byteCount / Self.gatedByteCount)
    let step = (rows + parts - 1) / parts
    let wide = pool.tensor([step, outputs], element)  // [step, outputs]
    for first in stride(from: 0, to: rows, by: step) {
      let count = min(step, rows - first)
      var call = weft_onednn_call()
      (call.pictures, call.threads) = (Int64(count), Int32(threads))
      (call.source, call.target) = (UnsafeRawPointer(x.bytes(at: first * inputs)), wide.bytes)
      // In bounds: `count` rows of both tensors.
      try withExtendedLifetime((x, wide)) { try weight.run(&call) }
      try gate(wide, rows: count, columns: outputs / 2, activation, into: result, row: first)
    }
    return result
  }

  /// Values times activated gates, `[rows, 2 · columns]`, to rows of a tensor.
  func gate(
    _ x: Tensor, rows: Int, columns: Int, _ activation: Activation, into target: Tensor, row: Int
  ) throws {
    try inRows(of: rows, columns: columns) { [elements] part in
      let shape = weft_rows(part.count, columns, of: x)
      // In bounds: the rows are those of both tensors.
      withExtendedLifetime((x, target)) {
        elements.table.pointee.gate(
          x.bytes(at: part.lowerBound * 2 * columns), shape, Optional(activation).raw,
          target.bytes(at: (row + part.lowerBound) * columns))
      }
    }
  }
}
