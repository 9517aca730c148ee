import Foundation
import Testing
import WeftTestSupport
import WeftFiles
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTransform

struct ComponentTests {
  private let folder: ModelFolder
  private let backend: ReferenceBackend

  init() throws {
    folder = try ModelFolder()
    backend = try ReferenceBackend(threads: 2)
  }

  /// Finds a component of a file.
  private func component(
    _ name: String, _ path: String, config: String? = nil
  ) throws -> ComponentModel {
    try ComponentModel(
      try #require(ComponentKind.named(name)),
      of: AdaptedModel(try BaseModel.openAnything(path, library: folder.library)),
      configPath: config.map { try file("config.json", $0) }, library: folder.library,
      reader: folder.reader)
  }

  private func file(_ name: String, _ text: String) throws -> String {
    try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
    return folder.path(name)
  }

  /// Runs a component on inputs and compares outputs, times a factor, with a golden's.
  private func expect(
    _ model: ComponentModel, _ inputs: [String: InputTensor], _ golden: Golden,
    _ names: [String: String], factor: Float = 1
  ) throws {
    let given = NetworkInputs(inputs)
    try model.check(given)
    let outputs = try model.load(backend).finiteOutputs(given, Pass(backend))
    for (name, wanted) in names {
      let found = try #require(outputs.first { $0.name == name }?.tensor, "\(name)")
      let expected = try golden.tensor(wanted)
      #expect(found.shape == expected.shape, "\(name)")
      let values = found.floats.map { $0 * factor }
      #expect(relativeL2(values, expected.floats) <= networkTolerance, "\(name)")
    }
  }

