import Testing
import WeftKernels
import WeftTensors

/// Values that are not finite are never hidden: `weft verify` looks for them.
struct FastSpecialValuesTests {
  @Test(arguments: Activation.allCases, FastForm.available)
  func `activations have limits and keep NaN`(activation: Activation, form: FastForm) throws {
    // Seventeen elements: those of a whole vector, and one of a part.
    let places: [Float] = [.nan, .infinity, 0x1p100, -0x1p100, 0]
    let backend = try form.backend()
    for place in [0, 16] {
      for x in places {
        var values = [Float](repeating: 1, count: 17)
        values[place] = x
        let y = try backend.plain(backend.activate(Tensor([17], values), activation)).floats[place]
        let bounded = activation == .tanh
        switch x {
        case .infinity, 0x1p100: #expect(y == (bounded ? 1 : x))
        case -0x1p100: #expect(y == (bounded ? -1 : 0))
        case 0: #expect(y == 0)
        default: #expect(y.isNaN)
        }
      }
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity], FastForm.available)
  func `a value that is not finite reaches its group or row, and no other`(
    value: Float, form: FastForm
  ) throws {
    let backend = try form.backend()
    var values = randomTensor([1, 40, 9, 9], seed: 1).floats
    values[81 * 21 + 80] = value  // channel 21 is in the third group
    let norm = NormParameters(
      weight: randomTensor([40], seed: 2), bias: randomTensor([40], seed: 3), epsilon: 1e-5)
    let groups = try backend.plain(
      backend.groupNorm(Tensor([1, 40, 9, 9], values), norm, groups: 5, .silu)
    ).floats
    #expect(groups.indices.allSatisfy { groups[$0].isFinite == ($0 / (81 * 8) != 2) })
    let rows = Tensor([81, 40], values)
    let changed = (81 * 21 + 80) / 40
    let normalized = try backend.plain(backend.layerNorm(rows, norm)).floats
    #expect(normalized.indices.allSatisfy { normalized[$0].isFinite == ($0 / 40 != changed) })
  }

  @Test(arguments: FastForm.available)
  func `values that are not finite are added, scaled and moved as numbers are`(form: FastForm)
    throws
  {
    let backend = try form.backend()
    let x = Tensor([1, 1, 1, 3], [.nan, .infinity, -.infinity])
    let ones = Tensor([1, 1, 1, 3], [1, 1, 1])
    for result in [
      try backend.add(x, ones, factor: 2), try backend.scale(x, by: 0.5),
      try backend.slice(x, 0..<1), try backend.finish(x, Epilogue(residual: ones)),
    ] {
      let values = try backend.plain(result).floats
      #expect(values[0].isNaN && values[1] == .infinity && values[2] == -.infinity)
    }
  }

  @Test(arguments: FastForm.available)
  func `a NaN makes a row of softmax NaN`(form: FastForm) throws {
    let backend = try form.backend()
    var values = [Float](repeating: 1, count: 38)
    values[18] = .nan
    let result = try backend.plain(backend.softmax(Tensor([2, 19], values))).floats
    #expect(result.prefix(19).allSatisfy { $0.isNaN })
    #expect(result.suffix(19).allSatisfy { abs($0 - 1 / 19) < 0x1p-12 })
  }
}
