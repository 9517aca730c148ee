import Foundation
import Testing
import WeftTestSupport
import WeftFiles
import WeftKernels
import WeftNetworks
import WeftTensors

@Suite("Text encoders")
struct TextEncoderTests {
  private let backend: ReferenceBackend
  private let pass: Pass

  init() throws {
    backend = try ReferenceBackend(threads: 2)
    pass = Pass(backend)
  }

  /// The stored ids, text by text.
  private func ids(_ golden: Golden, _ name: String) throws -> [[Int]] {
    let flat = try golden.integers(name)
    let length = try golden.tensor(name)[1]
    return stride(from: 0, to: flat.count, by: length).map { Array(flat[$0..<$0 + length]) }
  }

  private static let weights = [
    ("clip_l", "040472037393742eaba8f72c8746634ded87925d79330caade440b349248b4df"),
    ("clip_g", "85bd1e1e165af08001d962fe7cabf489495779693a98bac5222614accab061f8"),
  ]

  @Test(arguments: zip([TinyCLIP.large, .bigG], weights))
  func `have the weights that the goldens were made with`(
    clip: TinyCLIP, weights: (name: String, sha256: String)
  ) throws {
    #expect(try clip.source().digest() == weights.sha256)
  }

  @Test(arguments: [TinyCLIP.large, .bigG], ["pad_eos", "pad_zero"])
  func `make what transformers makes of texts, layer by layer`(
    clip: TinyCLIP, padding: String
  ) throws {
    let golden = try Golden(clip.name)
    let encoder = try clip.textEncoder()
    let encoding = try encoder(ids(golden, "in.\(padding).ids"), pass)
    try expect(
      encoding.lastHiddenState, equals: "out.\(padding).last_hidden_state", of: golden)
    for (index, state) in encoding.hiddenStates.enumerated() {
      let first = try pass.backend.slice(state.reshaped(Shape([1] + state.shape.dimensions)), 0..<1)
      try expect(
        first.reshaped([1, state[1], state[2]]), equals: "out.\(padding).hidden\(index)", of: golden
      )
    }
    let pooled = encoding.embeds ?? encoding.pooled
    let name = encoding.embeds == nil ? "pooler" : "text_embeds"
    try expect(pooled, equals: "out.\(padding).\(name)", of: golden)
    let penultimate = encoding.hiddenStates[encoding.hiddenStates.count - 2]
    try expect(
      encoder.normalized(penultimate, pass), equals: "out.\(padding).penultimate_then_final_ln",
      of: golden)
  }

  @Test func `end where the configuration says, so that the last state is that of a layer before`()
    throws
  {
    let golden = try Golden("clip_g")
    let encoder = try TinyCLIP.bigG.textEncoder(["num_hidden_layers": .integer(3)])
    let encoding = try encoder(ids(golden, "in.pad_zero.ids"), pass)
    #expect(encoding.hiddenStates.count == 4)
    try expect(
      encoding.lastHiddenState, equals: "out.pad_zero.penultimate_then_final_ln", of: golden)
  }

  @Test func `take learned vectors for the ids after the vocabulary`() throws {
    let golden = try Golden("textual_inversion")
    let learned = try TextualInversion(golden.checkpoint).vectors(width: 64)
    let encoding = try TinyCLIP.large.textEncoder()(ids(golden, "ids"), learned: learned, pass)
    try expect(encoding.lastHiddenState, equals: "out.last_hidden_state", of: golden)
    // Where the text ends is not where the greatest id is: that is a learned vector's.
    let end = try #require(try golden.integers("ids").firstIndex(of: 49407))
    let row = encoding.lastHiddenState.floats[end * 64..<(end + 1) * 64]
    #expect(encoding.pooled.floats == Array(row))
  }

  @Test func `find the end of a text where the vocabulary of the file has learned rows itself`()
    throws
  {
    let encoder = try TinyCLIP.micro.textEncoder(["eos_token_id": .integer(499)])
    let encoding = try encoder([[1, 505, 499, 3]], pass)
    #expect(encoding.pooled.floats == Array(encoding.lastHiddenState.floats[64..<96]))
  }

  @Test func `make what the micro model's encoder makes`() throws {
    let golden = try Golden("micro_sd15_out")
    let encoding = try TinyCLIP.micro.textEncoder()(ids(golden, "in.ids"), pass)
    try expect(encoding.lastHiddenState, equals: "out.clip", of: golden)
  }

  @Test func `show the outputs of their modules under the names of transformers`() throws {
    let recorder = Recorder()
    let encoder = try TinyCLIP.bigG.textEncoder()
    let ids = [[49406, 320, 49407]]
    let watched = try encoder(ids, Pass(backend, observer: recorder))
    let unwatched = try encoder(ids, pass)
    #expect(watched.lastHiddenState.floats == unwatched.lastHiddenState.floats)
    let layer = "text_model.encoder.layers.1"
    #expect(
      recorder.order.filter { $0.hasPrefix(layer) } == [
        "layer_norm1", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
        "self_attn.out_proj", "self_attn", "layer_norm2", "mlp.fc1", "mlp.fc2", "mlp",
      ].map { "\(layer).\($0)" } + [layer])
    #expect(recorder.order.first == "text_model.embeddings")
    #expect(recorder.order.suffix(2) == ["text_model.final_layer_norm", "text_projection"])
    #expect(recorder.outputs[layer]?.floats == watched.hiddenStates[2].floats)
  }

  @Test(arguments: [
    ([[49408]], "no token 49408"), ([[-1]], "no token -1"), ([[1, 2], [1]], "[2, 1] tokens"),
    ([], "[] tokens"), ([[]], "[0] tokens"), ([[Int](repeating: 1, count: 78)], "78 tokens"),
  ])
  func `refuse ids that they cannot look up`(ids: [[Int]], what: String) throws {
    let encoder = try TinyCLIP.large.textEncoder()
    let error = try #require(throws: NetworkError.self) { try encoder(ids, pass) }
    #expect(error.what.contains(what), "\(error.what)")
  }

  @Test func `refuse learned vectors of another width, and ids past them`() throws {
    let encoder = try TinyCLIP.micro.textEncoder()
    let wide = Tensor([1, 64], [Float](repeating: 0, count: 64))
    let error = try #require(throws: NetworkError.self) {
      try encoder([[512]], learned: wide, pass)
    }
    #expect(error.what.contains("32 features"))
    let fitting = Tensor([1, 32], [Float](repeating: 0, count: 32))
    _ = try encoder([[512]], learned: fitting, pass)
    #expect(throws: NetworkError.self) { try encoder([[513]], learned: fitting, pass) }
  }

  @Test func `refuse weights and configurations that do not fit`() throws {
    #expect(throws: NetworkError.self) {
      try TinyCLIP.bigG.textEncoder(["num_hidden_layers": .integer(5)])
    }
    #expect(throws: NetworkError.self) {
      try TinyCLIP.bigG.textEncoder(["num_attention_heads": .integer(7)])
    }
    #expect(throws: NetworkError.self) {
      try TinyCLIP.bigG.textEncoder(["hidden_act": .string("swiglu")])
    }
    var source = try TinyCLIP.bigG.source()
    source.shapes["text_model.embeddings.position_embedding.weight"] = [77, 64]
    #expect(throws: NetworkError.self) {
      try TextEncoder(
        source, TinyCLIP.bigG.configuration(), backend)
    }
  }
}
