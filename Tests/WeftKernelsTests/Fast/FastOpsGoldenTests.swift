import Testing
import WeftKernels
import WeftTensors

/// What two float32 libraries may differ by: sums of up to 300 terms in another order.
private let tolerance = 5e-7
/// Inputs of up to 4 are rounded to bfloat16, to 2^-7 of them at the worst, which softmax makes relative; then results are.
private let shortTolerance = 0x1p-7

struct FastOpsGoldenTests {
  private let golden: OpsGolden

  init() throws { golden = try OpsGolden() }

  private func expect(
    _ form: FastForm, is name: String, _ location: SourceLocation = #_sourceLocation,
    _ body: (FastBackend) throws -> Tensor
  ) throws {
    let backend = try form.backend()
    let result = try backend.plain(body(backend))
    #expect(
      try relativeL2(result, golden[name])
        < (form.element == .float32 ? tolerance : shortTolerance), "\(name)",
      sourceLocation: location)
  }

  @Test(
    arguments: [
      ("silu", Activation.silu), ("gelu_erf", .gelu), ("gelu_tanh", .geluTanh),
      ("quick_gelu", .quickGELU),
    ], FastForm.available)
  func `activations are torch's`(function: (name: String, Activation), form: FastForm) throws {
    try expect(form, is: function.name) { try $0.activate(golden["v"], function.1) }
  }

  @Test(arguments: FastForm.available)
  func `softmax is torch's`(form: FastForm) throws {
    try expect(form, is: "softmax") { try $0.softmax(golden["v"]) }
  }

  /// Groups, and an epsilon with its name.
  private static let norms: [(Int, Float, String)] = [1, 8, 32].flatMap { groups in
    [(groups, 1e-5, "1e-05"), (groups, 1e-6, "1e-06")]
  }

  @Test(arguments: norms, FastForm.available)
  func `group norm of small values is torch's`(
    norm: (groups: Int, epsilon: Float, name: String), form: FastForm
  ) throws {
    let parameters = NormParameters(
      weight: try golden["gn.w"], bias: try golden["gn.b"], epsilon: norm.epsilon)
    try expect(form, is: "gn.g\(norm.groups).eps\(norm.name).small") { backend in
      let small = try backend.scale(golden["x"], by: 0x1p-8)
      return try backend.groupNorm(small, parameters, groups: norm.groups, nil)
    }
  }

  @Test(arguments: FastForm.available)
  func `layer norm of small values is torch's`(form: FastForm) throws {
    let norm = NormParameters(
      weight: OpsGolden.weight("ops.ln.weight", [64]), bias: OpsGolden.weight("ops.ln.bias", [64]),
      epsilon: 1e-5)
    try expect(form, is: "ln.small") { backend in
      try backend.layerNorm(backend.scale(golden["v"], by: 0x1p-8), norm)
    }
  }

  @Test(
    arguments: [
      ("up2", 12, 10, ResizeFilter.nearest), ("up_to_11x9", 11, 9, .nearest),
      ("resize12x8.bilinear", 12, 8, .bilinear(antialias: false)),
      ("resize12x8.bicubic", 12, 8, .bicubic(antialias: false)),
      ("resize3x4.aa.bilinear", 3, 4, .bilinear(antialias: true)),
      ("resize3x4.aa.bicubic", 3, 4, .bicubic(antialias: true)),
    ], FastForm.available)
  func `resizing is torch's`(
    size: (name: String, height: Int, width: Int, filter: ResizeFilter), form: FastForm
  ) throws {
    try expect(form, is: size.name) {
      try $0.resize(golden["x"], height: size.height, width: size.width, size.filter)
    }
  }
}
