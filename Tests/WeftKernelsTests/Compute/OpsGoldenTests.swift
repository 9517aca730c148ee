import Testing
import WeftKernels
import WeftTensors

/// What two float32 libraries may differ by: sums of up to 300 terms in another order.
private let tolerance = 5e-7

struct OpsGoldenTests {
  private let golden: OpsGolden
  private let backend: ReferenceBackend

  init() throws {
    golden = try OpsGolden()
    backend = try ReferenceBackend(threads: 2)
  }

  private func expect(
    _ result: Tensor, is name: String, _ location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(
      try relativeL2(result, golden[name]) < tolerance, "\(name)", sourceLocation: location)
  }

  @Test(arguments: [
    ("silu", Activation.silu), ("gelu_erf", .gelu), ("gelu_tanh", .geluTanh),
    ("quick_gelu", .quickGELU),
  ])
  func `activations are torch's`(name: String, activation: Activation) throws {
    try expect(backend.activate(golden["v"], activation), is: name)
  }

  @Test func `softmax is torch's`() throws {
    try expect(backend.softmax(golden["v"]), is: "softmax")
  }

  @Test(arguments: [1, 8, 32], [(Float(1e-5), "1e-05"), (1e-6, "1e-06")])
  func `group norm is torch's`(groups: Int, epsilon: (value: Float, name: String)) throws {
    let norm = NormParameters(
      weight: try golden["gn.w"], bias: try golden["gn.b"], epsilon: epsilon.value)
    let small = try backend.scale(golden["x"], by: 0x1p-8)
    try expect(
      backend.groupNorm(small, norm, groups: groups, nil),
      is: "gn.g\(groups).eps\(epsilon.name).small")
  }

  @Test func `layer norm is torch's`() throws {
    let norm = NormParameters(
      weight: OpsGolden.weight("ops.ln.weight", [64]), bias: OpsGolden.weight("ops.ln.bias", [64]),
      epsilon: 1e-5)
    try expect(
      backend.layerNorm(backend.scale(golden["v"], by: 0x1p-8), norm), is: "ln.small")
  }

  @Test(arguments: [
    ("conv.s1p1", ConvolutionGeometry(padding: .init(all: 1))),
    ("conv.s2p1", ConvolutionGeometry(stride: 2, padding: .init(all: 1))),
    (
      "conv.s2asym",
      ConvolutionGeometry(stride: 2, padding: .init(top: 0, left: 0, bottom: 1, right: 1))
    ),
  ])
  func `convolution is torch's`(name: String, geometry: ConvolutionGeometry) throws {
    let weight = backend.prepare(
      weight: OpsGolden.weight("ops.conv.weight", [8, 32, 3, 3]), bias: nil)
    try expect(backend.convolve(golden["x"], weight, geometry, .none), is: name)
  }

  @Test func `convolution with a kernel of one pixel is torch's`() throws {
    let weight = backend.prepare(
      weight: OpsGolden.weight("ops.c1.weight", [8, 32, 1, 1]), bias: nil)
    try expect(backend.convolve(golden["x"], weight, ConvolutionGeometry(), .none), is: "conv1x1")
  }

  @Test(arguments: [
    ("up2", 12, 10, ResizeFilter.nearest), ("up_to_11x9", 11, 9, .nearest),
    ("resize12x8.bilinear", 12, 8, .bilinear(antialias: false)),
    ("resize12x8.bicubic", 12, 8, .bicubic(antialias: false)),
    ("resize3x4.aa.bilinear", 3, 4, .bilinear(antialias: true)),
    ("resize3x4.aa.bicubic", 3, 4, .bicubic(antialias: true)),
  ])
  func `resizing is torch's`(name: String, height: Int, width: Int, filter: ResizeFilter) throws {
    try expect(backend.resize(golden["x"], height: height, width: width, filter), is: name)
  }

  @Test(arguments: [("att.full", false), ("att.causal", true)])
  func `attention is torch's`(name: String, isCausal: Bool) throws {
    let expected = try golden[name].headsBesideEachOther
    let result = try backend.attention(
      golden["att.q"].headsBesideEachOther, golden["att.k"].headsBesideEachOther,
      golden["att.v"].headsBesideEachOther, AttentionOptions(heads: 4, isCausal: isCausal))
    #expect(relativeL2(result, expected) < tolerance)
  }
}
