import Testing
import WeftFormats
import WeftTensors

@Suite("Tiny autoencoders")
struct TinyAutoencoderTests {
  /// A convolution of 3 by 3 as files spell it.
  private func convolution(
    _ name: String, _ outputs: Int, _ inputs: Int, hasBias: Bool = true
  ) -> [TensorInfo] {
    [tensor("\(name).weight", [outputs, inputs, 3, 3])]
      + (hasBias ? [tensor("\(name).bias", [outputs])] : [])
  }

  private func block(_ name: String) -> [TensorInfo] {
    ["0", "2", "4"].flatMap { convolution("\(name).conv.\($0)", 64, 64) }
  }

  /// The encoder as taesd.py numbers it.
  private func encoder(latent: Int) -> [TensorInfo] {
    convolution("0", 64, 3) + block("1")
      + [2, 6, 10].flatMap { convolution("\($0)", 64, 64, hasBias: false) }
      + [3, 4, 5, 7, 8, 9, 11, 12, 13].flatMap { block("\($0)") }
      + convolution("14", latent, 64)
  }

  /// The decoder as taesd.py numbers it.
  private func decoder(latent: Int) -> [TensorInfo] {
    convolution("1", 64, latent) + [3, 4, 5, 8, 9, 10, 13, 14, 15, 18].flatMap { block("\($0)") }
      + [7, 12, 17].flatMap { convolution("\($0)", 64, 64, hasBias: false) }
      + convolution("19", 3, 64)
  }

  /// The canonical names of a file, by its own.
  private func names(_ tensors: [TensorInfo]) throws -> [String: CanonicalName] {
    let recognition = try library.get().recognize(tensors)
    #expect(recognition.kind == .taesd && recognition.architecture?.id == "taesd")
    #expect(recognition.missing == [] && recognition.mismatches == [])
    var names: [String: CanonicalName] = [:]
    for (tensor, binding) in zip(tensors, recognition.bindings) {
      if case .model(let slices) = binding { names[tensor.name] = slices.first?.name }
    }
    #expect(names.count == tensors.count)
    return names
  }

  @Test(arguments: [4, 16, 32])
  func `the original files are known, whatever the latent's channels`(_ latent: Int) throws {
    let encoder = try names(encoder(latent: latent))
    #expect(
      encoder["13.conv.4.bias"]?.description == "taesd_encoder/encoder.layers.13.conv.4.bias")
    let decoder = try names(decoder(latent: latent))
    #expect(decoder["1.weight"]?.description == "taesd_decoder/decoder.layers.0.weight")
    #expect(decoder["19.bias"]?.description == "taesd_decoder/decoder.layers.18.bias")
    #expect(
      try library.get().recognize(self.decoder(latent: latent)).evidence.contains {
        $0.contains("\(latent) latent channels")
      })
  }

  @Test(arguments: ["ldm", "diffusers"])
  func `both halves in one file are known`(_ layout: String) throws {
    let tensors = try model("taesd", layout: layout)
    let found = try names(tensors)
    #expect(Set(found.values.map(\.component)) == ["taesd_encoder", "taesd_decoder"])
    #expect(try library.get().recognize(tensors).layout == layout)
  }

  @Test func `the branch of Flux 2's blocks is known`() throws {
    let pool = [11, 12, 13].flatMap { index in
      [
        tensor("\(index).pool.0.weight", [256, 64, 1, 1]),
        tensor("\(index).pool.1.weight", [256]), tensor("\(index).pool.1.bias", [256]),
        tensor("\(index).pool.3.weight", [64, 256, 1, 1]),
      ]
    }
    let found = try names(encoder(latent: 32) + pool)
    #expect(found["12.pool.1.bias"]?.path == "encoder.layers.12.pool.1.bias")
  }

  @Test func `Sana's, which divide the size by 32, are named and taken for nothing else`() throws {
    let encoder =
      convolution("0", 32, 3) + convolution("2", 64, 32) + block("4")
      + convolution("5", 64, 64, hasBias: false) + block("6") + convolution("17", 32, 64)
    let decoder = block("18") + block("19") + block("28") + convolution("29", 3, 64)
    for (tensors, word) in [(encoder, "tiny encoder"), (decoder, "tiny decoder")] {
      let recognition = try library.get().recognize(tensors)
      #expect(recognition.kind == .taesd && recognition.architecture == nil)
      #expect(try #require(recognition.title).contains(word))
    }
  }
}