  @Test func `of the micro checkpoint give what diffusers and transformers give`() throws {
    let (path, golden) = (try folder.writeMicro(), try Golden("micro_sd15_out"))
    let x = InputTensor(try golden.tensor("in.x"))
    try expect(
      component("unet", path),
      [
        "sample": x, "timestep": InputTensor([1], [333]),
        "encoder_hidden_states": InputTensor(try golden.tensor("in.ctx")),
      ], golden, ["sample": "out.unet_t333"])
    try expect(component("vae-decoder", path), ["latent": x], golden, ["image": "out.vae_dec"])
    try expect(
      component("vae-encoder", path), ["image": InputTensor(try golden.tensor("in.im"))], golden,
      ["mean": "out.vae_enc_mean"])
    try expect(
      component(
        "text-encoder", path,
        config: #"{"num_attention_heads": 4, "hidden_act": "quick_gelu", "eos_token_id": 2}"#),
      ["input_ids": InputTensor([1, 77], try golden.integers("in.ids"))], golden,
      ["last_hidden_state": "out.clip"])
  }

  @Test func `of a tiny autoencoder are found in their own files`() throws {
    let golden = try Golden("taesd")
    let unit = try golden.tensor("in.image01")
    for (name, input, output, tensor) in [
      (
        "taesd-encoder", "image", ["latent": "out.latent"],
        Tensor(unit.shape, unit.floats.map { 2 * $0 - 1 })
      ),
      ("taesd-decoder", "latent", ["image": "out.image_m1_1"], try golden.tensor("in.latent")),
    ] {
      let source = try HashSource(
        tag: "taesd", architecture: "taesd",
        component: name.replacing("-", with: "_"))
      let path = try folder.write(source, named: "\(name).safetensors")
      try expect(component(name, path), [input: InputTensor(tensor)], golden, output)
    }
  }

  @Test func `that guide a UNet give what diffusers gives`() throws {
    let golden = try Golden("controlnet")
    let source = try HashSource(
      tag: "controlnet", architecture: "sd15", component: "controlnet", TinyUNet.sd15.dimensions)
    try expect(
      component("controlnet", try folder.write(source)),
      [
        "sample": InputTensor(try golden.tensor("in.sample")), "timestep": InputTensor([1], [601]),
        "encoder_hidden_states": InputTensor(try golden.tensor("in.context")),
        "controlnet_cond": InputTensor(try golden.tensor("in.cond")),
      ], golden,
      [
        "down_residual.0": "out.down0", "down_residual.11": "out.down11", "mid_residual": "out.mid",
      ],
      factor: 0.75)  // the golden's scale
  }

  @Test func `that look at pictures give what diffusers and transformers give`() throws {
    let golden = try Golden("ip_adapter")
    try expect(
      component(
        "clip-vision", try folder.write(TinyCLIP.vision.source(), named: "vision.safetensors"),
        config: #"{"num_attention_heads": 4, "hidden_act": "gelu"}"#),
      ["pixel_values": InputTensor(try golden.tensor("in.pixel_values"))], golden,
      ["image_embeds": "out.image_embeds", "hidden_states.2": "out.hidden_penultimate"])
    // As files spell the projection.
    let adapter = try IPAdapterTests.plain.sorted { $0.key < $1.key }.map {
      try HashedFile.Tensor(
        $0.key.replacing("image_embeds", with: "proj"), $0.value, .f16, tag: "ip", seed: $0.key)
    }
    try expect(
      component("ip-adapter-projection", try folder.write(adapter, "ip.safetensors")),
      ["image_embeds": InputTensor(try golden.tensor("out.image_embeds"))], golden,
      ["tokens": "out.image_tokens"])
    let pictures = try Golden("t2i_adapter")
    let source = try HashSource(
      tag: "t2i", architecture: "sd15", component: "t2i_adapter",
      ["channels": .list([32, 64, 96, 96]), "inputs": .integer(192)])
    try expect(
      component("t2i-adapter", try folder.write(source, named: "t2i.safetensors")),
      ["image": InputTensor(try pictures.tensor("in.cond"))], pictures,
      ["feature.0": "out.feat0", "feature.3": "out.feat3"])
  }

  @Test func `of no known architecture are built of the names in their file`() throws {
    let golden = try Golden("sd15_unet")
    let checkpoint = try Checkpoint.open(try folder.write(try TinyUNet.sd15.source()))
    let weights = FileWeights(checkpoint, component: "unet", reader: folder.reader)
    let network = try UNet(weights, TinyUNet.sd15.configuration, backend)
    let inputs = UNet.Inputs(
      sample: try golden.tensor("in.sample"), timesteps: try golden.tensor("in.timestep").floats,
      prompt: Conditioning(text: try golden.tensor("in.context")))
    let output = try network(inputs, Pass(backend))
    #expect(
      relativeL2(output.floats, try golden.tensor("out.sample").floats) <= networkTolerance)
  }

  @Test func `that a model lacks are refused with those that it has`() throws {
    let path = try folder.writeMicro()
    let error = #expect(throws: NetworkError.self) { try component("text-encoder-2", path) }
    #expect(error?.status == .noInput)
    #expect(error?.what == "there is no text-encoder-2 in this model")
    #expect(error?.advice.hasPrefix("it has unet, vae-encoder, vae-decoder, text-encoder:") == true)
  }

  @Test func `name the first module that makes values infinite`() throws {
    let source = try TinyUNet.sd15.source()
    let name = "down_blocks.1.resnets.0.conv2.bias"
    let count = try #require(source.shapes[name]?.checkedElementCount)
    let large = try HashedFile.Tensor(
      name, [count], .f32,
      bytes: (0..<count).flatMap { _ in
        withUnsafeBytes(of: Float.greatestFiniteMagnitude.bitPattern.littleEndian, Array.init)
      })
    let others = try source.shapes.filter { $0.key != name }.map {
      try HashedFile.Tensor($0.key, $0.value, .f32, tag: source.tag, seed: $0.key)
    }
    let golden = try Golden("resadapter_sd15_unet.outputs")
    let model = try component("unet", try folder.write(others + [large], "large.safetensors"))
    let inputs = NetworkInputs([
      "sample": InputTensor(try golden.tensor("in.sample")),
      "timestep": InputTensor(try golden.tensor("in.timestep")),
      "encoder_hidden_states": InputTensor(try golden.tensor("in.context")),
    ])
    let network = try model.load(backend)
    let error = #expect(throws: NetworkError.self) {
      try network.finiteOutputs(inputs, Pass(backend))
    }
    #expect(error?.what == "values become NaN or infinite" && error?.status == .badData)
    // Norms bring the values back to size; the next convolution of the values themselves sums them beyond float32.
    #expect(error?.place == "down_blocks.1.downsamplers.0.conv")
  }
}
