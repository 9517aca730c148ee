import Testing
import WeftKernels
import WeftTensors

struct FastAccuracyTests {
  @Test(arguments: Activation.allCases, FastForm.available)
  func `activations are exact to the form's last places`(
    activation: Activation, form: FastForm
  ) throws {
    let backend = try form.backend()
    for scale in [0x1p-12, 1, 4, 32] {
      let x = form.stored(randomTensor([1003], seed: 1, scale))
      let result = try backend.plain(backend.activate(x, activation))
      #expect(
        form.agrees(result, x.doubles.map { DoubleOracle.activation($0, activation) }), "\(scale)")
    }
  }

  /// Where the result is much smaller than the place, an error that the sum above does not show.
  @Test(arguments: [Activation.silu, .gelu, .quickGELU])
  func `activations keep their places where they are small`(activation: Activation) throws {
    for form in FastForm.available {
      let x = form.stored(Tensor([801], (0...800).map { -8 + Float($0) / 100 }))
      let backend = try form.backend()
      let result = try backend.plain(backend.activate(x, activation)).doubles
      // Half a place and an eighth for bfloat16; the exponential's argument is rounded for float32.
      let most = form.element == .float32 ? 0x1p-19 : 0x1p-8 * 1.25
      for (x, y) in zip(x.doubles, result) {
        let exact = DoubleOracle.activation(x, activation)
        #expect(abs(y - exact) <= most * abs(exact), "\(form.testDescription) \(x)")
      }
    }
  }

  /// `[N, C, H, W]`, groups, the deviation and the mean.
  private static let norms: [(Shape, Int, Double, Float)] = [
    ([2, 6, 7, 5], 6, 3, 0), ([2, 6, 7, 5], 2, 3, -1), ([1, 8, 1, 1], 2, 1, 0),
    ([1, 320, 18, 22], 32, 1, 0.5), ([2, 37, 9, 9], 1, 1, 2), ([1, 64, 64, 64], 32, 0x1p-8, 0),
    ([1, 12, 33, 65], 4, 0x1p-8, 0x1p-8),
  ]

  @Test(arguments: norms, FastForm.available)
  func `a group norm is that of its formula`(
    norm: (shape: Shape, groups: Int, deviation: Double, mean: Float), form: FastForm
  ) throws {
    let channels = norm.shape.dimensions[1]
    let count = (norm.shape.checkedElementCount ?? 0) / norm.shape.dimensions[0] / norm.groups
    let x = form.stored(
      Tensor(
        norm.shape,
        randomTensor(norm.shape, seed: 1, norm.deviation).floats.map { $0 + norm.mean }))
    let backend = try form.backend()
    for (epsilon, activation) in [(Float(1e-5), Activation?.none), (1e-6, .silu)] {
      let parameters = NormParameters(
        weight: randomTensor([channels], seed: 2), bias: randomTensor([channels], seed: 3),
        epsilon: epsilon)
      var expected: [Double] = []
      for group in 0..<x.elementCount / count {
        expected += DoubleOracle.normalized(
          Array(x.doubles[group * count..<(group + 1) * count]), epsilon: epsilon)
      }
      let pixels = x[2] * x[3]
      let (weight, bias) = (parameters.weight.doubles, parameters.bias.doubles)
      for i in expected.indices {
        let channel = i / pixels % channels
        expected[i] = DoubleOracle.activation(
          expected[i] * weight[channel] + bias[channel], activation)
      }
      let result = try backend.plain(
        backend.groupNorm(x, parameters, groups: norm.groups, activation))
      #expect(form.agrees(result, expected))
    }
  }

  @Test(arguments: [1, 3, 16, 37, 320, 770], FastForm.available)
  func `rows are normalised, and become probabilities, by their formulas`(
    columns: Int, form: FastForm
  ) throws {
    let x = form.stored(randomTensor([5, columns], seed: 1, 2))
    let norm = NormParameters(
      weight: randomTensor([columns], seed: 2), bias: randomTensor([columns], seed: 3),
      epsilon: 1e-5)
    let rows = (0..<5).map { Array(x.doubles[$0 * columns..<($0 + 1) * columns]) }
    let (weight, bias) = (norm.weight.doubles, norm.bias.doubles)
    let normalized = rows.flatMap { row in
      DoubleOracle.normalized(row, epsilon: 1e-5).enumerated().map {
        $0.element * weight[$0.offset] + bias[$0.offset]
      }
    }
    let backend = try form.backend()
    #expect(form.agrees(try backend.plain(backend.layerNorm(x, norm)), normalized))
    #expect(
      form.agrees(try backend.plain(backend.softmax(x)), rows.flatMap(DoubleOracle.softmax)))
  }

  @Test(arguments: FastForm.available)
  func `a norm of values far from zero keeps their digits`(form: FastForm) throws {
    let x = form.stored(
      Tensor([2, 8, 9, 9], randomTensor([2, 8, 9, 9], seed: 1).floats.map { $0 + 64 }))
    let norm = NormParameters(
      weight: Tensor([8], [Float](repeating: 1, count: 8)),
      bias: Tensor([8], [Float](repeating: 0, count: 8)), epsilon: 1e-5)
    var expected: [Double] = []
    for group in 0..<4 {
      expected += DoubleOracle.normalized(
        Array(x.doubles[group * 324..<(group + 1) * 324]), epsilon: 1e-5)
    }
    let backend = try form.backend()
    let result = try backend.plain(backend.groupNorm(x, norm, groups: 2, nil))
    // The quotient of mean and deviation, 64, is rounded to 2^-18.
    #expect(
      relativeL2(result.doubles, expected) < (form.element == .float32 ? 0x1p-17 : 0x1p-8))
  }

  @Test(arguments: Activation.allCases, FastForm.available)
  func `a gate is the value times the activated other half`(
    activation: Activation, form: FastForm
  ) throws {
    let x = form.stored(randomTensor([2, 3, 46], seed: 1, 2))
    let values = x.doubles
    let expected = (0..<6).flatMap { row in
      (0..<23).map { c in
        values[row * 46 + c] * DoubleOracle.activation(values[row * 46 + 23 + c], activation)
      }
    }
    let backend = try form.backend()
    let result = try backend.gate(x, activation)
    #expect(result.shape == [2, 3, 23])
    #expect(form.agrees(try backend.plain(result), expected))
  }

  @Test(arguments: FastForm.available)
  func `biases are added before the activation, residuals after it`(form: FastForm) throws {
    let x = form.stored(randomTensor([2, 37, 5, 7], seed: 1))
    let residual = form.stored(randomTensor(x.shape, seed: 2))
    let bias = randomTensor([2, 37], seed: 3)
    let backend = try form.backend()
    for activation in [nil, Activation.gelu] {
      let result = try backend.finish(
        x, Epilogue(channelBias: bias, activation: activation, residual: residual))
      let biases = bias.doubles
      let (values, residuals) = (x.doubles, residual.doubles)
      let expected = values.indices.map {
        DoubleOracle.activation(values[$0] + biases[$0 / 35], activation) + residuals[$0]
      }
      #expect(form.agrees(try backend.plain(result), expected))
    }
  }
}
