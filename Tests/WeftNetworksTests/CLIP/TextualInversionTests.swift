import Testing
import WeftFiles
import WeftKernels
import WeftNetworks
import WeftTensors

@Suite("Textual inversion")
struct TextualInversionTests {
  @Test(
    "is read in every form in which it is published",
    arguments: [
      ("emb_params", [2, 4] as Shape, nil), ("string_to_param.*", [2, 4], nil),
      ("clip_l", [2, 4], nil), ("<cat-toy>", [4], "<cat-toy>"), ("<cat-toy>", [3, 4], "<cat-toy>"),
    ] as [(String, Shape, String?)])
  func forms(name: String, shape: Shape, word: String?) throws {
    let values = (0..<(shape.checkedElementCount ?? 0)).map(Float.init)
    let embedding = try TextualInversion(try .small([(name, shape, values)]))
    #expect(embedding.word == word)
    let vectors = try embedding.vectors(width: 4)
    #expect(vectors.shape == [values.count / 4, 4] && vectors.floats == values)
  }

  @Test func `gives each encoder of SDXL its own vectors`() throws {
    let embedding = try TextualInversion(
      try .small([("clip_l", [1, 2], [1, 2]), ("clip_g", [1, 3], [3, 4, 5])]))
    #expect(try embedding.vectors(width: 2).floats == [1, 2])
    #expect(try embedding.vectors(width: 3).floats == [3, 4, 5])
    let error = try #require(throws: NetworkError.self) { try embedding.vectors(width: 4) }
    #expect(error.what.contains("2 and 3 features"))
  }

  @Test func `refuses files that hold no vectors`() throws {
    for tensors: [(String, Shape, [Float])] in [
      [("a", [1, 1, 2], [1, 2])], [("a", [1], [1]), ("b", [1], [1])], [("emb_params", [], [1])],
    ] {
      #expect(throws: NetworkError.self) { try TextualInversion(try .small(tensors)) }
    }
  }
}

extension Checkpoint {
  /// A file of a few tensors of float32, in memory.
  static func small(_ tensors: [(name: String, shape: Shape, values: [Float])]) throws -> Checkpoint
  {
    Checkpoint(
      path: "small.safetensors", format: .safetensors, of: [],
      tensors: try tensors.map { name, shape, values in
        let bytes = values.withUnsafeBytes { [UInt8]($0) }
        return Tensor(
          info: try #require(TensorInfo(name: name, dtype: .f32, shape: shape)),
          source: MemorySource(bytes, path: "small.safetensors"), offset: 0)
      })
  }
}
