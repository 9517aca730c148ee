import CKernels
import COneDNN
import WeftTensors

extension FastBackend {
  /// Weights are copied once, into the type and order that oneDNN computes the layer in.
  package func prepare(
    weight: Tensor, bias: Tensor?, layer: String = ""
  ) throws -> any PreparedWeight {
    guard let maximum = inputMaxima[layer] else { return try exact(weight, bias: bias) }
    let integers = try integers(weight, bias: bias, inputMaximum: maximum)
    guard let layerSwitch else { return integers }
    return SwitchedWeight(
      layer, exact: try exact(weight, bias: bias), integers: integers, layerSwitch)
  }

  private func exact(_ weight: Tensor, bias: Tensor?) throws -> FastWeight {
    try FastWeight(
      roundsWeights ? try rounded(weight) : weight, bias: bias, element.oneDNN, threads: threads)
  }

  /// Stored weights become values whenever their layer is used.
  package func prepare(
    stored weight: any StoredWeight, bias: Tensor?, layer: String = ""
  ) throws -> any PreparedWeight {
    let loan = WeightLoan(
      weight: weight, room: room, element: element, isRounded: roundsWeights, threads: threads)
    return try FastWeight(stored: loan, bias: bias, element.oneDNN, threads: threads)
  }

  package var copiesWeights: Bool { true }

  package var weightElementByteCount: Int { element.byteCount }

  package var activationElementByteCount: Int { element.byteCount }

  /// The values, and their copy in oneDNN's order.
  package func expansionByteCount(elementCount: Int) -> Int { 2 * elementCount * element.byteCount }

  /// Whether weights are rounded to bfloat16, but products are those of float32.
  private var roundsWeights: Bool { precision != .f32 && element == .float32 }

  /// A layer of integers: 127 stands for the largest magnitude of each output's weights, and of what goes in.
  private func integers(
    _ weight: Tensor, bias: Tensor?, inputMaximum: Float
  ) throws -> FastWeight {
    let (outputs, depth) = (weight[0], weight.elementCount / weight[0])
    let integers = pool.tensor([outputs, depth], .int8)
    let steps = pool.tensor([outputs])
    try each(outputs) { [elements] _, row in
      // In bounds: each output has `depth` weights in both tensors, and one step.
      withExtendedLifetime((weight, integers, steps)) {
        let values = weight.start(at: row * depth)
        let largest = elements.table.pointee.largest(values, depth, WEFT_ELEMENT_F32)
        let step = largest > 0 && largest.isFinite ? largest / 127 : 1
        steps.start(at: row)?.pointee = step
        elements.table.pointee.quantize(
          values, 1 / step, depth, WEFT_ELEMENT_F32,
          integers.bytes(at: row * depth)?.assumingMemoryBound(to: Int8.self))
      }
    }
    let step = inputMaximum > 0 ? inputMaximum / 127 : 1
    return try FastWeight(
      integers: integers, shape: weight.shape, scales: steps.floats.map { $0 * step },
      bias: bias?.floats, inputFactor: 1 / step, element.oneDNN, threads: threads)
  }

  /// What goes into a layer, in the type that it is computed in.
  func input(_ x: Tensor, to weight: FastWeight) throws -> Tensor {
    let x = try own(x)
    if let factor = weight.inputFactor { return try quantized(x, by: factor) }
    return x.element == element ? x : try copy(x, element, x.order)
  }
}
