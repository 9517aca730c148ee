import Testing
import WeftTestSupport
import WeftKernels
import WeftNetworks
import WeftTensors

@Suite("Vision encoders")
struct VisionEncoderTests {
  private let backend: ReferenceBackend

  init() throws { backend = try ReferenceBackend(threads: 2) }

  private func encoder(_ source: HashSource? = nil) throws -> VisionEncoder {
    try VisionEncoder(
      try source ?? TinyCLIP.vision.source(), TinyCLIP.vision.configuration(), backend)
  }

  @Test func `have the weights that the goldens were made with`() throws {
    let expected = "15d05677ebedf81be17496a25024f253f909904dea4bbcaaac8339f990bb48b9"
    #expect(try TinyCLIP.vision.source().digest() == expected)
  }

  @Test func `see what transformers sees in a picture`() throws {
    let golden = try Golden("ip_adapter")
    let encoder = try encoder()
    #expect(encoder.size == 56)
    let encoding = try encoder(golden.tensor("in.pixel_values"), Pass(backend))
    try expect(try #require(encoding.embeds), equals: "out.image_embeds", of: golden)
    try expect(encoding.penultimate, equals: "out.hidden_penultimate", of: golden)
    try expect(encoding.lastHiddenState, equals: "out.last_hidden", of: golden)
    #expect(encoding.hiddenStates.count == 4)
  }

  @Test func `show the outputs of their modules under the names of transformers`() throws {
    let recorder = Recorder()
    let picture = try Golden("ip_adapter").tensor("in.pixel_values")
    let encoding = try encoder()(picture, Pass(backend, observer: recorder))
    #expect(
      recorder.order.filter { !$0.contains("layers") } == [
        "vision_model.embeddings.patch_embedding", "vision_model.embeddings",
        "vision_model.pre_layrnorm", "vision_model.post_layernorm", "visual_projection",
      ])
    #expect(
      recorder.outputs["vision_model.pre_layrnorm"]?.floats == encoding.hiddenStates[0].floats)
  }

  @Test(arguments: [[1, 3, 42, 56], [1, 3, 70, 70], [1, 4, 56, 56], [3, 56, 56]])
  func `refuse pictures of another size`(shape: [Int]) throws {
    let picture = Tensor(Shape(shape), [Float](repeating: 0, count: shape.reduce(1, *)))
    let encoder = try encoder()
    #expect(throws: NetworkError.self) { try encoder(picture, Pass(backend)) }
  }

  @Test(
    arguments: [
      ("vision_model.embeddings.position_embedding.weight", [18, 64]),
      ("vision_model.embeddings.position_embedding.weight", [17, 32]),
      ("vision_model.embeddings.class_embedding", [63]),
      ("vision_model.embeddings.patch_embedding.weight", [64, 3, 14, 7]),
    ] as [(String, Shape)])
  func `refuse embeddings that make no square picture`(name: String, shape: Shape) throws {
    var source = try TinyCLIP.vision.source()
    source.shapes[name] = shape
    #expect(throws: NetworkError.self) { try encoder(source) }
  }
}
