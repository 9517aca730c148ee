import Testing
import WeftTestSupport
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors

struct TinyAutoencoderTests {
  private let backend = try? ReferenceBackend(threads: 2)

  /// Both halves.
  static func source(_ dimensions: Dimensions = [:]) throws -> HashSource {
    let architecture = try #require(try FormatLibrary.embedded().architecture("taesd"))
    let tensors = try architecture.expanded(
      ["taesd_encoder": dimensions, "taesd_decoder": dimensions])
    return HashSource(
      tag: "taesd",
      shapes: Dictionary(uniqueKeysWithValues: tensors.map { ($0.name.path, $0.shape) }))
  }

  @Test func `the weights are those of the golden`() throws {
    let (found, golden) = (try Self.source().digest(), try Golden("taesd"))
    #expect(found == golden.weightsDigest)
  }

  @Test func `encodes and decodes what diffusers does`() throws {
    let (golden, backend) = (try Golden("taesd"), try #require(backend))
    let unit = try golden.tensor("in.image01")
    let image = Tensor(unit.shape, unit.floats.map { 2 * $0 - 1 })
    let encoder = try TinyEncoder(Self.source(), backend)
    let decoder = try TinyDecoder(Self.source(), backend)
    #expect(encoder.factor == 8 && decoder.factor == 8)
    let latent = try encoder(image, Pass(backend))
    let decoded = try decoder(golden.tensor("in.latent"), Pass(backend))
    for (found, name) in [(latent, "out.latent"), (decoded, "out.image_m1_1")] {
      let expected = try golden.tensor(name)
      #expect(found.shape == expected.shape, "\(name)")
      #expect(relativeL2(found.floats, expected.floats) <= networkTolerance, "\(name)")
    }
  }

  @Test func `shows its layers under diffusers' numbers, and looking changes no bit`() throws {
    let backend = try #require(backend)
    let recorder = Recorder()
    let decoder = try TinyDecoder(Self.source(), backend)
    let latent = Tensor.pattern([1, 4, 3, 2])
    let watched = try decoder(latent, Pass(backend, observer: recorder))
    let alone = try decoder(latent, Pass(backend))
    #expect(alone.floats == watched.floats)
    for index in 0...18 { #expect(recorder.outputs["decoder.layers.\(index)"] != nil, "\(index)") }
    #expect(recorder.outputs["decoder.layers.5"]?.shape == [1, 64, 6, 4])
    #expect(recorder.outputs["decoder"]?.floats == watched.floats)
  }

  @Test(arguments: [4, 16, 32])
  func `takes any number of latent channels`(_ channels: Int) throws {
    let backend = try #require(backend)
    let source = try Self.source(["latent": .integer(channels), "width": .integer(16)])
    let latent = try TinyEncoder(source, backend)(.pattern([2, 3, 16, 24]), Pass(backend))
    #expect(latent.shape == [2, channels, 2, 3])
    let image = try TinyDecoder(source, backend)(latent, Pass(backend))
    #expect(image.shape == [2, 3, 16, 24])
  }

  @Test func `says which sizes a picture may have`() throws {
    let backend = try #require(backend)
    let encoder = try TinyEncoder(Self.source(), backend)
    let error = #expect(throws: NetworkError.self) {
      try encoder(.pattern([1, 3, 20, 16]), Pass(backend))
    }
    #expect(error?.advice == "give one of 16 by 16 or 24 by 16")
  }

  @Test func `refuses layers in another order`() throws {
    let backend = try #require(backend)
    // Sana's encoder: an activation without weights follows its first convolution.
    let shapes: [String: Shape] = [
      "encoder.layers.0.weight": [32, 3, 3, 3], "encoder.layers.2.weight": [64, 32, 3, 3],
      "encoder.layers.4.conv.0.weight": [64, 64, 3, 3],
    ]
    let error = #expect(throws: NetworkError.self) {
      try TinyEncoder(HashSource(tag: "taesd", shapes: shapes), backend)
    }
    #expect(error?.what == "these are no layers of TAESD's encoder")
    #expect(throws: NetworkError.self) {
      try TinyDecoder(HashSource(tag: "taesd", shapes: [:]), backend)
    }
  }
}
